"""What a bridge table brings together with a row: how many, how much, of which kinds, and which, in
a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive.amounts import averages, total_name
from dbt_cartridge.design.derive.by_kind import by_flag, by_kind
from dbt_cartridge.design.derive.counts import counted
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.enrich import display
from dbt_cartridge.design.measures import is_measure
from dbt_cartridge.design.parts import Attribute, Link, Offer
from dbt_cartridge.words import pluralised, snake

LONGEST_LIST = 50
"""Names in a list; of more, those that come first in the alphabet. Warehouses limit a text."""


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
    def other(self) -> str:
        return self.there.parent.entity

    @property
    def key(self) -> str:
        """What the other side's key is called among the members."""
        name = self.there.columns[0]
        return f"other_{name}" if name in self.here.fields else name

    @property
    def named(self) -> Attribute | None:
        """The column that a list is made of: what the others are known by."""
        shown = display(self.there.parent)
        return shown[0] if shown and shown[0].type == "text" and self.there.joinable else None

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
        link = replace(self.here, child=self.there.parent, columns=self.here.fields)
        hidden = {*self.here.fields, self.key}
        shown = tuple(a for a in self.others.attributes if a.name not in hidden)
        return Group(link, replace(self.others, attributes=shown), self.members)


def through(pair: Through) -> Iterator[Derivation]:
    """The count, the sums and the list. A sum is of each, however many share it: over all rows it
    counts those several times, and says so."""
    several = docs.words(snake(pluralised(pair.entity.split("_"))))
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
    if named is not None:
        text = sql.column(pair.members, named.name)
        plain = named.name.removeprefix(f"{pair.other}_")
        made = Attribute(
            name=f"{pair.entity}_{snake(pluralised(plain.split('_')))}", type="text",
            group="strings", pii=named.pii,
            description=f"`{named.name}` of the {own}'s {several}, in the order of the alphabet; "
            f"the first {LONGEST_LIST} where there are more.",
        )  # fmt: skip
        yield Derivation(
            "through", made, f"string_agg(distinct {text}, ', ' order by {text})", Rank.FIRST
        )
    for measure in pair.measures:
        made = Attribute(
            name=total_name(pair.other, measure.name),
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
            shared = replace(each.attribute, additivity="non_additive")
            yield replace(each, attribute=shared)
