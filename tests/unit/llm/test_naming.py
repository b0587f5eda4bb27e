"""A weak model gives weak names; none of them may say less than the warehouse's own."""

from __future__ import annotations

from typing import Any

import pytest

from dbt_cartridge.documents.host import Host, HostModel
from dbt_cartridge.documents.schema import ColumnMeaning, Key, Relationship, Schema, Table
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


TRACKS = Table(
    id="raw.Track", entity="track", entities="tracks", role="dimension", shape="plain",
    confidence=0.9,
    columns=(ColumnMeaning(name="music_genre_id", words=("music", "genre", "id")),),
)  # fmt: skip


def test_keys_of_a_renamed_table_bear_its_new_name():
    key = Key(columns=("MusicGenreId",), kind="surrogate", proved=True, confidence=1.0)
    genres = GENRES.model_copy(
        update={
            "entity": "music_genre", "entities": "music_genres", "primary_key": key,
            "columns": (
                ColumnMeaning(name="MusicGenreId", words=("music", "genre", "id"), role="key"),
                ColumnMeaning(name="Parent", words=("parent", "music", "genre", "id")),
            ),
        }
    )  # fmt: skip
    edges = tuple(
        Relationship(
            table=table, columns=(column,), ref_table="raw.Genre", ref_columns=("MusicGenreId",)
        )
        for table, column in (("raw.Track", "music_genre_id"), ("raw.Genre", "Parent"))
    )
    schema = Schema(adapter="duckdb", tables=(genres, TRACKS), relationships=edges)
    after, _ = named(schema, {"raw.Genre": NamedTable(entity="style")})
    assert after.by_id["raw.Track"].by_name["music_genre_id"].words == ("style", "id")
    assert after.by_id["raw.Genre"].by_name["MusicGenreId"].words == ("style", "id")
    assert after.by_id["raw.Genre"].by_name["Parent"].words == ("parent", "style", "id")


def host(sql: str, name: str = "stg_raw__genres") -> Host:
    model = HostModel(
        name=name, path=f"models/{name}.sql", package="shop", generated=True,
        relations=("raw.Genre",), source=("raw", "Genre"), sql=sql,
    )  # fmt: skip
    return Host(project_name="shop", adapter="duckdb", dbt_version="1.11.16", models=(model,))


def test_names_that_stand_stay_and_better_ones_are_offered():
    answer = NamedTable(
        entity="style", description="A style.", columns=[Named(column="Name", name="label")]
    )
    schema = Schema(adapter="duckdb", tables=(GENRES,))
    after, offered = named(schema, {"raw.Genre": answer}, host('select "Name" as name'))
    table = after.tables[0]
    assert (table.entity, table.entities, table.description) == ("genre", "genres", "A style.")
    assert table.by_name["Name"].words == ("name",)
    assert "genre → style" in offered["raw.Genre"]
    assert "Name → label" in offered["raw.Genre"]


def test_names_that_an_earlier_run_took_stay_too():
    answer = NamedTable(entity="style", columns=[Named(column="Name", name="label")])
    stands = host('select "Name" as label', "stg_raw__styles")
    after, offered = named(
        Schema(adapter="duckdb", tables=(GENRES,)), {"raw.Genre": answer}, stands
    )
    assert after.tables[0].entity == "style"
    assert after.tables[0].by_name["Name"].words == ("label",)
    assert offered == {}
