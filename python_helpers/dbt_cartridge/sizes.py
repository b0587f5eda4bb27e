"""Bytes in words, and what a relation has of them where its warehouse does not say."""

from __future__ import annotations

from dbt_cartridge.documents.scan import Relation

_BYTES_OF_A_CELL = 8


def in_words(amount: float) -> str:
    """`3.2 GB`, `812 MB`, `17 bytes`."""
    unit = "bytes"
    for larger in ("KB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 100 else f"{amount:.1f} {unit}"


def bytes_of(relation: Relation) -> int:
    """The catalogue's, or, of a view, what so many numbers would be."""
    if relation.bytes is not None:
        return relation.bytes
    return (relation.rows or 0) * len(relation.columns) * _BYTES_OF_A_CELL
