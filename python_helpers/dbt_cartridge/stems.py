"""Keys bear the name of what they identify: where an entity gets another name, its key does too,
and so does what refers to it. `product_category_id` becomes `category_id` where the product
category is a category now."""

from __future__ import annotations

from collections.abc import Collection

from dbt_cartridge.documents.schema import ColumnMeaning, Schema

Words = tuple[str, ...]


def with_stems(
    before: Schema, after: Schema, said: Collection[tuple[str, str]] = frozenset()
) -> Schema:
    """`after`, whose tables are those of `before` with other names for some entities.

    Args:
        said: columns, by table, whose names somebody gave: they stay.
    """
    new = {t.id: tuple(t.entity.split("_")) for t in after.tables}
    renamed = {
        t.id: (tuple(t.entity.split("_")), new[t.id])
        for t in before.tables
        if tuple(t.entity.split("_")) != new[t.id]
    }
    if not renamed:
        return after
    swaps: dict[tuple[str, str], tuple[Words, Words]] = {}
    for table in after.tables:
        if table.id in renamed and table.primary_key and len(table.primary_key.columns) == 1:
            swaps[table.id, table.primary_key.columns[0]] = renamed[table.id]
    for edge in after.relationships:
        if edge.ref_table in renamed and len(edge.columns) == 1:
            swaps[edge.table, edge.columns[0]] = renamed[edge.ref_table]
    tables = tuple(
        table.model_copy(
            update={
                "columns": tuple(
                    called(column, swapped(column.said, *swap))
                    if (swap := swaps.get((table.id, column.name)))
                    and (table.id, column.name) not in said
                    else column
                    for column in table.columns
                )
            }
        )
        if any(id == table.id for id, _ in swaps)
        else table
        for table in after.tables
    )
    return after.model_copy(update={"tables": tables})


def called(column: ColumnMeaning, words: Words) -> ColumnMeaning:
    """The column under another name. Where names are in another language, it means the same."""
    return column.model_copy(update={"spelt" if column.spelt else "words": words})


def swapped(words: Words, old: Words, new: Words) -> Words:
    """The first place in `words` where `old` stands has `new`."""
    for at in range(len(words) - len(old) + 1):
        if words[at : at + len(old)] == old:
            return (*words[:at], *new, *words[at + len(old) :])
    return words
