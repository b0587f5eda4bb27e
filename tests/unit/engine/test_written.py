"""What the project's people join in their models are joins between the tables of its sources."""

from __future__ import annotations

from typing import Any

import pytest

from dbt_cartridge.documents.host import Host, HostModel
from dbt_cartridge.documents.written import WrittenJoin
from dbt_cartridge.engine.written import model_joins

FOUND = WrittenJoin(
    table="raw.Orders", columns=("who",), ref_table="raw.people", ref_columns=("nr",),
    by="model", where="sales",
)  # fmt: skip
STAGING = {
    "stg_orders": "{{ config(materialized='view') }} with source as (select * from"
    " {{ source('shop', 'orders') }}), renamed as (select id as order_id, who as person,"
    " {{ cents('total') }} as total from source) select * from renamed",
    "stg_people": "select nr::int as person_nr, name from {{ source('shop', 'people') }}",
}


def node(name: str, code: str, **more: Any) -> dict[str, Any]:
    return {
        "unique_id": f"model.shop.{name}", "name": name, "resource_type": "model",
        "package_name": "shop", "schema": "dev", "alias": name, "raw_code": code, **more,
    }  # fmt: skip


def joins(generated: tuple[str, ...] = (), **models: str | dict[str, Any]) -> list[WrittenJoin]:
    nodes = [
        node(name, code) if isinstance(code, str) else node(name, **code)
        for name, code in {**STAGING, **models}.items()
    ]
    sources = [
        {"source_name": "shop", "name": "orders", "identifier": "Orders", "schema": "raw"},
        {"source_name": "shop", "name": "people", "schema": "raw"},
    ]
    host = Host(
        project_name="shop",
        adapter="postgres",
        dbt_version="1.11.0",
        models=tuple(
            HostModel(name=name, path=f"models/{name}.sql", package="shop", generated=True)
            for name in generated
        ),
    )
    manifest = {
        "nodes": {each["unique_id"]: each for each in nodes},
        "sources": {f"source.shop.shop.{each['name']}": each for each in sources},
    }
    return list(model_joins(manifest, host))


SALES = "select * from {{ ref('stg_orders') }} as o join {{ ref('stg_people') }} p on o.person = p.person_nr"  # noqa: E501


@pytest.mark.parametrize(
    "sales",
    [
        SALES,
        f"{{{{ config(tags=['a']) }}}} {{# c #}} {SALES} "
        "{% if is_incremental() %} where o.order_id > (select max(order_id) from {{ this }})"
        " {% endif %}",
        f"{{% if var('all') %}} {SALES} {{% endif %}}",
        {
            "code": "{% for t in ['a'] %} {{ t }} {% endfor %}",
            "compiled_code": "select 1 from dev.stg_orders o join raw.people p on o.person = p.nr",
        },
    ],
)
def test_a_model_is_followed_through_the_models_that_it_stands_on(
    sales: str | dict[str, Any],
) -> None:
    assert joins(sales=sales) == [FOUND]


def test_a_generated_model_is_no_witness_and_is_followed_all_the_same() -> None:
    assert joins(("sales",), sales=SALES) == []
    assert joins(("stg_orders", "stg_people"), sales=SALES) == [FOUND]


def test_python_and_what_is_no_sql_say_nothing() -> None:
    assert joins(sales={"code": SALES, "language": "python"}) == []
    assert joins(sales="{{ everything() }} where join {{ ref('gone') }}") == []
