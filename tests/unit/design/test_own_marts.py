"""What the host has already is named, and not made a second time."""

from __future__ import annotations

from typing import Any

import pytest

from dbt_cartridge.documents.design import Design, RelationshipsTest
from dbt_cartridge.documents.host import Host, HostModel, HostSource
from tests.unit.design.made import column, designed, host, names, table

WEB = HostSource(name="web", schema_name="raw", path="m.yml", tables=("things", "uses"))
STAGING = tuple(
    HostModel(
        name=f"base_{name}",
        path=f"models/base_{name}.sql",
        package="shop",
        reads=(f"web.{name}",),
        source=("web", name),
        sql=f"select * from {{{{ source('web', '{name}') }}}}",
    )
    for name in ("things", "uses")
)
THINGS = table("things", column("thing_id", role="key"), column("colour"), key="thing_id")
USES = table(
    "uses", column("id", role="key"), column("thing_id", role="foreign_key"),
    column("minutes", "decimal", "measure"), role="fact", links={"thing_id": "things.thing_id"},
)  # fmt: skip
HASH = "{{ dbt_utils.generate_surrogate_key(['t.thing_id']) }} as thing_key"


def _mart(name: str, *reads: str, keys: tuple[tuple[str, ...], ...] = (), sql: str = ""):
    return HostModel(
        name=name, path=f"models/{name}.sql", package="shop", reads=reads, keys=keys, sql=sql
    )


def _designed(*models: HostModel, **options: Any) -> Design:
    to: Host = host(sources=(WEB,), models=(*STAGING, *models))
    return designed(THINGS, USES, to=to, **options)


HASHED = f"select {HASH} from {{{{ ref('x') }}}} as t"


@pytest.mark.parametrize(
    "mart",
    [
        _mart("gadgets", "base_things", "base_uses", keys=(("thing_id",),)),
        _mart("things", "base_things", sql="select thing_id as n from {{ ref('base_things') }}"),
        _mart("dim_thing", "base_things", "base_uses", keys=(("thing_key",),), sql=HASHED),
    ],
    ids=["by its test and parents", "by its SQL", "by a surrogate of the key"],
)
def test_a_mart_of_the_hosts_is_named_and_no_other_made(mart: HostModel) -> None:
    result = _designed(mart)
    assert not {"dim_things", "dim_web_things"} & set(names(result, "marts"))
    (used,) = [each for each in result.used if each.what == mart.name]
    assert "you have this already" in used.why
    more = _designed(mart, beside_own_marts=True)
    assert {"dim_things", "dim_web_things"} & set(names(more, "marts"))


def test_what_refers_to_it_refers_to_the_staging() -> None:
    result = _designed(_mart("things", "base_things", keys=(("thing_id",),)))
    tests = [t for m in result.models for t in m.all_tests if isinstance(t, RelationshipsTest)]
    assert [t.to for t in tests if t.column == "thing_id"] == ["base_things"]
    assert "fct_uses" in names(result, "marts")


@pytest.mark.parametrize(
    "model",
    [
        _mart("report", "base_things", "base_uses"),
        _mart("colours", "base_things", keys=(("colour",),)),
        _mart("int_things", "base_things", keys=(("thing_id",),)),
        _mart("counts", "base_uses", sql="select thing_id from {{ ref('base_uses') }}"),
    ],
    ids=["no key is known", "another key", "on the way to a mart", "another table's rows"],
)  # fmt: skip
def test_what_is_of_another_grain_is_no_mart_of_it(model: HostModel) -> None:
    assert "dim_things" in names(_designed(model), "marts")


def test_a_mart_that_was_generated_before_stays() -> None:
    mart = _mart("things", "base_things", keys=(("thing_id",),))
    to = host(sources=(WEB,), models=(*STAGING, mart), kept_names={"dim_things": ("raw.things",)})
    assert "dim_things" in names(designed(THINGS, USES, to=to), "marts")


def test_of_two_tables_with_keys_of_one_name_the_marts_name_decides() -> None:
    things = table("things", column("id", role="key"), column("colour"))

    def made(name: str) -> list[str]:
        model = _mart(name, "base_things", "base_uses", keys=(("id",),))
        to = host(sources=(WEB,), models=(*STAGING, model))
        return sorted(set(names(designed(things, USES, to=to), "marts")))

    assert {"dim_things", "fct_uses"} <= set(made("joined"))
    assert made("uses") == ["dim_things"]
