"""Hierarchies flattened: what a dimension takes over from the tables that it refers to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.measures import is_measure
from dbt_cartridge.design.naming import Names
from dbt_cartridge.design.parts import Attribute, Link, Offer, Staged, ordered, stays_in_staging
from dbt_cartridge.design.plan import Plan, descriptive, extension_of
from dbt_cartridge.documents.design import (
    Again,
    Conserved,
    Cte,
    Input,
    Join,
    Projection,
    Query,
    SameRowCountTest,
    Test,
)
from dbt_cartridge.documents.schema import ColumnRole
from dbt_cartridge.frozen import replaced

if TYPE_CHECKING:
    from dbt_cartridge.design.derive.derivation import Derivation

_DEEPEST = 5
_NAMES_PER_PARENT = 3
_PICTURES = frozenset({"picture", "photo", "image", "thumbnail", "icon", "logo", "avatar"})
# Of an extension they tell of its row, not of the entity.
_OF_THE_ROW = frozenset({"created_time", "updated_time", "load_time", "technical"})
# By its name a row of another table is known; what else is personal stays with the person.
SHARED = frozenset({None, "person_name"})
_STATES: dict[str, ColumnRole] = {"status": "status", "state": "status", "stage": "status"}
_LISTS = frozenset({"status", "stage"})
_MOST_FLAGS = 2
_OF_THE_LIST = frozenset(
    "active default enabled disabled visible hidden deleted archived system custom editable".split()
)
"""What a flag of a code list is called that tells of the code, not of what bears it."""
_LABELS = frozenset({"name", "title", "label", "description", "code", "number"})


@dataclass
class Wide:
    """A query in the making: a base, what is joined to it, and the columns that come out."""

    base: Offer
    alias: str
    aliases: Names = field(default_factory=Names)
    inputs: list[Input] = field(default_factory=list[Input])
    joins: list[Join] = field(default_factory=list[Join])
    ctes: list[Cte] = field(default_factory=list[Cte])
    columns: list[Attribute] = field(default_factory=list[Attribute])
    expressions: dict[str, str] = field(default_factory=dict[str, str])
    names: Names = field(default_factory=Names)
    totals: list[Conserved] = field(default_factory=list[Conserved])
    joined: list[Link] = field(default_factory=list[Link])
    by_join: dict[str, Link] = field(default_factory=dict[str, Link])  # alias → why it is joined
    summed: list[str] = field(default_factory=list[str])  # what was counted, in the plural
    below: list[str] = field(default_factory=list[str])  # … and the relations it came from
    several: dict[str, str] = field(default_factory=dict[str, str])  # by its singular, in names
    sums: dict[str, dict[str, Derivation]] = field(
        default_factory=dict[str, "dict[str, Derivation]"]
    )
    """By what was summed up, in the singular: the columns that came of it, and what made each."""
    owned: set[str] = field(default_factory=set[str])  # … of which each row numbers its own
    complete: set[str] = field(default_factory=set[str])  # … without which no row is
    left_out: list[str] = field(default_factory=list[str])  # what is missing, in sentences

    @classmethod
    def of(cls, base: Offer, alias: str, columns: Sequence[Attribute] | None = None) -> Wide:
        wide = cls(base=base, alias=alias)
        wide.aliases.claim("final")
        wide.alias = wide.aliases.claim(alias, f"{alias}_base")
        wide.inputs.append(Input(alias=wide.alias, model=base.model))
        for attribute in base.attributes if columns is None else columns:
            wide.names.claim(attribute.name)
            wide.columns.append(attribute)
            wide.expressions[attribute.name] = sql.column(wide.alias, attribute.name)
        return wide

    @property
    def models(self) -> frozenset[str]:
        return frozenset(i.model for i in self.inputs if i.model)

    @property
    def relations(self) -> list[str]:
        """Those of whose rows it shows something beside its base's: of each join both ends, since
        what extends the base leads to it, and of what is summed up."""
        ends = (end.id for link in self.joined for end in (link.child, link.parent))
        return [*ends, *self.below]

    def join(self, link: Link | None, offer: Offer, alias: str, on: Sequence[tuple[str, str]],
             left_alias: str) -> str:  # fmt: skip
        """Join `offer`; `on` pairs columns of `left_alias` with its own. Returns its alias.

        Always a left join: that every row has found its parent so far keeps none of tomorrow's.
        `link`: what a reader is told is joined; None for what is summed up.
        """
        name = self.aliases.claim(alias, f"{alias}_joined")
        self.inputs.append(Input(alias=name, model=offer.model))
        conditions = tuple(
            sql.equal(sql.column(left_alias, left), sql.column(name, right)) for left, right in on
        )
        self.join_made(link, name, conditions)
        return name

    def join_made(self, link: Link | None, to: str, on: tuple[str, ...]) -> None:
        """Join an input, or a CTE over one, that stands there already."""
        self.joins.append(Join(kind="left", to=to, on=on))
        if link is not None:
            self.joined.append(link)
            self.by_join[to] = link

    def take(self, attribute: Attribute, expression: str, *wishes: str) -> str:
        """Add a column under the first free name of `wishes`."""
        name = self.names.claim(*wishes)
        self.columns.append(attribute.renamed(name, attribute.description))
        self.expressions[name] = expression
        return name

    def adds_up(
        self,
        name: str,
        link: Link,
        of: str,
        measure: str | None,
        chosen: tuple[str, str | None] | None = None,
        also: tuple[str, str | None] | None = None,
        how: Again = "sum",
    ) -> None:
        """The column holds what belongs to each row, of all that `of` has."""
        if len(link.fields) == 1:
            self.totals.append(
                Conserved(
                    column=name, of=of, measure=measure, key=(link.fields[0], link.columns[0]),
                    removed=link.child.deleted_flag, chosen=chosen, also=also, how=how,
                )
            )  # fmt: skip

    def close(self) -> None:
        """Leave out every join from which nothing is taken, directly or by what is joined to it.

        It can only cost time, and rows where its key is not what it seemed.
        """
        said = [*self.expressions.values()]
        kept: list[Join] = []
        for join in reversed(self.joins):  # a join names none that comes after it
            start = f"{sql.name(join.to)}."
            if any(start in text for text in said):
                kept.append(join)
                said += join.on
            elif (link := self.by_join.pop(join.to, None)) is not None:
                self.joined.remove(link)
        self.joins = kept[::-1]
        read = {self.alias, *(join.to for join in self.joins)}
        for cte in reversed(self.ctes):
            if cte.name in read:
                read |= {cte.from_alias, *(join.to for join in cte.joins), *cte.union}
        self.ctes = [cte for cte in self.ctes if cte.name in read]
        self.inputs = [each for each in self.inputs if each.alias in read]

    def set_down(self, name: str, beside: Mapping[str, str]) -> dict[str, str]:
        """Put all that there is into a CTE, so that what is computed of it reads plain columns.

        Args:
            beside: by the name that it wants there, what is needed of it and not shown.

        Returns: each of these as it is read from now on.
        """
        self.close()
        alias = self.aliases.claim(name)
        free = Names(self.expressions)
        hidden = {wish: free.claim(wish) for wish in beside}
        columns = ordered(self.columns)
        self.ctes.append(
            Cte(
                name=alias, from_alias=self.alias, joins=tuple(self.joins),
                projections=(
                    *(Projection(name=a.name, expression=self.expressions[a.name], group=a.group)
                      for a in columns),
                    *(Projection(name=hidden[wish], expression=text, group="numerics")
                      for wish, text in beside.items()),
                ),
            )
        )  # fmt: skip
        self.alias, self.joins = alias, []
        self.expressions = {each: sql.column(alias, each) for each in self.expressions}
        return {wish: sql.column(alias, each) for wish, each in hidden.items()}

    def query(self) -> tuple[Query, tuple[Attribute, ...]]:
        self.close()
        columns = ordered(self.columns)
        final = Cte(
            name="final",
            from_alias=self.alias,
            projections=tuple(
                Projection(name=a.name, expression=self.expressions[a.name], group=a.group)
                for a in columns
            ),
            joins=tuple(self.joins),
        )
        return Query(inputs=tuple(self.inputs), ctes=(*self.ctes, final)), columns


def same_rows(staged: Staged, wide: Wide) -> list[Test]:
    """A join may multiply rows or lose some; a plain select of the staged rows cannot."""
    joined = wide.joins or wide.base.model != staged.offer.model
    return [SameRowCountTest(as_model=staged.offer.model)] if joined else []


def kept_sums(staged: Staged, wide: Wide) -> list[Conserved]:
    """What a mart with joins shows of its own table's measures adds up to the same."""
    if not same_rows(staged, wide):
        return []
    own = {a.name: a for a in staged.offer.attributes if is_measure(a)}
    return [
        Conserved(column=a.name, of=staged.offer.model, measure=a.name)
        for a in wide.columns
        if a.name in own and a.origin == own[a.name].origin
    ]


def pairs(link: Link) -> list[tuple[str, str]]:
    """The child's columns beside the parent's."""
    return list(zip(link.columns, link.fields, strict=True))


def lookups(plan: Plan, staged: Staged) -> list[Link]:
    """The links that a dimension follows upwards, those it is most made of first.

    Each leads to at most one row; facts are never folded into a dimension.
    """
    found = [
        link
        for link in plan.up[staged.id]
        if link.joinable and link.is_plain and not plan.is_fact(link.parent)
    ]
    return sorted(found, key=lambda link: (plan.fates[link.parent.id] != "folded", link.is_self))


def flatten(plan: Plan, wide: Wide, staged: Staged) -> None:
    """Join what `staged` refers to."""
    _climb(plan, wide, staged, wide.alias, "", frozenset({staged.id}), 0)


def _climb(
    plan: Plan,
    wide: Wide,
    staged: Staged,
    alias: str,
    path: str,
    above: frozenset[str],
    depth: int,
    links: Sequence[Link] | None = None,
) -> None:
    """What a row refers to itself comes before what that refers to: of two clubs, a class's own is
    the `club_name`.

    Args:
        links: those that are followed, of all that the table has.
    """
    followed: list[tuple[Link, str, str]] = []
    for link in lookups(plan, staged) if links is None else links:
        if link.parent.id in above and not link.is_self:
            continue
        if depth > 1 and link.is_self:
            continue
        shown = _shown(plan, link)
        if not shown and plan.fates[link.parent.id] != "folded":
            continue
        role = link.role if depth == 0 or not path else _joined_path(path, link.role)
        joined = wide.join(link, link.parent.offer, alias_of(link), pairs(link), alias)
        for attribute in shown:
            _bring(wide, link, attribute, joined, role, path, via=staged.entity if depth else "")
        followed.append((link, joined, role))
    for link, joined, role in followed:
        if plan.fates[link.parent.id] == "folded" and depth < _DEEPEST and not link.is_self:
            own = "" if link.role == link.parent.entity and not path else role
            _climb(plan, wide, link.parent, joined, own, above | {link.parent.id}, depth + 1)
        elif depth == 0 and not link.is_self and not link.parent.is_person:
            _names_above(plan, wide, staged, link, joined, role)


def _names_above(plan: Plan, wide: Wide, staged: Staged, link: Link, alias: str, role: str) -> None:
    """Of what a parent with a dimension of its own belongs to, the name and the key: a city's
    country, a subcategory's category. Whoever asks by it would have to join twice.

    What the row refers to by itself is known by that.
    """
    known = {staged.id, *(each.parent.id for each in plan.up[staged.id])}
    for further in lookups(plan, link.parent):
        shown = next((a for a in display(further.parent) if a.pii is None), None)
        if further.parent.id in known or further.is_self or shown is None:
            continue
        if further.parent.is_history or further.parent.is_person or len(further.columns) != 1:
            continue
        key = link.parent.offer.by_name[further.columns[0]]
        joined = wide.join(further, further.parent.offer, alias_of(further), pairs(further), alias)
        path = "" if link.role == link.parent.entity else role
        _bring(wide, link, key, alias, role)
        whose = further.role if not path else _joined_path(path, further.role)
        _bring(wide, further, shown, joined, whose, path, via=link.role)


def name_lookups(plan: Plan, wide: Wide, staged: Staged, header: Link | None) -> None:
    """Join the code lists that a fact or its header refers to, each for the name of its row.

    People read a status by its name, and count by it; all the names that there are stand in the
    list.
    """
    for link in (*plan.up[staged.id], *_above(plan, wide, header)):
        parent = link.parent
        if not (link.joinable and link.is_plain and _is_list(parent)):
            continue
        if link.is_self or parent.is_history or not set(link.columns) <= wide.expressions.keys():
            continue
        shown = [a for a in display(parent) if a.pii is None][:1]
        if not shown:
            continue
        joined = wide.join(link, parent.offer, alias_of(link), pairs(link), wide.alias)
        for flag in _said_of_states(parent):
            owner = f"{docs.words(staged.entity)}'s {docs.words(link.role)}"
            told = replaced(flag, description=f"`{flag.name}` of the {owner}.", tests=())
            wide.take(told, sql.column(joined, flag.name), flag.name, f"{link.role}_{flag.name}")
        for attribute in shown:
            origin = attribute.origin if link.child.id != staged.id else None
            _bring(
                wide, link, attribute, joined, link.role, values=_listed(attribute), origin=origin
            )


def _said_of_states(staged: Staged) -> list[Attribute]:
    """What a list of states says of those that are in each: that they are won, closed, billable.
    That a state is in use or the default is said of itself."""
    found = [
        a for a in staged.offer.attributes
        if a.type == "boolean" and a.role == "flag" and a.words.isdisjoint(_OF_THE_LIST)
    ]  # fmt: skip
    return found[:_MOST_FLAGS]


def _is_list(staged: Staged) -> bool:
    """A code list; what is named a status is one however much it says of each."""
    return staged.table.role == "reference" or staged.entity.rpartition("_")[2] in _LISTS


def _above(plan: Plan, wide: Wide, header: Link | None) -> list[Link]:
    """What the header refers to by a key that the line has taken from it."""
    if header is None:
        return []
    own = header.parent.id
    taken = {a.name for a in wide.columns if a.origin and a.origin[0] == own}
    return [link for link in plan.up[own] if set(link.columns) <= taken]


def _listed(attribute: Attribute) -> tuple[str, ...]:
    """All values of a column, where they are known."""
    profile = attribute.profile
    if profile is None or profile.sampled or profile.approximate:
        return ()
    seen = {v.value for v in profile.top_values if v.value.strip()}
    whole = sum(v.count for v in profile.top_values) == profile.rows - profile.nulls
    return tuple(sorted(seen)) if whole else ()


def _joined_path(path: str, role: str) -> str:
    return role if role.startswith(path) else f"{path}_{role}"


def alias_of(link: Link) -> str:
    """The parent's plural, or the role's where it plays one: `managers`."""
    if link.role in (link.parent.entity, link.parent.entities):
        return link.parent.entities
    return f"{'parent' if link.is_self else link.role}_{link.parent.entities}"


def _shown(plan: Plan, link: Link) -> tuple[Attribute, ...]:
    """Of a folded table everything it says, with the keys further up; of others the name."""
    parent = link.parent
    offered = parent.offer.by_name
    if plan.fates[parent.id] == "folded":
        upward = {c for up in plan.up[parent.id] if up.joinable for c in up.columns}
        names = [
            n for n in descriptive(parent)
            if not stays_in_staging(offered[n]) and _PICTURES.isdisjoint(n.split("_"))
            and offered[n].pii in SHARED
        ]  # fmt: skip
        if link.is_self:
            return tuple(offered[n] for n in names)
        return tuple(offered[n] for n in (*sorted(upward - set(parent.key)), *names))
    return display(parent)


def display(staged: Staged) -> tuple[Attribute, ...]:
    """The columns by which people know a row: names, else a natural key or a title."""
    named = [a for a in staged.offer.attributes if a.role == "name" and a.type == "text"]
    if named:
        return tuple(named[:_NAMES_PER_PARENT])
    said = [staged.offer.by_name[n] for n in descriptive(staged)]
    texts = [a for a in said if a.type == "text" and a.pii is None]
    for group in (
        [a for a in texts if a.role == "natural_key"],
        [a for a in texts if a.name.rsplit("_", 1)[-1] in _LABELS],
        [a for a in texts if a.role == "category"],
        texts,
    ):
        if group:
            return tuple(group[:1])
    return ()


def _bring(
    wide: Wide,
    link: Link,
    attribute: Attribute,
    alias: str,
    role: str,
    path: str = "",
    values: tuple[str, ...] = (),
    origin: tuple[str, str] | None = None,
    via: str = "",
) -> None:
    """`via`: what lies between the row and the parent, which tells two of one name apart."""
    entity = link.parent.entity
    plain = attribute.name
    if role == entity:
        wish = (
            plain
            if plain.startswith(entity) or attribute.role == "foreign_key"
            else (f"{entity}_{plain}")
        )
    else:
        own = plain.removeprefix(entity + "_")
        last = role.rpartition("_")[2]
        wish = f"{role}_{own.removeprefix(last + '_')}"  # status, status_description
    subject = docs.words(plain.removeprefix(entity + "_"))
    owner = f"{docs.words(link.child.entity)}'s {docs.words(role if not path else link.role)}"
    description = docs.of(subject, owner)
    if attribute.role in ("foreign_key", "key"):
        description = f"Identifies the {subject.removesuffix(' id')} of the {owner}."
    brought = Attribute(
        name=wish,
        type=attribute.type,
        group=attribute.group,
        description=description,
        role=_STATES.get(role.rsplit("_", 1)[-1], "category") if values else attribute.role,
        values=values,
        additivity=None,
        unit=attribute.unit,
        pii=attribute.pii,
        data_type=attribute.data_type,
        origin=origin,
    )
    apart = [f"{via}_{wish}"] if via else []
    wide.take(brought, sql.column(alias, attribute.name), wish, *apart, f"{role}_{plain}")


def merge_extensions(plan: Plan, wide: Wide, staged: Staged) -> None:
    """Tables that hold more columns of the same entity, one row each."""
    for link in plan.down[staged.id]:
        child = link.child
        if plan.fates[child.id] != "merged":
            continue
        if extension_of(child, plan.up[child.id]) is not link:
            continue
        on = [(field, column) for column, field in pairs(link)]
        alias = wide.join(link, child.offer, child.entities, on, wide.alias)
        for attribute in child.offer.attributes:
            if attribute.name in link.columns or attribute.role in _OF_THE_ROW:
                continue
            if stays_in_staging(attribute):
                continue
            brought = Attribute(
                name=attribute.name, type=attribute.type, group=attribute.group,
                description=attribute.description, role=attribute.role, pii=attribute.pii,
                additivity=None if attribute.unit_by else attribute.additivity,
                unit=attribute.unit, money=attribute.money, data_type=attribute.data_type,
            )  # fmt: skip
            wide.take(brought, sql.column(alias, attribute.name), attribute.name,
                      f"{child.entity}_{attribute.name}")  # fmt: skip
        folded = [e for e in lookups(plan, child) if plan.fates[e.parent.id] == "folded"]
        _climb(plan, wide, child, alias, "", frozenset({staged.id, child.id}), 0, folded)
