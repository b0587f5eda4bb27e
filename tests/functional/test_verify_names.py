"""A name that dbt can build is a name that can be proved."""

from __future__ import annotations

from dbt_cartridge.documents.design import Input, Model, Query, UniqueTest
from tests.functional.test_verify import design_for, left_out, proved
from tests.support.host import HostProject
from tests.unit.verify import shop

LIMIT = 63  # PostgreSQL's, which dbt's own prefix of an ephemeral model would go over


def test_names_at_the_limit_are_proved_with_what_reads_them(postgres_host: HostProject) -> None:
    """Two that differ in their last letter only: cut, they would be one."""
    postgres_host.warehouse.execute(*shop.TABLES)
    first, second = (named("x" * (LIMIT - 1) + end) for end in "ab")

    settled, _, verdicts = proved(
        postgres_host,
        design_for(postgres_host, first, second, reader(first), reader(second), snapshots=()),
    )

    assert left_out(settled) == {}
    assert {verdict.status for verdict in verdicts.models} == {"pass"}
    assert [verdict.status for verdict in verdicts.tests] == ["pass", "pass"]


def named(name: str) -> Model:
    unique = shop.column("customer_id", UniqueTest(column="customer_id"))
    made = shop.staging("customers", {"customer_id": '"source"."id"'}, unique)
    return made.model_copy(update={"name": name})


def reader(model: Model) -> Model:
    """One that reads `model` and nothing else."""
    made = shop.staging("customers", {"customer_id": f'"{model.name[-1]}"."customer_id"'})
    assert isinstance(made.body, Query)
    (renamed,) = made.body.ctes
    body = Query(
        inputs=(Input(alias=model.name[-1], model=model.name),),
        ctes=(renamed.model_copy(update={"from_alias": model.name[-1]}),),
    )
    return made.model_copy(update={"name": f"reads_{model.name[-1]}", "body": body})
