"""A run can be looked into, resumed and replayed: what is saved is what is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbt_cartridge.documents import verdicts
from dbt_cartridge.documents.base import Document
from dbt_cartridge.documents.design import (
    Cte,
    DateSpine,
    Design,
    Input,
    Model,
    ModelColumn,
    Projection,
    Query,
    RangeTest,
    UniqueTest,
)
from dbt_cartridge.documents.scan import Column, Profile, Relation, Scan
from dbt_cartridge.errors import DocumentError

ID = Projection(name="id", expression='"source"."Id"')
ORDERS = Query(
    inputs=(Input(alias="source", source=("raw", "orders")),),
    ctes=(Cte(name="renamed", from_alias="source", projections=(ID,)),),
)
TESTS = (UniqueTest(column="id"), RangeTest(column="id", min_value=0))
COLUMN = ModelColumn(name="id", description="", type="integer", tests=TESTS)


def model(name: str, body: Query | DateSpine) -> Model:
    return Model(
        name=name, layer="marts", folder="", description="", grain="", entity=name,
        body=body, columns=(COLUMN,),
    )  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        Design(adapter="duckdb", models=(model("orders", ORDERS),)),
        Design(adapter="duckdb", models=(model("days", DateSpine(bounds=(), projections=())),)),
        verdicts.Verdicts(
            level="data",
            tests=(
                verdicts.TestVerdict(owner="orders", test=UniqueTest(column="id"), status="pass"),
            ),
        ),
    ],
    ids=["query", "date_spine", "verdicts"],
)
def test_what_is_saved_is_loaded(document: Document, tmp_path: Path) -> None:
    path = document.save(tmp_path)
    first = path.read_bytes()
    loaded = type(document).load(tmp_path)
    assert loaded == document
    loaded.save(tmp_path)
    assert path.read_bytes() == first


def test_a_missing_document_names_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"scan\.json does not exist.*leave out --from"):
        Scan.load(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"adapter": "duckdb", "colour": "red"}'])
def test_a_damaged_document_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "scan.json").write_text(text)
    with pytest.raises(DocumentError, match="cannot be read by this version"):
        Scan.load(tmp_path)


def test_a_copy_keeps_nothing_that_was_worked_out_of_the_original() -> None:
    bare = Column(name="pages", position=1, native_type="INT64", type="integer")
    visits = Relation(schema_name="raw", name="visits", columns=(bare,), partition_filter="pages")
    assert visits.filter_column == ("pages", "integer")  # caches `by_name`
    read = bare.model_copy(update={"profile": Profile(rows=2, nulls=0)})
    assert visits.model_copy(update={"columns": (read,)}).by_name == {"pages": read}
    assert visits.model_copy(deep=True, update={"columns": ()}).by_name == {}
    assert visits.by_name == {"pages": bare}
