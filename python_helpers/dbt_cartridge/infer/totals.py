"""Questions about a header's total and the sum of its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbt_cartridge.documents.probe import Total
from dbt_cartridge.documents.schema import Relationship
from dbt_cartridge.infer.figures import Figure

_MOST = 6
"""Questions per pair of tables."""

_NEAR = 3.0
"""How far apart the sums of headers and lines may lie, as a factor: some headers have no lines."""


def totals(
    relationship: Relationship,
    header: Sequence[Figure],
    line: Sequence[Figure],
    header_rows: int,
    line_rows: int,
) -> list[Total]:
    """At most six questions, those whose sums lie nearest first."""
    if line_rows < 0.5 * header_rows or relationship.where_column:
        return []
    found: list[tuple[float, Total]] = []
    for total in header:
        if not (total.is_total and total.is_money):
            continue
        for amount, factor, discount, expected in _sums(line, line_rows):
            if expected <= 0 or total.sum <= 0:
                continue
            apart = max(expected / total.sum, total.sum / expected)
            if apart > _NEAR:
                continue
            question = Total(
                relation=relationship.ref_table,
                key=relationship.ref_columns,
                total=total.name,
                child=relationship.table,
                child_key=relationship.columns,
                amount=amount,
                factor=factor,
                discount=discount,
            )
            found.append((round(apart, 3), question))
    found.sort(key=lambda pair: pair[0])
    return [question for _, question in found[:_MOST]]


def _sums(line: Sequence[Figure], rows: int) -> Iterator[tuple[str, str | None, str | None, float]]:
    """What may be summed, and about how much that is."""
    rates = [f for f in line if f.is_discount and f.share]
    quantities = [f for f in line if f.is_quantity]
    for figure in line:
        if not figure.is_money or figure.share or figure.is_discount:
            continue
        if figure.is_price:
            # Before the price alone: where every quantity is 1 both hold, and this one is meant.
            for quantity in quantities:
                expected = figure.mean * quantity.mean * rows
                yield figure.name, quantity.name, None, expected
                for rate in rates:
                    yield figure.name, quantity.name, rate.name, expected * (1 - rate.mean)
        yield figure.name, None, None, figure.sum
        for rate in rates:
            if figure.is_total:
                yield figure.name, None, rate.name, figure.sum * (1 - rate.mean)
