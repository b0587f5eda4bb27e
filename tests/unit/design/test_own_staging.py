"""What the host stages itself is built on, whatever its models are called."""

from __future__ import annotations

from dbt_cartridge.documents.design import Query
from dbt_cartridge.documents.host import HostModel, HostSource
from tests.unit.design.made import column, designed, host, names, table

KEY = column("id", role="key")
WEB = HostSource(name="web", schema_name="raw", path="m.yml", tables=("things",))


def _model(name: str, sql: str) -> HostModel:
    return HostModel(
        name=name, path=f"models/{name}.sql", package="shop", source=("web", "things"), sql=sql
    )


def _designed(*models: HostModel):
    things = table("things", KEY, column("colour"), column("weight", "decimal", "measure"))
    return designed(things, to=host(sources=(WEB,), models=models))


def test_marts_stand_on_the_hosts_staging_under_its_names() -> None:
    sql = """
        {{ config(materialized='view') }}
        with raw as (select * from {{ source('web', 'things') }}),
        renamed as (select *, weight * 2 as doubled from raw)
        select id as thing_no, colour as hue, round(weight) as weight, doubled from renamed
    """
    result = _designed(_model("base_things", sql))
    assert names(result, "staging") == []
    (mart,) = [m for m in result.models if m.layer == "marts"]
    assert isinstance(mart.body, Query)
    assert [each.model for each in mart.body.inputs] == ["base_things"]
    assert [c.name for c in mart.columns] == ["thing_no", "hue"]
    assert mart.primary_key == ("thing_no",)
    assert any("base_things" in u.what and "weight" in u.why for u in result.used)


def test_where_staging_stands_on_base_models_marts_stand_on_staging() -> None:
    base = _model("base_things", "select *, 1 as one from {{ source('web', 'things') }}")
    above = [
        HostModel(
            name=name, path=f"models/{layer}/{name}.sql", package="shop", layer=layer,
            reads=("base_things",), sql=sql,
        )
        for name, layer, sql in (
            ("stg_open_things", "staging",
             "select id, colour, weight from {{ ref('base_things') }} where one = 1"),
            ("stg_things", "staging",
             "with b as (select * from {{ ref('base_things') }}) "
             "select id as thing_no, colour as hue, weight from b"),
            ("mart_things", "marts", "select * from {{ ref('base_things') }}"),
        )
    ]  # fmt: skip
    (mart,) = [m for m in _designed(base, *above[:2]).models if m.layer == "marts"]
    assert isinstance(mart.body, Query)
    assert [each.model for each in mart.body.inputs] == ["stg_things"]
    assert not any("base_things" in each.what for each in _designed(base, *above).used)
    assert [c.name for c in mart.columns] == ["thing_no", "hue", "weight"]


def test_a_report_on_a_source_is_not_its_staging() -> None:
    for sql in (
        "select colour, count(*) as n from {{ source('web', 'things') }} group by 1",
        "select id from {{ source('web', 'things') }}",
        "select {% for c in x %} sum({{ c }}) {% endfor %} as n from {{ source('web', 'things') }}",
    ):
        assert names(_designed(_model("report", sql)), "staging") == ["stg_web__things"]


def test_beside_a_model_that_may_be_the_staging_nothing_is_staged() -> None:
    for sql in (
        "select id, colour, weight from {{ source('web', 'things') }} {% if x %}{% endif %}",
        "select id {% for c in x %}, {{ c }} {% endfor %} from {{ source('web', 'things') }}",
    ):
        result = _designed(_model("base_things", sql))
        assert result.models == ()
        assert any("base_things" in each.why for each in result.left_out)


def test_a_sum_that_the_host_calls_staging_is_not_staged_beside() -> None:
    sql = "select colour, sum(weight) as weight from {{ source('web', 'things') }} group by 1"
    in_folder = _model("by_colour", sql).model_copy(update={"layer": "staging"})
    for model in (in_folder, _model("stg_by_colour", sql)):
        result = _designed(model)
        assert result.models == ()
        assert any(model.name in each.why for each in result.left_out)


def test_what_macros_compute_is_a_gap_in_a_staging_that_is_known() -> None:
    sql = """
        {% set unit = 'kg' %}
        select id, {{ dbt.lower('colour') }} as colour, {{ to_kilos('weight', unit) }} as weight
        from {{ source('web', 'things') }}
        {% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}
        qualify row_number() over (partition by id order by count(*) over (partition by id)) = 1
    """
    result = _designed(_model("base_things", sql))
    assert names(result, "staging") == []
    (used,) = [each for each in result.used if each.what == "base_things"]
    assert used.why.endswith("not as it is there: colour, weight")


def test_columns_by_a_star_of_dbt_utils_are_the_tables() -> None:
    star = "{{ dbt_utils.star(from=source('web', 'things'), except=['weight']) }}"
    result = _designed(_model("b", f"select {star} from {{{{ source('web', 'things') }}}}"))
    (used,) = [each for each in result.used if each.what == "b"]
    assert used.why.endswith("not as it is there: weight")


def test_of_two_stagings_the_one_with_more_columns_is_built_on() -> None:
    result = _designed(
        _model("a", "select id, colour from {{ source('web', 'things') }}"),
        _model("b", "select id, colour, weight from {{ source('web', 'things') }}"),
    )
    (mart,) = [m for m in result.models if m.layer == "marts"]
    assert isinstance(mart.body, Query)
    assert [each.model for each in mart.body.inputs] == ["b"]
