"""Which casts a staging model can lose."""

from __future__ import annotations

import pytest

from dbt_cartridge.documents.design import Model, Query
from dbt_cartridge.verify.simpler import without_casts
from tests.unit.verify import shop


def staging(**expressions: str) -> Model:
    return shop.staging("orders", expressions)


def expressions(model: Model) -> dict[str, str]:
    assert isinstance(model.body, Query)
    return {each.name: each.expression for each in model.body.ctes[0].projections}


@pytest.mark.parametrize(
    ("expression", "plain"),
    [
        ('cast("source"."a" as date)', '"source"."a"'),
        ("cast(nullif(trim(\"source\".\"a\"), '') as bigint)",
         "NULLIF(TRIM(\"source\".\"a\"), '')"),
        ('cast(cast("source"."a" as double) as bigint)', '"source"."a"'),
        ('cast("source"."a" as decimal(18, 4)) / 100', '"source"."a" / 100'),
    ],
)  # fmt: skip
def test_cast_goes_and_the_rest_of_the_expression_stays(expression: str, plain: str) -> None:
    found = without_casts(staging(a=expression), "an error")

    assert found is not None
    assert expressions(found[0]) == {"a": plain}
    assert found[1] == ("a",)
    assert (found[0].columns[0].type, found[0].columns[0].data_type) == ("text", None)


def test_only_the_column_that_the_error_names_loses_its_cast() -> None:
    model = staging(
        total='cast("source"."tot" as double)', day='cast("source"."day" as date)',
        days='cast("source"."days" as bigint)',
    )  # fmt: skip

    found = without_casts(model, "Could not convert '2021-02-30' when casting from column day")

    assert found is not None
    assert found[1] == ("day",)
    assert expressions(found[0])["total"] == 'cast("source"."tot" as double)'
    assert expressions(found[0])["days"] == 'cast("source"."days" as bigint)'


def test_all_casts_go_where_the_error_names_no_column() -> None:
    model = staging(
        total='cast("source"."total" as double)', b='"source"."b"', day='cast("day" as date)'
    )

    found = without_casts(model, 'invalid input syntax for type numeric: "n/a"')

    assert found is not None
    assert found[1] == ("total", "day")


@pytest.mark.parametrize(
    "model",
    [
        staging(a='"source"."a"', b="cast('2020-01-01' as date)", c='cast("x" as varchar)'),
        shop.FACT,
        shop.DATES,
    ],
)
def test_nothing_is_taken_from_a_model_that_has_no_such_cast_or_is_no_staging(
    model: Model,
) -> None:
    assert without_casts(model, "an error") is None
