"""What a row is worth beside its own columns: by its header, by its parts, in one currency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive.allocated import RULE as ALLOCATED
from dbt_cartridge.design.derive.allocated import allocated, allocated_name, charges
from dbt_cartridge.design.derive.converted import RULE as CONVERTED
from dbt_cartridge.design.derive.converted import Exchange, converted, exchange
from dbt_cartridge.design.derive.derivation import Derivation
from dbt_cartridge.design.derive.settled import settled
from dbt_cartridge.design.derive.worth import worth
from dbt_cartridge.design.enrich import Wide
from dbt_cartridge.design.parts import Attribute, Link, Staged
from dbt_cartridge.design.rates import by_day, has_rates, stands_for
from dbt_cartridge.design.site import Site
from dbt_cartridge.design.summing import row_of, worth_of
from dbt_cartridge.documents.design import Conserved, LeftOut
from dbt_cartridge.frozen import replaced


def weigh(site: Site, staged: Staged, wide: Wide) -> None:
    """Add what a line is worth beside its amount: no budget drops the business's money."""
    for each in worth(row_of(site, staged, wide), worth_of(site, staged)):
        if each.rule not in site.declined:
            take(wide, each)
    for each in settled(row_of(site, staged, wide)):
        if each.rule not in site.declined and each.name not in wide.expressions:
            take(wide, each)


def beside_header(site: Site, line: Staged, wide: Wide) -> None:
    """Add to a line what its header says of it, which is joined already: its share of what was
    charged once, and its amounts by the header's rate of exchange."""
    header, above = site.headers[line.id], site.headers[line.id].parent
    alias = next((alias for alias, link in wide.by_join.items() if link is header), None)
    if alias is None:
        return
    spread = _spread(site, line, header, wide)
    (found, _), currency = _exchange(site, above), _currency(header, wide)
    read = [*spread, *([found.rate] if found and currency else [])]
    if not read:
        return
    named = {f"{above.entity}_{name.removeprefix(f'{above.entity}_')}": name for name in read}
    beside = wide.set_down("weighed", {wish: sql.column(alias, n) for wish, n in named.items()})
    value = {named[wish]: expression for wish, expression in beside.items()}
    for charge, whole in spread.items():
        row = row_of(site, line, wide)
        take(wide, allocated(row, header, whole, above.offer.by_name[charge], value[charge]))
    if found and currency:
        for each in converted(row_of(site, line, wide), found, value[found.rate], currency):
            take(wide, each)


def convert(site: Site, staged: Staged, wide: Wide) -> None:
    """Add the row's amounts by its own rate of exchange."""
    found, foreign = _exchange(site, staged)
    if found and foreign and found.rate in wide.expressions:
        rate = wide.expressions[found.rate]
        stands_for(wide, found)
        for each in converted(row_of(site, staged, wide), found, rate, foreign.unit_by):
            take(wide, each)


def convert_by_day(site: Site, staged: Staged, wide: Wide, grows: bool) -> None:
    """Add the row's amounts by the rate of its day, of a table of rates.

    Args:
        grows: rows are only added: a rate that comes late would change old ones.
    """
    if CONVERTED in site.declined or not has_rates(site, wide):
        return
    if grows:
        what = f"converted amounts of {site.homes.get(staged.id, staged.id)}"
        why = "Rows are only added to it, and a rate that comes late changes old ones."
        site.left_out.append(LeftOut(what=what, why=why))
        return
    for each in [*by_day(site, staged, wide)]:
        take(wide, each)


def take(wide: Wide, made: Derivation) -> None:
    if made.name not in wide.expressions:
        wide.take(replaced(made.attribute, rule=made.rule), made.expression, made.name)


def _exchange(site: Site, staged: Staged) -> tuple[Exchange, Attribute] | tuple[None, None]:
    if CONVERTED in site.declined:
        return None, None
    return exchange(staged, site.identities.get(staged.id, ())) or (None, None)


def _currency(header: Link, wide: Wide) -> str | None:
    """The column of a line that holds the currency of its header."""
    told = {a.origin for a in header.parent.offer.attributes if a.is_currency}
    return next((a.name for a in wide.columns if a.origin and a.origin in told), None)


def _spread(site: Site, line: Staged, header: Link, wide: Wide) -> dict[str, Attribute]:
    if ALLOCATED in site.declined or not _is_only_kind(site, line, header):
        return {}
    worth = worth_of(site, line)
    return charges(row_of(site, line, wide), header, worth.name if worth else "")


def _is_only_kind(site: Site, line: Staged, header: Link) -> bool:
    """Of several kinds of line the one that adds up to the header's total is what was charged."""
    worth = worth_of(site, line)
    proved = worth is not None and worth.reconciles is not None
    return proved or not any(
        link.parent.id == header.parent.id and other != line.id
        and link.child.table.role != "bridge"
        for other, link in site.headers.items()
    )  # fmt: skip


def arrives(header: Link, attributes: Sequence[Attribute]) -> Iterator[Conserved]:
    """All that was spread over the lines is what their headers hold."""
    spread = {a.name: a for a in attributes if a.rule == ALLOCATED}
    for charge in header.parent.offer.attributes:
        name = allocated_name(charge, header.parent.entity)
        if name in spread:
            yield Conserved(
                column=name, of=header.parent.offer.model, measure=charge.name,
                key=(header.columns[0], header.fields[0]),
            )  # fmt: skip
