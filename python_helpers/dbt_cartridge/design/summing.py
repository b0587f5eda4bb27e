"""What belongs to a row, kind by kind, counted and summed beside it: in CTEs of the mart itself.

Kinds are never joined to each other: that would multiply them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbt_cartridge.design import docs, lines
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive import of_bridge, of_group, of_row
from dbt_cartridge.design.derive.allocated import RULE as ALLOCATED
from dbt_cartridge.design.derive.amounts import MEDIAN
from dbt_cartridge.design.derive.converted import RULE as CONVERTED
from dbt_cartridge.design.derive.derivation import Derivation, told, within
from dbt_cartridge.design.derive.ends import RECENCY, TURN
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.derive.lists import bounded, listed, name_of
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.derive.settled import RULE as SETTLED
from dbt_cartridge.design.derive.through import Through
from dbt_cartridge.design.derive.worth import RULE as WORTH
from dbt_cartridge.design.enrich import Wide
from dbt_cartridge.design.events import event_time
from dbt_cartridge.design.measures import unsummed
from dbt_cartridge.design.parts import Attribute, Link, Offer, Staged, stays_in_staging
from dbt_cartridge.design.site import Site
from dbt_cartridge.documents.design import Cte, Input, Join, LeftOut, Projection
from dbt_cartridge.frozen import replaced
from dbt_cartridge.words import is_participle

_PLAYED = re.compile(r"([a-z]+)_to")
_ABOVE = frozenset({"parent"})
_MANAGERS = frozenset({"manager", "supervisor", "superior", "boss"})

_OF_A_ROW = 0.6  # of the room: the other computed columns of a mart were summed up
AVERAGE_DIGITS = 4  # of an average: further ones differ from warehouse to warehouse
_SUMMED_AGAIN = frozenset(
    {
        None,
        ALLOCATED,
        CONVERTED,
        WORTH,
        SETTLED,
        "counts",
        "amounts",
        "durations",
        "held",
        "progress",
        "sequence",
    }
)
"""Rules whose columns are measures of the row itself, wherever they came from."""
_NO_LISTS = frozenset({"mysql"})  # group_concat cuts at 1,024 bytes, and tells nobody

# Of a window alone; not at all; and of one order for all aggregates of a select.
_NO_MEDIANS = frozenset({"bigquery", "mysql", "redshift"})


@dataclass(frozen=True)
class Kind:
    """One kind of thing that belongs to the row, and the model that it is read from."""

    link: Link
    rows: Offer
    prefix: str = ""
    one_unit: bool = False
    told: frozenset[str] = frozenset()
    called: str = ""


def worth_of(site: Site, line: Staged) -> lines.Amount | None:
    return lines.amount(line, site.headers.get(line.id), site.identities)


def children(site: Site, parent: Staged) -> list[Link]:
    """What belongs to a row of a fact: its lines first, then its payments …

    Not the versions of what is told of it: their amounts replace each other, and add up to nothing.
    """
    found = [
        link for link in site.plan.down[parent.id]
        if site.plan.is_fact(link.child) and link.joinable and link.is_plain and not link.is_self
        and not link.child.is_history and site.headers.get(parent.id) is not link
        and _is_above(site, parent, link.child)
    ]  # fmt: skip
    return sorted(found, key=lambda link: site.headers.get(link.child.id) is not link)


def _is_above(site: Site, parent: Staged, child: Staged) -> bool:
    """False where the parent is itself a line of the child: two tables that refer to each other."""
    header = site.headers.get(parent.id)
    return header is None or header.parent.id != child.id


def kinds(site: Site, parent: Staged, links: Sequence[Link]) -> list[Kind]:
    """Of each link the rows that are read, and how two links of one table are told apart.

    A fact's own columns are read where it is built, so that what was worked out for it is worked
    out once; a fact that sums another up reads what that one stands on, since two may refer to
    each other.
    """
    twice = [link.child.id for link in links]
    played = _parts_played([link.role for link in links], parent.entity)
    found: list[Kind] = []
    for link in (each for each in links if not _says_nothing(site, each, links)):
        child = link.child
        is_line = site.headers.get(child.id) is link
        if site.plan.is_fact(parent):
            # A line of something else, a payment's of an invoice, happened when that did.
            dated = event_time(child.offer.attributes) is not None
            rows = child.offer if dated and not is_line else site.offer(child)
        else:
            rows = site.built.get(child.id, child.offer)
        worth = worth_of(site, child) if is_line else None
        # Where the lines add up to the header's own total, their sum says nothing new.
        known = {worth.name} if worth is not None and worth.reconciles is not None else set[str]()
        again = {ALLOCATED, CONVERTED} if known else {ALLOCATED}
        known |= {a.name for a in rows.attributes if is_line and a.rule in again}
        prefix = (
            played[link.role] if twice.count(child.id) > 1 and link.role != parent.entity else ""
        )
        others = {e.child.entity for e in links if e.child.id != child.id and not _far(site, e)}
        found.append(Kind(link, _beside(rows, others), prefix, is_line, frozenset(known)))
    return found + [
        Kind(link, parent.offer, called=called) for link, called in _below(site, parent)
    ]


def _parts_played(roles: Sequence[str], entity: str) -> dict[str, str]:
    """What tells several links to one table apart, as people say it: tickets that were
    `assigned_to_staff` are a staff member's assigned tickets, unless others are assigned by one."""
    short: dict[str, str] = {}
    for role in roles:
        found = _PLAYED.fullmatch(role.removesuffix(f"_{entity}"))
        done = found is not None and is_participle(found[1])
        short[role] = found[1] if found and done else role
    said = Counter(short.values())
    return {role: one if said[one] == 1 else role for role, one in short.items()}


def _says_nothing(site: Site, link: Link, beside: Sequence[Link]) -> bool:
    """Of a bridge between rows of one table, the end from which the other has no name of its own:
    an issue has related issues; those that it is related to would be its issues. And a bridge that
    is called by its two ends alone, of which one holds the key of the other besides."""
    other = _other_side(site, link)
    if other is None:
        return False
    if other.parent.id == link.parent.id:
        return other.role == link.parent.entity
    both = {*link.parent.entity.split("_"), *other.parent.entity.split("_")}
    direct = any(e.child.id == other.parent.id and e.role == e.parent.entity for e in beside)
    return direct and set(link.child.entity.split("_")) == both


def _below(site: Site, parent: Staged) -> Iterator[tuple[Link, str]]:
    """Of a table that refers to itself upwards, the rows below each, and what one is called."""
    for link in site.plan.down[parent.id]:
        up = set(link.role.split("_"))
        plain = link.is_self and link.joinable and link.is_plain and len(link.columns) == 1
        if not plain or parent.is_history:
            continue
        if up & _ABOVE:
            yield link, f"child_{parent.entity}"
        elif up & _MANAGERS:
            yield link, "direct_report"


def _beside(rows: Offer, known: Iterable[str]) -> Offer:
    """Without what a row counts of things that are counted for the parent by themselves, and
    without what is of use beside the row alone: of the lines of an order their number and their
    amounts are asked for by customer, not the share of them that was sent by truck."""
    kept = [
        a for a in rows.attributes
        if a.rule in _SUMMED_AGAIN and (a.origin is not None or not any(
            a.name == f"{e}_count" or a.name.startswith(f"total_{e}_")
            or a.name.endswith(f"_{e}_count") for e in known))
    ]  # fmt: skip
    return Offer(rows.model, tuple(kept), rows.key)


def measured(rows: Offer) -> Offer:
    """A fact's columns that are of use beyond the row."""
    return _beside(rows, ())


def sum_up(site: Site, staged: Staged, wide: Wide, found: Sequence[Kind]) -> None:
    """Add to a mart what belongs to its rows, as far as there is room."""
    groups: list[Group | Through] = [_shown(site, wide, kind) for kind in found]
    proposed = [
        of_bridge(group) if isinstance(group, Through) else of_group(group) for group in groups
    ]
    adapter = site.host.adapter
    chosen, left = within(
        [
            [d for d in each if _has(adapter, d.expression) and d.rule not in site.declined]
            for each in map(list, proposed)
        ]
    )
    for kind, group, derivations in zip(found, groups, chosen, strict=True):
        if derivations:
            _write(site, wide, kind, group, derivations)
        whole = kind.one_unit or kind.called  # one unit, or only counted
        parent = kind.link.parent.id
        missed = [] if whole else unsummed(kind.rows.attributes, kind.link.columns, parent)
        if missed:
            wide.left_out.append(not_summed(missed))
    if left:
        site.left_out.append(LeftOut(what=site.homes[staged.id], why=told(left)))


def _has(adapter: str, expression: str) -> bool:
    """Whether the warehouse has the aggregate, beside any others."""
    listed, median = expression.startswith("string_agg("), expression.startswith(MEDIAN)
    return not (listed and adapter in _NO_LISTS) and not (median and adapter in _NO_MEDIANS)


def _shown(site: Site, wide: Wide, kind: Kind) -> Group | Through:
    other = _other_side(site, kind.link)
    if other is not None and not kind.called:
        members = wide.aliases.claim(f"{kind.link.child.entities}_members", "members")
        return Through(kind.link, other, members, _others(site, kind.link, other))
    alias = wide.aliases.claim(kind.link.child.entities, f"{kind.link.child.entities}_rows")
    return Group(
        link=kind.link, rows=kind.rows, alias=alias, prefix=kind.prefix, called=kind.called,
        one_unit=kind.one_unit, single=_single(kind.link) and site.plan.is_fact(kind.link.parent),
        told=kind.told, parents=_parents(site, kind), header=_far(site, kind.link),
    )  # fmt: skip


def _single(link: Link) -> bool:
    """At most one row of the child belongs to each: its key is that of the link."""
    return (
        link.child.key_proved and bool(link.child.key) and set(link.child.key) <= set(link.columns)
    )


def _far(site: Site, link: Link) -> str | None:
    """Of lines that are brought together by a key of their header, the header."""
    header = site.headers.get(link.child.id)
    rows = site.built.get(link.child.id)
    key = rows.by_name.get(link.columns[0]) if rows else None
    if header is None or key is None or key.origin is None:
        return None
    return header.parent.id if key.origin[0] == header.parent.id else None


def _parents(site: Site, kind: Kind) -> dict[str, Link]:
    """By column of the rows, what it refers to: the table's own keys, and a header's."""
    child = kind.link.child
    found = {way.columns[0]: way for way in _carried(site, child)}
    for link in site.plan.up[child.id]:
        if len(link.columns) == 1 and link.is_plain and not link.is_self:
            found[link.columns[0]] = link
    header = None if site.plan.is_fact(kind.link.parent) else site.headers.get(child.id)
    for link in site.plan.up[header.parent.id] if header else ():
        if len(link.columns) == 1 and link.is_plain and not link.is_self:
            found.setdefault(link.columns[0], link)
    return found


def _carried(site: Site, child: Staged) -> Iterator[Link]:
    """What the rows know through what they refer to: a rental the film of its copy."""
    ways = site.carries.get(child.id, ())
    return (way for way in ways if len(way.columns) == 1 and not way.is_self)


def _other_side(site: Site, link: Link) -> Link | None:
    """Of a bridge, the link to what it brings together with this end's parent."""
    if link.child.table.role != "bridge":
        return None
    for other in site.plan.up[link.child.id]:
        # The tenant in which a tag's number counts is no other side.
        within = set(other.columns) <= set(link.columns)
        if not within and len(other.columns) == 1 and other.is_plain:
            return other
    return None


def _others(site: Site, here: Link, there: Link) -> Offer:
    """The other side of a bridge with all that was worked out for it, where its mart stands before
    this one: a fact, since dimensions are made after the facts, and a dimension that was made
    before. Of one fact for another what staging says."""
    parent = there.parent
    known = {**site.built, **site.shown}
    built = None if site.plan.is_fact(here.parent) else known.get(parent.id)
    rows = built or parent.offer
    beside = {link.child.entity for link in site.plan.down[here.parent.id] if link is not here}
    kept = [a for a in _beside(rows, beside).attributes if not stays_in_staging(a)]
    return Offer(rows.model, tuple(kept), rows.key)


def _write(
    site: Site,
    wide: Wide,
    kind: Kind,
    group: Group | Through,
    derivations: Sequence[Derivation],
) -> None:
    link, child = kind.link, kind.link.child
    summed = wide.aliases.claim(f"{child.entities}_summed")
    if isinstance(group, Through):
        keys, feeding = _members(wide, group, derivations), group.members
        where: tuple[str, ...] = ()
    else:
        wide.inputs.append(Input(alias=group.alias, model=kind.rows.model))
        keys = {
            f: sql.column(group.alias, n) for n, f in zip(link.columns, link.fields, strict=True)
        }
        where, feeding = tuple(_somebodys(group)), group.alias
        if any(each.in_turn or each.listed for each in derivations):
            feeding = _prepared(wide, group, keys, where, derivations)
            keys = {f: _over(text, group.alias, feeding) for f, text in keys.items()}
            derivations = [
                replaced(d, expression=_over(d.expression, group.alias, feeding))
                for d in derivations
            ]
            where = ()
    projections = [Projection(name=f, expression=text, group="ids") for f, text in keys.items()]
    projections += [
        Projection(name=d.name, expression=d.expression, group=d.attribute.group)
        for d in derivations
    ]
    wide.ctes.append(
        Cte(name=summed, from_alias=feeding, projections=tuple(projections), where=where,
            group_by=tuple(keys.values()))
    )  # fmt: skip
    on = tuple(sql.equal(sql.column(wide.alias, f), sql.column(summed, f)) for f in link.fields)
    wide.join_made(None, summed, on)
    wide.summed.append(group.entities if kind.called else child.entities)
    wide.below.append(child.id)
    _take(wide, kind, group, summed, derivations)


def _take(
    wide: Wide,
    kind: Kind,
    group: Group | Through,
    summed: str,
    derivations: Sequence[Derivation],
) -> None:
    entity, names = group.entity, wide.sums.setdefault(group.entity, {})
    wide.several[entity] = group.entities
    for each in derivations:
        value = sql.column(summed, each.name)
        if each.attribute.zero_if_none:
            nothing = "false" if each.attribute.type == "boolean" else "0"
            value = f"coalesce({value}, {nothing})"
        elif each.expression.startswith(("avg(", MEDIAN)):
            value = f"round({value}, {AVERAGE_DIGITS})"
        made = replaced(each.attribute, rule=each.rule)
        name = wide.take(made, value, each.name, f"{kind.link.child.entity}_{each.name}")
        names[name] = each
        if not isinstance(group, Group):
            continue
        chosen, also, of = each.chosen, each.also, kind.rows.model
        if each.again is not None:
            how, column = each.again
            wide.adds_up(name, kind.link, of, column, chosen, also, how)
        elif each.expression == "count(*)" or each.measure or chosen:
            wide.adds_up(name, kind.link, of, each.measure, chosen, also)
    if isinstance(group, Group) and group.numbered:
        wide.owned.add(entity)
    if kind.one_unit:
        wide.complete.add(entity)


def _somebodys(group: Group) -> list[str]:
    """Rows that belong to nobody make no group, whether any were seen or not: a header may come
    late, and then all that a line takes from it is NULL. Nor do rows that were removed."""
    found = [f"{sql.column(group.alias, name)} is not null" for name in group.link.columns]
    flag = group.child.deleted_flag
    if flag is not None:
        found.append(f"not coalesce({sql.column(group.alias, flag)}, false)")
    return found


def _prepared(
    wide: Wide,
    group: Group,
    keys: Mapping[str, str],
    where: tuple[str, ...],
    derivations: Sequence[Derivation],
) -> str:
    """A CTE of the rows with what aggregates read of each among those of its group: its number in
    the order of time, from the first and from the last; its name, where a list has room for it."""
    in_turn = any(each.in_turn for each in derivations)
    name = wide.aliases.claim(f"{group.alias}_{'in_turn' if in_turn else 'listed'}")
    projections = [*_turns(group, keys)] if in_turn else []
    joins: list[Join] = []
    for each in derivations:
        if each.listed is not None:
            value = sql.column(group.alias, each.listed)
            if each.listed_of is not None:
                value = _beside_row(wide, group, each.listed_of, joins)
            value = bounded([*keys.values()], value)
            projections.append(
                Projection(name=listed(each.listed), expression=value, group="strings")
            )
    wide.ctes.append(
        Cte(name=name, from_alias=group.alias, whole=True, where=(*where,), joins=tuple(joins),
            projections=tuple(projections))
    )  # fmt: skip
    return name


def _beside_row(wide: Wide, group: Group, link: Link, joins: list[Join]) -> str:
    """Join whom a row of the group names; what they are known by, in SQL."""
    alias = wide.aliases.claim(f"{link.role}_{link.parent.entities}", "joined_people")
    wide.inputs.append(Input(alias=alias, model=link.parent.offer.model))
    on = sql.equal(sql.column(group.alias, link.columns[0]), sql.column(alias, link.fields[0]))
    joins.append(Join(kind="left", to=alias, on=(on,)))
    return name_of(link, alias)


def _turns(group: Group, keys: Mapping[str, str]) -> Iterator[Projection]:
    time = group.time
    assert time is not None
    order = [group.column(time), *(sql.column(group.alias, key) for key in group.rows.key)]
    by = ", ".join(keys.values())
    forth, back = ", ".join(order), ", ".join(f"{each} desc" for each in order)
    yield Projection(
        name=TURN, group="numerics",
        expression=f"row_number() over (partition by {by} order by {forth})",
    )  # fmt: skip
    yield Projection(
        name=RECENCY, group="numerics",
        expression=f"row_number() over (partition by {by} order by {_last(group, time, back)})",
    )  # fmt: skip


def _last(group: Group, time: Attribute, back: str) -> str:
    """From the latest back; a row without a time comes last in both orders."""
    first = f"{group.column(time)} desc"
    return back if time.required else back.replace(first, f"{first} nulls last", 1)


def _members(wide: Wide, pair: Through, derivations: Sequence[Derivation]) -> dict[str, str]:
    """A CTE of the bridge's rows with what is needed of the other side. Returns the keys in it."""
    here, there, other = pair.here, pair.there, pair.there.parent
    keyed = (*here.fields, pair.key)
    alias = wide.aliases.claim(here.child.entities, f"{here.child.entities}_rows")
    joined = wide.aliases.claim(other.entities, f"{other.entities}_joined")
    wide.inputs.append(Input(alias=alias, model=here.child.offer.model))
    said = [*(d.expression for d in derivations), *(sql.column(pair.members, f) for f in keyed)]
    projections = [
        each for each in pair.columns(alias, joined)
        if any(sql.column(pair.members, each.name) in text for text in said)
    ]  # fmt: skip
    joins: list[Join] = []
    if any(f"{sql.name(joined)}." in p.expression for p in projections):
        wide.inputs.append(Input(alias=joined, model=pair.others.model))
        on = sql.equal(sql.column(alias, there.columns[0]), sql.column(joined, there.fields[0]))
        joins.append(Join(kind="left", to=joined, on=(on,)))
    flag = here.child.deleted_flag
    where = [f"{sql.column(alias, name)} is not null" for name in here.columns]
    if flag is not None:
        where.append(f"not coalesce({sql.column(alias, flag)}, false)")
    wide.ctes.append(
        Cte(name=pair.members, from_alias=alias, projections=tuple(projections),
            joins=tuple(joins), where=tuple(where))
    )  # fmt: skip
    return {field: sql.column(pair.members, field) for field in here.fields}


def _over(text: str, old: str, new: str) -> str:
    return text.replace(f"{sql.name(old)}.", f"{sql.name(new)}.")


def not_summed(left_out: Sequence[Attribute]) -> str:
    """What is missing, and why, for the description."""
    named = docs.listed([f"`{a.name}`" for a in left_out])
    is_not = "is" if len(left_out) == 1 else "are"
    by = docs.listed(list(dict.fromkeys(_teller(a) for a in left_out)))
    return f"{named} {is_not} not summed: {by} names several currencies or units."


def _teller(attribute: Attribute) -> str:
    if attribute.unit_of is None:
        return f"`{attribute.unit_by}`"
    table, column = attribute.unit_of
    return f"`{column}` of {table}"


# ---------------------------------------------------------------- one row


def compute(site: Site, staged: Staged, wide: Wide, whole: bool = True) -> None:
    """Add to a mart what the rules of a row compute beside its columns, as far as there is room."""
    proposed = of_row(row_of(site, staged, wide), whole, now=site.settings.ages)
    chosen, left = within([[d for d in proposed if d.rule not in site.declined]], _OF_A_ROW)
    for each in chosen[0]:
        wide.take(replaced(each.attribute, rule=each.rule), each.expression, each.name)
    if left:
        site.left_out.append(LeftOut(what=site.homes[staged.id], why=told(left)))


def row_of(site: Site, staged: Staged, wide: Wide) -> Row:
    """The row of a mart in the making, as its rules see it."""
    return Row(
        staged=staged, columns=tuple(wide.columns), expressions=dict(wide.expressions),
        up=site.plan.up[staged.id], sums=dict(wide.sums), several=wide.several, owned=wide.owned,
        complete=wide.complete,
        identities=site.identities.get(staged.id, ()),
        is_fact=site.plan.is_fact(staged), is_line=staged.id in site.headers,
    )  # fmt: skip
