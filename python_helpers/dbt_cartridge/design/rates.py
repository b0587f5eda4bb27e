"""Amounts in the one currency of the house, by the rates of exchange of another table.

A row's rate is the last one at or before its day. What stands from one rate to the next is worked
out from the rates themselves, so that a row finds one of them at most, whatever their key is
tomorrow; one that is 0 or missing is no rate, and the one before it holds on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive.converted import Exchange, converted
from dbt_cartridge.design.derive.derivation import Derivation
from dbt_cartridge.design.enrich import Wide
from dbt_cartridge.design.events import event_time
from dbt_cartridge.design.parts import Attribute, Staged
from dbt_cartridge.design.site import Site
from dbt_cartridge.design.summing import row_of
from dbt_cartridge.documents.design import Cte, Input, LeftOut, Projection
from dbt_cartridge.documents.schema import Exchanged, Rates
from dbt_cartridge.frozen import replaced

_CODE = re.compile("[A-Za-z]{3}")
_DAYS = frozenset({"date", "timestamp"})
_NUMBERS = frozenset({"decimal", "float", "integer"})


@dataclass(frozen=True)
class _Way:
    """From the rows of a mart to the rates: by the column of their currency, on their day."""

    rates: Rates
    table: Staged
    its: Exchanged
    currency: Attribute
    day: str  # an expression


def by_day(site: Site, staged: Staged, wide: Wide) -> Iterator[Derivation]:
    """The row's amounts by the rate of its day, which is joined where there are any.

    A line is read with the currency and the day that it has from its header.
    """
    for way in _ways(site, wide):
        alias = wide.aliases.claim(f"{way.table.entities}_by_day")
        found = _exchange(way, site.plan.staged[way.its.table])
        rate = sql.column(alias, "rate")
        stands_for(wide, found)
        made = [*converted(row_of(site, staged, wide), found, rate, way.currency.name)]
        if made:
            _join(wide, way, alias)
            yield from made


def stands_for(wide: Wide, found: Exchange) -> None:
    """Mark the amount that the source has converted: its sum is that of the amount as agreed."""
    wide.columns = [
        replaced(a, converts=found.foreign) if a.name == found.home and found.foreign else a
        for a in wide.columns
    ]


def has_rates(site: Site, wide: Wide) -> bool:
    """Whether any amount of the row is in a currency that has rates."""
    currencies = {a.unit_by for a in wide.columns if a.money}
    return any(way.currency.name in currencies for way in _ways(site, wide))


def _ways(site: Site, wide: Wide) -> Iterator[_Way]:
    origins = {a.origin: a for a in wide.columns if a.origin}
    for (of, column), found in _by_currency(site).items():
        currency, chosen = origins.get((of, column)), _chosen(found)
        if currency is None or chosen is None:
            continue
        rates, its = chosen
        table, time = site.plan.staged[rates.table], _time(site, its)
        day = origins.get(time.origin) if time and time.origin else None
        if day is not None and _is_read(table, rates, currency):
            expression = wide.expressions[day.name]
            if day.type == "timestamp":
                expression = sql.cast(expression, "date")
            yield _Way(rates, table, its, currency, expression)


def _by_currency(site: Site) -> dict[tuple[str, str], list[tuple[Rates, Exchanged]]]:
    """By a table and the column of its currency, the rates whose direction is told."""
    found: dict[tuple[str, str], list[tuple[Rates, Exchanged]]] = {}
    for rates in site.schema.rates:
        for its in rates.exchanged if rates.form and rates.table in site.plan.staged else ():
            found.setdefault((its.table, its.currency), []).append((rates, its))
    return found


def _chosen(found: Sequence[tuple[Rates, Exchanged]]) -> tuple[Rates, Exchanged] | None:
    """Of rates by day and by month those that the table's own amounts were converted by, else those
    by which any were; None where nothing tells them apart."""
    for fits in (
        [each for each in found if each[1].home],
        [each for each in found if any(e.home for e in each[0].exchanged)],
        found,
    ):
        if fits:
            return fits[0] if len(fits) == 1 else None
    return None


def _is_read(table: Staged, rates: Rates, currency: Attribute) -> bool:
    """Whether staging shows what the rates are found by, as what it is."""
    wanted = (rates.currency, rates.since, rates.rate, *([rates.base] if rates.base else []))
    known = [table.offer.by_name.get(table.names.get(name, "")) for name in wanted]
    shown = [each for each in known if each is not None]
    if len(shown) != len(wanted):
        return False
    own, since, rate = shown[:3]
    return own.type == currency.type and since.type in _DAYS and rate.type in _NUMBERS


def _time(site: Site, its: Exchanged) -> Attribute | None:
    staged = site.plan.staged.get(its.table)
    if staged is None:
        return None
    if its.at is not None:
        return staged.offer.by_name.get(staged.names.get(its.at, ""))
    return event_time(staged.offer.attributes)


def _exchange(way: _Way, of: Staged) -> Exchange:
    """`of`: whose currency and day they are; of its amounts one may stand in both currencies."""
    rates, table = way.rates, way.table
    both = (of.names.get(name or "", "") for name in (way.its.foreign, way.its.home))
    foreign, home = (of.offer.by_name.get(name) for name in both)
    rate = table.names[rates.rate]
    at_home = rates.home if way.currency.type == "integer" else sql.literal(rates.home)
    coded = _CODE.fullmatch(rates.home) is not None
    why = "; ".join(each.text for each in rates.evidence[:2])
    return Exchange(
        rate=rate, divided=rates.form == "quotient",
        said=f"the last `{rate}` of its currency in {docs.words(table.entities)} at or before its "
        "day, empty where there is none",
        into=f"{rates.home if coded else 'the currency whose rate is 1'} ({why})",
        unit=rates.home.upper() if coded else None,
        foreign=foreign.name if foreign else None, home=home.name if home else None,
        told=home.words - foreign.words if foreign and home else frozenset(),
        # Of rates from or to one currency, that one has none of its own.
        at_home=at_home if rates.base else None,
    )  # fmt: skip


def _join(wide: Wide, way: _Way, alias: str) -> None:
    """The rates as of each day: from a rate's day until the next one's."""
    rates, table = way.rates, way.table
    rows = wide.aliases.claim(table.entities, f"{table.entities}_rows")
    wide.inputs.append(Input(alias=rows, model=table.offer.model))
    names = (rates.currency, rates.since, rates.rate)
    currency, since, rate = (sql.column(rows, table.names[name]) for name in names)
    in_days = table.offer.by_name[table.names[rates.since]].type == "date"
    day = since if in_days else sql.cast(since, "date")
    where = [f"{rate} > 0"]
    if rates.base:
        base = table.offer.by_name[table.names[rates.base]]
        home = rates.home if base.type == "integer" else sql.literal(rates.home)
        where.append(sql.equal(sql.column(rows, base.name), home))
    if table.deleted_flag is not None:
        where.append(f"not coalesce({sql.column(rows, table.deleted_flag)}, false)")
    where.append(f"{since} is not null")
    wide.ctes.append(
        Cte(
            name=alias, from_alias=rows, where=tuple(where),
            projections=(
                Projection(name="currency", expression=currency, group="strings"),
                Projection(name="rate", expression=rate, group="numerics"),
                Projection(name="since_date", expression=day, group="dates"),
                Projection(
                    name="until_date", group="dates",
                    expression=f"lead({day}) over (partition by {currency} order by {since})",
                ),
            ),
        )
    )  # fmt: skip
    start, end = sql.column(alias, "since_date"), sql.column(alias, "until_date")
    on = (
        sql.equal(wide.expressions[way.currency.name], sql.column(alias, "currency")),
        f"{way.day} >= {start}",
        f"({way.day} < {end} or {end} is null)",
    )
    wide.join_made(None, alias, on)
    wide.below.append(table.id)


def not_told(site: Site) -> Iterator[LeftOut]:
    """Rates that no row tells how to use: sums stay in each currency by itself."""
    for (of, _), found in _by_currency(site).items():
        if _chosen(found) is None:
            tables = docs.listed([rates.table for rates, _ in found])
            why = f"{tables} have rates of its currencies, and the rows do not tell which it uses."
            yield LeftOut(what=f"amounts of {of} in one currency", why=why)
    for rates in site.schema.rates:
        if rates.form is None and rates.table in site.plan.staged:
            tables = ", ".join(each.table for each in rates.exchanged)
            why = "; ".join(each.text for each in rates.evidence)
            yield LeftOut(
                what=f"amounts of {tables} in one currency",
                why=f"whether to multiply or to divide by {rates.table}.{rates.rate} is not told "
                f"by the rows: {why}.",
            )
