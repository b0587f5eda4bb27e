"""Headers and lines: orders and order lines, invoices and invoice lines.

A line takes over its header's keys and dates; a header counts and sums its lines. Several kinds of
line under one header stay apart: joined to each other they would multiply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.checks import product, strength
from dbt_cartridge.design.enrich import Wide
from dbt_cartridge.design.parts import Attribute, Link, Staged
from dbt_cartridge.design.plan import Plan
from dbt_cartridge.documents.design import ReconcilesTest
from dbt_cartridge.documents.evidence import Severity
from dbt_cartridge.documents.schema import FRACTIONS, Identity, Schema
from dbt_cartridge.frozen import replaced

_NUMBERS = frozenset({"integer", "decimal", "float"})
_HEADER_TIMES = frozenset({"event_time", "created_time"})
_NO_PRICE_OF_ONE = frozenset(
    "total subtotal extended line amount sum list standard old previous".split()
)
_CARRIAGE = frozenset("shipping freight delivery handling carriage tax".split())
_OF_ONE = frozenset("unit each piece single".split())
_QUANTITIES = frozenset("quantity qty pieces units".split())
GROSS = "gross_amount"
_DISCOUNTS = frozenset({"discount", "rebate", "markdown"})
_SOLD = frozenset("ordered sold billed invoiced".split())
AMOUNTS = frozenset("extended amount total revenue sales subtotal cost value price_total".split())


@dataclass(frozen=True)
class Amount:
    """What a line is worth. `made`: no column holds it, the formula does."""

    name: str
    expression: str  # over plain quoted columns of the line
    parts: tuple[str, ...]
    made: bool
    reconciles: tuple[str, Severity, str] | None = None  # header's column, severity, evidence


def headers(plan: Plan, schema: Schema) -> dict[str, Link]:
    """For each line table, the link to its header."""
    totals = {(i.table, i.child) for i in schema.identities if i.kind == "total"}
    found: dict[str, Link] = {}
    for staged in plan.tables("fact"):
        candidates = [
            (score, -number, link)
            for number, link in enumerate(plan.up[staged.id])
            if (score := _likeness(plan, link, totals)) > 0
        ]
        if candidates:
            found[staged.id] = max(candidates, key=lambda c: c[:2])[2]
    return _without_circles(found)


def _likeness(plan: Plan, link: Link, totals: set[tuple[str, str | None]]) -> int:
    if link.is_self or not link.joinable or not plan.is_fact(link.parent):
        return 0
    if link.relationship.one_to_one or link.parent.table.role == "bridge":
        return 0
    child, parent = link.child, link.parent
    score = 8 if (parent.id, child.id) in totals else 0
    score += 4 if child.entity.startswith(parent.entity + "_") else 0
    score += 2 if len(child.key) > 1 and set(link.columns) < set(child.key) else 0
    own_time = any(a.role == "event_time" for a in child.offer.attributes)
    score += 1 if not own_time and not link.relationship.optional else 0
    return score


def _without_circles(found: dict[str, Link]) -> dict[str, Link]:
    kept: dict[str, Link] = {}
    for line, link in found.items():
        seen, above = {line}, link.parent.id
        while above in found and above not in seen:
            seen.add(above)
            above = found[above].parent.id
        if above not in seen:
            kept[line] = link
    return kept


def amount(
    line: Staged, header: Link | None, identities: Mapping[str, Sequence[Identity]]
) -> Amount | None:
    """What a line is worth: proved against the header's total, or price times quantity.

    Args:
        identities: by table, the line's own and its header's.
    """
    own = identities.get(line.id, ())
    offered = line.offer.by_name
    total = _total_of(line, header, identities.get(header.parent.id, ()) if header else ())
    if total and total.amount in line.names:
        columns = [p for p in (total.amount, total.factor, total.discount) if p]
        held = _held(line, columns, own)
        parts = [line.names[p] for p in ([held] if held else columns) if p in line.names]
        numeric = all(offered[p].type in ("integer", "decimal", "float") for p in parts)
        firm = strength(total.considered, total.hits, "agreed")
        if numeric and firm and header and total.result in header.parent.names:
            field = header.parent.names[total.result]
            return _amount(line, parts, bool(total.discount) and not held, (field, *firm))
    return _priced(line, own, header)


def _held(line: Staged, columns: Sequence[str], identities: Sequence[Identity]) -> str | None:
    """The line's own column that holds the product of these in every row."""
    for identity in identities:
        same = set(identity.operands) == set(columns)
        if same and identity.kind == "product" and 0 < identity.considered == identity.hits:
            return identity.result if identity.result in line.names else None
    return None


def _total_of(line: Staged, header: Link | None, identities: Sequence[Identity]) -> Identity | None:
    if header is None:
        return None
    found = [i for i in identities if i.kind == "total" and i.child == line.id]
    return max(found, key=lambda i: i.hits / max(i.considered, 1), default=None)


def _amount(
    line: Staged,
    parts: Sequence[str],
    discounted: bool,
    reconciles: tuple[str, Severity, str] | None,
) -> Amount:
    if len(parts) == 1:
        return Amount(parts[0], sql.name(parts[0]), tuple(parts), False, reconciles)
    form = "discount_rate" if discounted and len(parts) == 3 else "plain"
    if discounted and len(parts) == 2:
        formula = f"{sql.name(parts[0])} * (1 - {sql.name(parts[1])})"
    else:
        formula = product([sql.name(p) for p in parts], form)
    return Amount("line_amount", formula, tuple(parts), True, reconciles)


def _priced(line: Staged, identities: Sequence[Identity], header: Link | None) -> Amount | None:
    """Price times quantity, less a discount rate, where the line has no amount of its own. A line
    that has a price and counts nothing is one piece."""
    measures = [a for a in line.offer.attributes
                if a.type in _NUMBERS and a.role == "measure"]  # fmt: skip
    price = _only([a for a in measures if is_price(a)], _OF_ONE)
    pieces = quantity(measures)
    factors = [a.origin[1] for a in (price, pieces) if a is not None and a.origin]
    if len(factors) == 2 and (held := _held(line, factors, identities)):
        return _amount(line, [line.names[held]], False, None)
    alone = header is not None and len(measures) == 1
    if alone and price is not None and price.additivity == "non_additive":
        return Amount("line_amount", sql.name(price.name), (price.name,), True)
    if price is None or pieces is None or any(a.words & AMOUNTS for a in measures):
        return None
    off = [a for a in measures if a.words & _DISCOUNTS]
    factors = [sql.name(price.name), sql.name(pieces.name)]
    if len(off) == 1 and (rate := share(off[0], sql.name(off[0].name))):
        formula = f"{product(factors, 'plain')} * (1 - {rate})"
        return Amount("line_amount", formula, (price.name, pieces.name, off[0].name), True)
    # What is off in money may be off of one piece or of all: that is not known.
    name = GROSS if any(not _is_nothing(a) for a in off) else "line_amount"
    return Amount(name, product(factors, "plain"), (price.name, pieces.name), True)


def _is_nothing(attribute: Attribute) -> bool:
    return attribute.profile is not None and attribute.profile.max in ("0", "0.0", "0.00")


def quantity(attributes: Sequence[Attribute]) -> Attribute | None:
    """How many pieces the row is about, where one column says it."""
    found = [
        a for a in attributes
        if a.type in _NUMBERS and a.role == "measure" and a.origin
        and a.words & _QUANTITIES
    ]  # fmt: skip
    return _only(found, _SOLD)


def is_piece(staged: Staged, is_line: bool) -> bool:
    """A line that counts nothing: each of its rows is one piece."""
    return is_line and not any(a.role == "measure" for a in staged.offer.attributes)


def is_price(attribute: Attribute) -> bool:
    """What one piece costs: an extended price, or one of the whole line, is an amount already."""
    words = attribute.words
    return "price" in words and attribute.type in _NUMBERS and words.isdisjoint(_NO_PRICE_OF_ONE)


def is_cost(attribute: Attribute) -> bool:
    """What one piece cost the seller: not what a whole delivery or its carriage did."""
    words = attribute.words
    told = words.isdisjoint((_NO_PRICE_OF_ONE - {"standard", "list"}) | _CARRIAGE)
    return "cost" in words and attribute.type in _NUMBERS and told


def _only(found: Sequence[Attribute], telling: frozenset[str]) -> Attribute | None:
    """The one that there is, or that one of its words tells from the others."""
    if len(found) > 1:
        found = [a for a in found if a.words & telling]
    return found[0] if len(found) == 1 else None


def is_rate(attribute: Attribute) -> bool:
    """A share of something, from 0 to 1, as far as it was seen."""
    numeric, profile = attribute.type in _NUMBERS, attribute.profile
    return numeric and profile is not None and _is_share(profile.min, profile.max)


def share(attribute: Attribute, value: str) -> str | None:
    """`value`, SQL for the column, as a share: 0.15, be it kept so or as 15 percent. None where it
    is none."""
    profile = attribute.profile
    if is_rate(attribute):
        return value
    if "percent" not in attribute.words or attribute.type not in _NUMBERS or profile is None:
        return None
    return f"{value} / 100.0" if _is_share(profile.min, profile.max, 100) else None


def _is_share(low: str | None, high: str | None, whole: int = 1) -> bool:
    try:
        return low is not None and high is not None and 0 <= float(low) <= float(high) <= whole
    except ValueError:
        return False


def widen(wide: Wide, header: Link | None, worth: Amount | None) -> None:
    """Add to a line its header's keys and dates, and its amount."""
    line = docs.words(wide.columns[0].name if not wide.columns else "line")
    if worth and worth.made:
        formula = worth.expression
        for part in sorted(worth.parts, key=len, reverse=True):
            formula = formula.replace(sql.name(part), sql.column(wide.alias, part))
        made = Attribute(
            name=worth.name, type="decimal", group="numerics", role="measure",
            additivity="additive", money=True, unit_by=_unit_of(wide, worth),
            description=_formula_in_words(worth),
        )  # fmt: skip
        wide.take(made, formula, worth.name, f"{line}_amount")
    if header is None:
        return
    parent = header.parent
    alias = wide.join(
        header, parent.offer, parent.entities,
        list(zip(header.columns, header.fields, strict=True)), wide.alias,
    )  # fmt: skip
    currencies = {a.unit_by for a in parent.offer.attributes if a.money and a.unit_by}
    if not currencies:
        currencies = {a.name for a in parent.offer.attributes if a.is_currency}
    for attribute in parent.offer.attributes:
        if attribute.is_tool or attribute.name in header.fields:
            continue
        is_key = attribute.role == "foreign_key"
        is_day = attribute.type in ("date", "timestamp") and attribute.role in _HEADER_TIMES
        is_currency = attribute.name in currencies
        if not (is_key or is_day or is_currency):
            continue
        wish = attribute.name
        other = f"{parent.entity}_{wish.removeprefix(parent.entity + '_')}"
        told = attribute.description.rstrip(".")
        of_header = f", taken from the {docs.words(parent.entity)}"
        brought = Attribute(
            name=wish, type=attribute.type, group=attribute.group, role=attribute.role,
            description=f"{told}{of_header}.", pii=attribute.pii, unit=attribute.unit,
            data_type=attribute.data_type, required=attribute.required and header.complete,
            profile=attribute.profile, origin=attribute.origin, units=attribute.units,
        )  # fmt: skip
        # When the header was recorded says nothing of the line under a name of its own.
        wishes = (other,) if attribute.role == "created_time" else (wish, other)
        name = wide.take(brought, sql.column(alias, attribute.name), *wishes)
        if is_currency:
            _count_in(wide, name)


def _unit_of(wide: Wide, worth: Amount) -> str | None:
    """The column that tells the currency of the amounts that a line's worth is made of."""
    told = [a.unit_by for a in wide.columns if a.name in worth.parts and a.money and a.unit_by]
    return told[0] if told else None


def _count_in(wide: Wide, currency: str) -> None:
    """The line's money is in the header's currency, unless the line says its own."""
    wide.columns = [
        replaced(a, unit_by=currency)
        if a.money and a.unit in (None, *FRACTIONS) and a.unit_by is None
        else a
        for a in wide.columns
    ]


def _formula_in_words(worth: Amount) -> str:
    parts = [f"`{part}`" for part in worth.parts]
    text = " × ".join(parts[:2])
    if "(1 - " in worth.expression:
        kept, off = parts[:-1], parts[-1]
        text = f"{' × '.join(kept)}, less the discount rate {off}"
    before = " before its discount" if worth.name == GROSS else ""
    return f"What the line is worth{before}: {text}."


def reconciliation(line: Staged, header: Link, worth: Amount, to: str) -> ReconcilesTest | None:
    """The lines of a header add up to its total."""
    if worth.reconciles is None or len(header.columns) != 1:
        return None
    field, severity, evidence = worth.reconciles
    return ReconcilesTest(
        key=header.columns[0], expression=sql.name(worth.name), to=to, to_key=header.fields[0],
        field=field, severity=severity, evidence=evidence,
    )  # fmt: skip
