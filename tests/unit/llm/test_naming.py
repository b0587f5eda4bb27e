"""A weak model gives weak names; none of them may say less than the warehouse's own."""

from __future__ import annotations

from typing import Any

import pytest

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.decisions import Decisions
from dbt_cartridge.documents.host import Host, HostModel
from dbt_cartridge.documents.schema import ColumnMeaning, Key, Relationship, Schema, Table
from dbt_cartridge.infer import infer
from dbt_cartridge.infer.decided import declared, denied, obeyed
from dbt_cartridge.llm.improving import Improver
from dbt_cartridge.llm.naming import Named, NamedTable, named
from dbt_cartridge.llm.providers.mock import scripted
from tests.unit.infer.rows import World
from tests.unit.llm.helpers import improved_by, said

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


def shop_world() -> World:
    return World({
        "orders": {"order_id": [1, 2, 3, 4], "line": [1, 1, 2, 2], "c7": ["x", "y", "x", "y"]},
        "people": {"nr": ["x", "y"], "pet": ["a", "b"]},
    })  # fmt: skip


def corrected(answers: dict[str, Any]) -> tuple[Schema, Improver]:
    world = shop_world()
    better = improved_by(scripted({"name": answers}))

    def weigh(wanted: Decisions) -> tuple[Schema, dict[str, str]]:
        found = infer(declared(world.scan, wanted), world.probe, Settings())
        refuted = denied(found, wanted)
        return (found if refuted else obeyed(found, wanted)), refuted

    better.weigh = weigh
    schema = infer(world.scan, world.probe, Settings())
    return better.understand(schema, world.scan), better


def test_a_correction_that_the_data_lets_stand_is_taken_and_says_whose_it_is():
    leads = {"columns": ["c7"], "to": "raw.people", "to_columns": ["nr"]}
    schema, better = corrected({"raw.orders": {"references": [leads], "why": "the form"}})
    [edge] = schema.parents["raw.orders"]
    assert (edge.columns, edge.ref_table) == (("c7",), "raw.people")
    assert any("decided by mock" in e.text and "the form" in e.text for e in edge.evidence)
    assert said(better).fallbacks == ()


def test_a_correction_that_the_data_denies_is_dropped_with_what_was_counted():
    schema, better = corrected({
        "raw.orders": {"key": ["line"]},
        "raw.people": {"role": "dimension"},
    })  # fmt: skip
    key = schema.by_id["raw.orders"].primary_key
    assert key is None or key.columns != ("line",)
    assert schema.by_id["raw.people"].role == "dimension"
    [lost] = said(better).fallbacks
    assert lost.what == "raw.orders"
    assert "repeats or is empty" in lost.why


def test_a_correction_of_what_is_not_there_is_refused_alone():
    schema, better = corrected({
        "raw.orders": {"entity": "sale", "key": ["nowhere"], "no_references": ["nothing"]},
    })  # fmt: skip
    assert schema.by_id["raw.orders"].entity == "sale"
    lost = [each.what for each in said(better).fallbacks]
    assert lost == ["raw.orders: key", "raw.orders: no_references 1"]
