"""Questions about formulas within one row: products, sums and differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from dbt_cartridge.documents.probe import Discount, Product
from dbt_cartridge.infer.figures import Figure

_MOST = 8
"""Questions per table."""

_MOST_SUMMED = 14
"""Measures above which sums of three are not looked for: too many fit by accident."""

_AGREES = 1e-4
"""By how much, relatively, the means of a sum may differ: rounding, no more."""


def products(table: str, figures: Sequence[Figure]) -> list[Product]:
    """At most eight questions, the simplest explanation of each measure first."""
    asked: dict[Product, None] = {}
    for result in figures:
        if result.is_total:
            asked.update(dict.fromkeys(_multiplied(table, result, figures)))
    asked.update(dict.fromkeys(_added(table, figures)))
    return list(asked)[:_MOST]


def _multiplied(table: str, result: Figure, figures: Sequence[Figure]) -> Iterator[Product]:
    others = [f for f in figures if f.name != result.name]
    quantities = [f for f in others if f.is_quantity]
    prices = [f for f in others if f.is_price]
    discounts = [f for f in others if f.is_discount and f.mean]
    for quantity in quantities:
        for price in prices:
            if quantity.name == price.name or not _within(result, quantity, price):
                continue
            yield Product(relation=table, result=result.name, left=quantity.name, right=price.name)
            for discount in discounts[:2]:
                if discount.name == price.name:
                    continue
                yield Product(
                    relation=table,
                    result=result.name,
                    left=quantity.name,
                    right=price.name,
                    third=discount.name,
                    form=_discounted(discount),
                )


def _discounted(discount: Figure) -> Discount:
    """0.15 off, 15 percent off, or 15 euros."""
    if discount.share:
        return "discount_rate"
    percent = "percent" in discount.words and discount.low >= 0 and discount.high <= 100
    return "discount_percent" if percent else "discount_amount"


def _within(result: Figure, quantity: Figure, price: Figure) -> bool:
    """The result stays within what the ranges allow, and its mean near what the means make."""
    expected = quantity.mean * price.mean
    if expected <= 0 or result.mean <= 0:
        return False
    fits = result.high <= 1.01 * max(quantity.high * price.high, 0.01)
    return fits and expected / 8 <= result.mean <= expected * 8


def _added(table: str, figures: Sequence[Figure]) -> Iterator[Product]:
    """Sums of two or three whose means add up. Which one is the result, the sizes say."""
    counted = [f for f in figures if not f.share and f.mean and not f.words & {"rate", "percent"}]
    sizes = (2, 3) if len(counted) <= _MOST_SUMMED else (2,)
    for size in sizes:
        for parts in combinations(counted, size):
            expected = sum(part.mean for part in parts)
            for result in counted:
                if result in parts or not _same_mean(result, expected, parts):
                    continue
                if not _alike(result, parts):
                    continue
                yield _addition(table, result, parts)


def _same_mean(result: Figure, expected: float, parts: Sequence[Figure]) -> bool:
    if any(part.filled != result.filled for part in parts):
        return False
    return abs(result.mean - expected) <= _AGREES * max(abs(expected), 0.01)


def _alike(result: Figure, parts: Sequence[Figure]) -> bool:
    """Money adds up to money; counts to counts."""
    kinds = {figure.is_money for figure in (result, *parts)}
    return len(kinds) == 1 or result.is_total


def _addition(table: str, result: Figure, parts: Sequence[Figure]) -> Product:
    """What is left (net, profit) is told as a difference, all else as a sum."""
    rest = next((p for p in parts if p.words & {"net", "profit", "margin", "remaining"}), None)
    if rest is not None:
        taken = [part for part in parts if part is not rest]
        return Product(
            relation=table,
            result=rest.name,
            left=result.name,
            right=taken[0].name,
            third=taken[1].name if len(taken) > 1 else None,
            form="difference",
        )
    return Product(
        relation=table,
        result=result.name,
        left=parts[0].name,
        right=parts[1].name,
        third=parts[2].name if len(parts) > 2 else None,
        form="sum",
    )
