"""What people wrote about the tables, beside their rows: the joins of their SQL, a data dictionary.

Each is a witness, and no more. Of a statement nothing is kept but which columns it joins.
"""

from __future__ import annotations

from typing import Literal

from dbt_cartridge.documents.base import Frozen

Writer = Literal["view", "model", "query", "dictionary"]


class WrittenJoin(Frozen):
    """Columns of two tables that somebody sets equal, in pairs. Tables are `Relation.id`s.

    Which side is the parent is said by a dictionary alone: there it is `ref_table`. Else the sides
    stand in the order of their names.
    """

    table: str
    columns: tuple[str, ...]
    ref_table: str
    ref_columns: tuple[str, ...] = ()  # none: the parent's key, whatever it is
    by: Writer
    where: str  # the view, the model, or the file with its line


class DictionaryEntry(Frozen):
    """What a data dictionary says of a table, or of one of its columns."""

    table: str  # a Relation.id
    column: str | None = None
    description: str = ""
    is_key: bool = False  # of the table: alone, or with the others that are
    unit: str | None = None
    where: str = ""  # the file with its line
