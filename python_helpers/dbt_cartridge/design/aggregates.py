"""Facts summed up per entity: first, last, how many, how much. One row per entity that has any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.measures import sums, unsummed
from dbt_cartridge.design.naming import Names
from dbt_cartridge.design.parts import Attribute, Link, Offer, Staged
from dbt_cartridge.design.pivots import by_state
from dbt_cartridge.documents.design import Cte, Input, Join, Projection, Query

_PLANNED = frozenset(
    """due required requested expected estimated planned scheduled promised target deadline expiry
    expires expiration renewal end until""".split()
)
"""Of a time that is planned, or of an end: what it names has not happened when the row is written.
"""
_FEW_WITHOUT = 0.05  # of the rows have no time


@dataclass(frozen=True)
class Summary:
    """A query of one row per key, and what it offers."""

    query: Query
    attributes: tuple[Attribute, ...]
    key: tuple[str, ...]
    left_out: str = ""  # a sentence on what could not be summed


def event_time(attributes: Sequence[Attribute]) -> Attribute | None:
    """When it happened, else when it was recorded; a time that nearly every row has before others.

    An invoice that is not paid yet has happened all the same.
    """
    times = [
        a for a in attributes
        if a.type in ("date", "timestamp") and _PLANNED.isdisjoint(a.name.split("_"))
    ]  # fmt: skip
    for filled in (True, False):
        for role in ("event_time", "created_time"):
            found = [a for a in times if a.role == role and (_is_filled(a) or not filled)]
            if found:
                return found[0]
    return None


def _is_filled(attribute: Attribute) -> bool:
    profile = attribute.profile
    few = profile is not None and profile.nulls <= _FEW_WITHOUT * profile.rows
    return attribute.required or few


def summary(
    link: Link,
    facts: Offer,
    prefix: str = "",
    known: Sequence[str] = (),
    one_unit: bool = False,
) -> Summary:
    """The child's rows per parent.

    Args:
        prefix: tells two links to one parent apart: `origin`.
        known: entities that are summed for this parent by themselves, so not by way of the child.
        one_unit: the child's rows of one parent share their currency.
    """
    child, parent = link.child, link.parent
    alias = child.entities
    counted = docs.words(child.entities) + (f" as {docs.words(prefix)}" if prefix else "")
    of_parent = docs.words(parent.entity)
    projections: list[Projection] = []
    offered: list[Attribute] = []
    keys = [sql.column(alias, name) for name in link.columns]
    for name, field, key in zip(link.columns, link.fields, keys, strict=True):
        source = parent.offer.by_name[field]
        projections.append(Projection(name=field, expression=key, group="ids"))
        offered.append(
            Attribute(name=field, type=facts.by_name[name].type, group="ids", role="key",
                      description=source.description, required=True)
        )  # fmt: skip
    made = [*_moments(facts, child, alias, prefix, counted, of_parent),
            _count(child, prefix, counted, of_parent),
            *by_state(_beside(facts, known).attributes, child, alias, prefix, of_parent),
            *_sums(_beside(facts, known), child, alias, prefix, counted, of_parent,
                   one_unit)]  # fmt: skip
    _add(made, projections, offered)
    where = [f"{key} is not null" for name, key in zip(link.columns, keys, strict=True)
             if not facts.by_name[name].required]  # fmt: skip
    where += _existing(child, alias)
    cte = Cte(
        name="final", from_alias=alias, projections=tuple(projections), where=tuple(where),
        group_by=tuple(keys),
    )  # fmt: skip
    query = Query(inputs=(Input(alias=alias, model=facts.model),), ctes=(cte,))
    left_out = [] if one_unit else unsummed(facts.attributes)
    return Summary(query, tuple(offered), link.fields, _not_summed(left_out))


def _not_summed(left_out: Sequence[Attribute]) -> str:
    """What is missing, and why, for the description."""
    if not left_out:
        return ""
    told = docs.listed([f"`{a.name}`" for a in left_out])
    is_not = "is" if len(left_out) == 1 else "are"
    by = docs.listed(list(dict.fromkeys(f"`{a.unit_by}`" for a in left_out)))
    return f" {told} {is_not} not summed: {by} names several currencies or units."


def _beside(facts: Offer, known: Sequence[str]) -> Offer:
    kept = [
        a for a in facts.attributes
        if not any(a.name == f"{e}_count" or a.name.startswith(f"total_{e}_") for e in known)
    ]  # fmt: skip
    return Offer(facts.model, tuple(kept), facts.key)


def _add(
    made: Sequence[tuple[Attribute, str]],
    projections: list[Projection],
    offered: list[Attribute],
) -> None:
    names = Names(p.name for p in projections)
    for attribute, expression in made:
        name = names.claim(attribute.name)
        projections.append(Projection(name=name, expression=expression, group=attribute.group))
        offered.append(attribute.renamed(name, attribute.description))


def _existing(child: Staged, alias: str) -> list[str]:
    if child.deleted_flag is None:
        return []
    return [f"not coalesce({sql.column(alias, child.deleted_flag)}, false)"]


def _prefixed(prefix: str, name: str) -> str:
    return f"{prefix}_{name}" if prefix else name


def _moments(
    facts: Offer, child: Staged, alias: str, prefix: str, counted: str, parent: str
) -> list[tuple[Attribute, str]]:
    time = event_time(facts.attributes)
    if time is None:
        return []
    found: list[tuple[Attribute, str]] = []
    own = (
        time.name
        if any(word in time.name for word in child.entity.split("_"))
        else f"{child.entity}_{time.name}"
    )
    for word, function in (("first", "min"), ("latest", "max")):
        name = _prefixed(prefix, f"{word}_{own}")
        text = f"When the {word} of the {parent}'s {counted} was."
        attribute = Attribute(name=name, type=time.type, group=time.group, description=text)
        found.append((attribute, f"{function}({sql.column(alias, time.name)})"))
    return found


def _count(child: Staged, prefix: str, counted: str, parent: str) -> tuple[Attribute, str]:
    attribute = Attribute(
        name=_prefixed(prefix, f"{child.entity}_count"), type="integer", group="numerics",
        description=f"How many {counted} the {parent} has.", role="measure",
        additivity="additive", required=True, zero_if_none=True,
    )  # fmt: skip
    return attribute, "count(*)"


def _sums(
    facts: Offer,
    child: Staged,
    alias: str,
    prefix: str,
    counted: str,
    parent: str,
    one_unit: bool = False,
) -> list[tuple[Attribute, str]]:
    found: list[tuple[Attribute, str]] = []
    names = Names()
    # A level that is taken every day does not add up over the days.
    levels = child.table.shape == "periodic_snapshot"
    for each in () if levels else sums(facts.attributes, alias, one_unit):
        measure = each.measure
        ending = f"_{each.suffix}" if each.suffix else ""
        named = names.claim(
            total_name(child.entity, measure.name) + ending,
            f"total_{child.entity}_{measure.name}{ending}",
        )
        only = f" that are in {each.unit}" if each.suffix else ""
        attribute = Attribute(
            name=_prefixed(prefix, named),
            type=measure.type if measure.type == "float" else "decimal",
            group="numerics",
            description=f"Sum of `{measure.name}` over the {parent}'s {counted}{only}.",
            role="measure", additivity="additive", unit=each.unit, unit_by=each.unit_by,
            money=measure.money, zero_if_none=True,
        )  # fmt: skip
        found.append((attribute, each.expression))
    return found


def total_name(entity: str, measure: str) -> str:
    """`invoice`, `total` → total_invoice_amount; `order_line`, `line_amount` →
    total_order_line_amount."""
    words = [word for word in measure.split("_") if word != "total"] or ["amount"]
    words = ["subtotal"] if words == ["sub"] else words
    stem = entity.split("_")
    while stem and words and len(words) > 1 and words[0] in stem:
        words = words[1:]
    return "_".join(["total", *stem, *words])


def bridge(here: Link, there: Link, members: Offer) -> Summary:
    """What a bridge table brings together, per row of `here`'s parent.

    The other side is joined only where it has something to sum.
    """
    alias, other = here.child.entities, there.parent
    group = [sql.column(alias, name) for name in here.columns]
    of_parent = docs.words(here.parent.entity)
    projections: list[Projection] = []
    offered: list[Attribute] = []
    for field, key in zip(here.fields, group, strict=True):
        source = here.parent.offer.by_name[field]
        projections.append(Projection(name=field, expression=key, group="ids"))
        offered.append(Attribute(name=field, type=source.type, group="ids", role="key",
                                 description=source.description, required=True))  # fmt: skip
    count = Attribute(
        name=f"{other.entity}_count", type="integer", group="numerics", role="measure",
        additivity="additive", required=True, zero_if_none=True,
        description=f"How many {docs.words(other.entities)} the {of_parent} has.",
    )  # fmt: skip
    counted = sql.column(alias, there.columns[0])
    whole = set(here.child.key) == set(here.columns) | set(there.columns)
    made = [(count, f"count({counted})" if whole else f"count(distinct {counted})")]
    joined = other.entities if other.entities != alias else f"{alias}_members"
    summed = _sums(other.offer, other, joined, "", docs.words(other.entities),
                   of_parent) if whole and there.joinable else []  # fmt: skip
    made += summed
    _add(made, projections, offered)
    inputs = [Input(alias=alias, model=members.model)]
    joins: list[Join] = []
    if summed:
        inputs.append(Input(alias=joined, model=other.offer.model))
        on = tuple(
            sql.equal(sql.column(alias, c), sql.column(joined, f))
            for c, f in zip(there.columns, there.fields, strict=True)
        )
        joins.append(Join(kind="inner" if there.complete else "left", to=joined, on=on))
    where = [f"{key} is not null" for name, key in zip(here.columns, group, strict=True)
             if not members.by_name[name].required]  # fmt: skip
    cte = Cte(
        name="final", from_alias=alias, projections=tuple(projections), joins=tuple(joins),
        where=(*where, *_existing(here.child, alias)), group_by=tuple(group),
    )  # fmt: skip
    return Summary(Query(inputs=tuple(inputs), ctes=(cte,)), tuple(offered), here.fields)
