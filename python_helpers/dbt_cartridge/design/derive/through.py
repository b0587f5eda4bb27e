"""What a bridge table brings together with a row: how many, how much, of which kinds, and which, in
a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive.amounts import averages, total_name
from dbt_cartridge.design.derive.by_kind import REASONS, by_flag, by_kind, states
from dbt_cartridge.design.derive.counts import counted
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.full_name import in_parts, joined
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.derive.lists import LONGEST_LIST, NAMES, bounded
from dbt_cartridge.design.enrich import display
from dbt_cartridge.design.measures import is_measure, is_summed
from dbt_cartridge.design.parts import Attribute, Link, Offer
from dbt_cartridge.documents.design import BY_VALUE, Projection
from dbt_cartridge.frozen import replaced
from dbt_cartridge.words import pluralised, safe_name, singular, snake

_SORTING = frozenset({"status", "category", "type_discriminator"})


@dataclass(frozen=True)
class Through:
    """The rows of a bridge that belong to `here`'s parent, each with what it leads to.

    `members`: alias of a CTE that holds, for each row of the bridge, the other side's key and
    columns under their own names. `others`: what is known of each on the other side.
    """

    here: Link
    there: Link
    members: str
    others: Offer

    @property
    def whole(self) -> bool:
        """Each of the other side stands once per row of this one."""
        return set(self.here.child.key) == set(self.here.columns) | set(self.there.columns)

    @property
    def entity(self) -> str:
        """What the other side is to this one: by its column, else by the bridge's own name, where
        that does not name the other side: in `issue_assignees` users are assignees."""
        if self.there.role != self.other:
            return self.there.role
        own, bridge = self.here.parent.entity, self.here.child.entity
        said = bridge.removeprefix(f"{own}_")
        named = self.other in bridge.split("_") or self.other in bridge
        return said if said != bridge and not named else self.other

    @property
    def entities(self) -> str:
        """Many of them, as their table has it where they are called so."""
        named = self.entity == self.other
        return self.there.parent.entities if named else snake(pluralised(self.entity.split("_")))

    @property
    def other(self) -> str:
        return self.there.parent.entity

    @property
    def key(self) -> str:
        """What the other side's key is called among the members."""
        name = self.there.columns[0]
        return f"other_{name}" if name in self.here.fields else name

    @cached_property
    def parts(self) -> tuple[Attribute, Attribute] | None:
        """Of people that are kept so, first and last name."""
        return in_parts(self.there.parent.offer.attributes) if self.there.joinable else None

    @cached_property
    def named(self) -> Attribute | None:
        """What a list is made of: what the others are known by; of people the whole name."""
        shown = display(self.there.parent)
        if not shown or shown[0].type != "text" or not self.there.joinable:
            return None
        if shown[0].role in _SORTING:
            return None  # a list of states or kinds names nothing: they are counted
        bridge, own = self.here.child.relation.rows, self.here.parent.relation.rows
        if bridge and own and bridge > LONGEST_LIST * own:
            return None  # of all members of a plan the first few in the alphabet say nothing
        return replaced(shown[0], name="full_name") if self.parts else shown[0]

    @cached_property
    def kinds(self) -> tuple[Attribute, tuple[str, ...]] | None:
        """The bridge's own column that says what the others are to this one, and its few values."""
        for a in self.here.child.offer.attributes:
            own = a.name not in (*self.here.columns, *self.there.columns)
            why = a.name.rpartition("_")[2] in REASONS
            if own and not why and a.type == "text" and a.pii is None and (few := states(a)):
                return a, few
        return None

    def name_as(self, value: str) -> str:
        """The member column that holds the names of those alone that are this to it."""
        return f"{safe_name(value)}_listed"

    @property
    def kind(self) -> str:
        """The member column that says what each is to it."""
        return f"member_{self.kinds[0].name}" if self.kinds else ""

    def columns(self, bridge: str, other: str) -> Iterator[Projection]:
        """What may be read of the members, in SQL over the aliases of the two tables."""
        keys = [sql.column(bridge, name) for name in self.here.columns]
        for field, key in zip(self.here.fields, keys, strict=True):
            yield Projection(name=field, expression=key, group="ids")
        yield Projection(
            name=self.key, expression=sql.column(bridge, self.there.columns[0]), group="ids"
        )
        known = {*self.here.fields, self.key}
        for a in self.others.attributes:
            if a.name not in known and a != self.named:
                yield Projection(name=a.name, expression=sql.column(other, a.name), group=a.group)
        for kind, _ in (self.kinds,) if self.kinds else ():
            yield Projection(
                name=self.kind, expression=sql.column(bridge, kind.name), group=kind.group
            )
        if self.named is None:
            return
        value = sql.column(other, self.named.name)
        if self.parts:
            value = joined(*(sql.column(other, part.name) for part in self.parts))
        if self.named.name not in known:
            yield Projection(
                name=self.named.name, expression=bounded(keys, value), group=self.named.group
            )
        for kind, values in (self.kinds,) if self.kinds else ():
            told = sql.column(bridge, kind.name)
            for each in values:
                its = bounded([*keys, told], value, f"{told} = {sql.literal(each)}")
                yield Projection(name=self.name_as(each), expression=its, group=self.named.group)

    @property
    def measures(self) -> list[Attribute]:
        if not (self.whole and self.there.joinable):
            return []
        return [a for a in self.others.attributes if is_measure(a) and a.unit_by is None]

    @property
    def group(self) -> Group | None:
        """The other side as if it belonged to this one, for the rules that count by kind and take
        an average. None where the members play a role: their kinds are those of the role."""
        if not (self.whole and self.there.joinable) or self.entity != self.other:
            return None
        link = replaced(self.here, child=self.there.parent, columns=self.here.fields)
        hidden = {*self.here.fields, self.key}
        shown = tuple(a for a in self.others.attributes if a.name not in hidden)
        return Group(link, replaced(self.others, attributes=shown), self.members)


def through(pair: Through) -> Iterator[Derivation]:
    """The count, the sums and the list. A sum is of each, however many share it: over all rows it
    counts those several times, and says so."""
    several = docs.words(pair.entities)
    own, bridge = docs.words(pair.here.parent.entity), docs.words(pair.here.child.entities)
    key = sql.column(pair.members, pair.key)
    count = f"count({key})" if pair.whole else f"count(distinct {key})"
    yield Derivation(
        "through",
        counted(f"{pair.entity}_count", f"How many {several} the {own} has, through {bridge}. One "
                f"that several {docs.plural_words(own)} have counts for each of them."),
        count, Rank.FIRST,
    )  # fmt: skip
    named = pair.named
    if named is not None and named.name not in pair.here.fields:
        yield _list(pair, named.name, pair.entity, several, "")
    yield from _by_what_they_are(pair, several)
    for measure in pair.measures:
        made = Attribute(
            name=measure.name if is_summed(measure) else total_name(pair.other, measure.name),
            type=measure.type if measure.type == "float" else "decimal", group="numerics",
            role="measure", additivity="non_additive", unit=measure.unit, money=measure.money,
            zero_if_none=True,
            description=f"Sum of `{measure.name}` over the {own}'s {several}. One that several "
            f"{docs.plural_words(own)} have counts for each of them: not to be summed further.",
        )  # fmt: skip
        value = f"sum({sql.column(pair.members, measure.name)})"
        yield Derivation("through", made, value, Rank.OFTEN)
    group = pair.group
    if group is None:
        return
    for rule in (by_kind, by_flag, averages):
        for each in rule(group):
            if each.attribute.money and each.attribute.additivity == "additive":
                continue  # the sum by kind of what is shared says too little for its room
            shared = replaced(each.attribute, additivity="non_additive")
            yield replaced(each, attribute=shared)


def _by_what_they_are(pair: Through, several: str) -> Iterator[Derivation]:
    """For each few things that the others are to it, by a column of the bridge: how many, and which
    in a list. A team's recruiters are people: the value is their name; of other things it stands
    before theirs."""
    if pair.kinds is None:
        return
    kind, values = pair.kinds
    told = sql.column(pair.members, pair.kind)
    key = sql.column(pair.members, pair.key)
    for value in values:
        *before, last = safe_name(value).split("_")
        label = "_".join([*before, singular(last)])
        noun = label if pair.there.parent.is_person else f"{label}_{pair.other}"
        said = f"{several} whose `{kind.name}` is `{value}`"
        own = docs.words(pair.here.parent.entity)
        made = counted(f"{noun}_count", f"How many {said} the {own} has.")
        yield Derivation(
            BY_VALUE, replaced(made, additivity="non_additive"),
            f"count(distinct case when {told} = {sql.literal(value)} then {key} end)",
            Rank.FIRST, together=kind.name,
        )  # fmt: skip
        if pair.named is not None:
            listed = _list(pair, pair.name_as(value), noun, said, kind.name)
            yield replaced(listed, rule=BY_VALUE)


def _list(pair: Through, column: str, entity: str, said: str, together: str) -> Derivation:
    """What is listed of what: `category_names`, `tag_labels`; `recruiters` of those who are it."""
    assert pair.named is not None
    plain = pair.named.name.removeprefix(f"{pair.other}_")
    named = "name" if plain in NAMES else plain
    words = entity if together and plain in NAMES else f"{entity}_{named}"
    what = "First and last name" if pair.parts else f"`{pair.named.name}`"
    own, text = docs.words(pair.here.parent.entity), sql.column(pair.members, column)
    made = Attribute(
        name=snake(pluralised(words.split("_"))), type="text", group="strings", pii=pair.named.pii,
        description=f"{what} of the {own}'s {said}, in the order of the alphabet; the first "
        f"{LONGEST_LIST} where there are more.",
    )  # fmt: skip
    return Derivation(
        "through", made, f"string_agg(distinct {text}, ', ' order by {text})", Rank.FIRST,
        together=together,
    )  # fmt: skip
