"""A weak model gives weak names; none of them may say less than the warehouse's own."""

from __future__ import annotations

from typing import Any

import pytest

from dbt_cartridge.documents.schema import ColumnMeaning, Schema, Table
from dbt_cartridge.llm.naming import Named, NamedTable, named

GENRES = Table(
    id="raw.Genre", entity="genre", entities="genres", role="reference", shape="plain",
    confidence=0.9,
    columns=(
        ColumnMeaning(name="GenreId", words=("genre", "id"), role="key"),
        ColumnMeaning(name="Name", words=("name",), role="name"),
        ColumnMeaning(name="_fivetran_synced", words=("synced",), is_load_tool=True),
    ),
)  # fmt: skip


def words(column: str, name: str) -> tuple[str, ...]:
    answer = NamedTable(columns=[Named(column=column, name=name)])
    schema, _ = named(Schema(adapter="duckdb", tables=(GENRES,)), {"raw.Genre": answer})
    return schema.tables[0].by_name[column].words


@pytest.mark.parametrize("name", ["uniqueidentifier", "text", "genre", "identifier"])
def test_a_key_goes_on_saying_that_it_is_one(name: str):
    assert words("GenreId", name) == ("genre", "id")


def test_a_type_is_no_name():
    assert words("Name", "varchar") == ("name",)


def test_a_better_name_is_taken():
    assert words("Name", "genre_name") == ("genre", "name")
    assert words("GenreId", "music_genre_id") == ("music", "genre", "id")


def test_what_a_load_tool_writes_keeps_its_name():
    assert words("_fivetran_synced", "loaded_at") == ("synced",)


def test_two_tables_are_never_called_alike():
    other = GENRES.model_copy(update={"id": "raw.Kind", "entity": "kind", "entities": "kinds"})
    answers: dict[str, Any] = {"raw.Kind": NamedTable(entity="genre")}
    schema, refused = named(Schema(adapter="duckdb", tables=(GENRES, other)), answers)
    assert [table.entity for table in schema.tables] == ["genre", "kind"]
    assert list(refused) == ["raw.Kind"]
