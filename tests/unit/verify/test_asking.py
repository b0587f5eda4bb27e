"""What is made of the warehouse's answers to statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from dbt_cartridge.engine import nodes
from dbt_cartridge.engine.base import Reply, Request
from dbt_cartridge.engine.build import NodeResult
from dbt_cartridge.engine.nodes import Compiled, Thresholds, parsed
from dbt_cartridge.verify import statements
from dbt_cartridge.verify.asking import Asking
from dbt_cartridge.verify.counting import Place, counted
from dbt_cartridge.verify.statements import Item, Ours, joint

CTE = ("__dbt__cte__orders", "__dbt__cte__orders as (\nselect 1 as id\n)")
READING = Ours(
    nodes.TestNode(
        "test.shop.reads",
        "cartridge_reads__orders",
        "cartridge_reads__orders",
        judged_by=Thresholds(fail_calc="max(case when cartridge_0 < 0 then 0 else 1 end)"),
    ),
    Compiled((CTE,), "select\n    count(*) as cartridge_rows\nfrom __dbt__cte__orders", "…"),
    reads=True,
)
PLACES = {"model.shop.orders": Place((CTE,), "__dbt__cte__orders")}
DBTS = {f"test_{name}": (("dbt", "…"),) for name in ("not_null", "unique")}
TIMEOUT = "canceling statement due to statement timeout"


def claim(name: str, **parts: Any) -> Item:
    node = nodes.TestNode(
        f"test.shop.{name}", name, name, "orders", "id", {}, reads=("model.shop.orders",), **parts
    )
    found = counted(node, PLACES, {}, DBTS)
    assert found is not None
    return found


class Engine:
    """Answers by what a statement holds; each answer once, the last one for ever."""

    def __init__(self, answers: dict[str, list[Reply]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        for place, request in enumerate(requests):
            sql = request.body["sql"]
            self.asked.append(sql)
            said = next(said for words, said in self.answers.items() if words in sql)
            yield place, said.pop(0) if len(said) > 1 else said[0]


def asked(engine: Any, *items: Item, late: bool = False) -> dict[str, tuple[str, int]]:
    told: list[NodeResult] = []
    asking = Asking(engine, told.append, lambda: late)
    asking.ask([*joint(items)])
    assert {each.unique_id: each for each in told}.keys() == asking.results.keys()
    return {r.unique_id.split(".")[2]: (r.status, r.failures) for r in asking.results.values()}


def test_one_statement_answers_for_the_model_and_all_its_tests() -> None:
    engine = Engine({"cartridge_pass": [Reply(((1001, "2", 0),))]})

    found = asked(engine, READING, claim("not_null"), claim("unique"))

    assert found == {"reads": ("warn", 1001), "not_null": ("fail", 2), "unique": ("pass", 0)}
    assert len(engine.asked) == 1


def test_time_out_is_asked_again_in_parts_and_what_never_answers_is_unproved() -> None:
    engine = Engine(
        {
            "cartridge_pass": [Reply(error=TIMEOUT)],
            "having count(*) > 1": [Reply(error=TIMEOUT)],
            "is null": [Reply(error=TIMEOUT), Reply(((0,),))],
            "cartridge_rows": [Reply(((1001,),))],
        }
    )

    found = asked(engine, READING, claim("not_null"), claim("unique"))

    assert found == {"reads": ("warn", 1001), "not_null": ("pass", 0), "unique": ("unproved", 0)}


def test_model_whose_reading_is_wrong_takes_its_tests_with_it_unasked() -> None:
    engine = Engine({"": [Reply(error='column "x" does not exist')]})

    found = asked(engine, READING, claim("not_null"), claim("unique"))

    assert {status for status, _ in found.values()} == {"error"}
    assert len(engine.asked) == 2


def test_what_was_not_asked_in_time_is_unproved_and_what_was_keeps_its_answer() -> None:
    engine = Engine({"": [Reply(((7,),))]})
    other = claim("unique", package=None)
    alone = [*joint([claim("not_null")]), *joint([other])]
    asking: Any = Asking(engine, lambda result: None, lambda: True)  # pyright: ignore

    asking.ask(alone)

    statuses = {each.unique_id: each.status for each in asking.results.values()}
    assert statuses == {"test.shop.not_null": "fail", "test.shop.unique": "unproved"}


def test_test_that_somebody_else_wrote_or_that_holds_jinja_is_not_known() -> None:
    node = nodes.TestNode(
        "test.shop.x", "not_null", "x", "orders", "id", {}, reads=("model.shop.orders",)
    )
    others = {**DBTS, "default__test_not_null": (("shop", "…"),)}
    jinja = nodes.TestNode(
        "test.shop.x", "not_null", "x", "orders", "id", {}, "{{ x }}", reads=("model.shop.orders",)
    )

    assert counted(node, PLACES, {}, DBTS) is not None
    assert counted(node, PLACES, {}, others) is None
    assert counted(jinja, PLACES, {}, DBTS) is None
    for text in ("{% x %}", "{# x #}", "x }}"):
        assert counted(replace(jinja, where=text), PLACES, {}, DBTS) is None
    assert counted(replace(jinja, where="a ~ '^[0-9]{1,18}$'"), PLACES, {}, DBTS) is not None


def test_statement_of_dbt_v2_is_told_from_the_expressions_before_it() -> None:
    code = (
        "with __dbt__cte__a as (\nselect 1\n), __dbt__cte__b as (\nselect * from __dbt__cte__a\n)"
        "\n--EPHEMERAL-SELECT-WRAPPER-START\nselect * from (\nselect 2\nfrom __dbt__cte__b\n"
        "--EPHEMERAL-SELECT-WRAPPER-END\n)"
    )
    node = {"resource_type": "test", "name": "x", "compiled": True, "compiled_code": code}
    (test,) = parsed({"nodes": {"test.shop.x": node}}).tests

    assert test.compiled is not None
    assert [name for name, _ in test.compiled.ctes] == ["__dbt__cte__a", "__dbt__cte__b"]
    assert test.compiled.ctes[0][1] == "__dbt__cte__a as (\nselect 1\n)"
    assert test.compiled.body == "select 2\nfrom __dbt__cte__b"


def test_no_statement_of_several_tests_is_longer_than_half_of_what_a_vendor_takes() -> None:
    ctes = ((CTE[0], f"__dbt__cte__orders as (\nselect 1 as id -- {'é' * 90_000}\n)"),)
    items: list[Item] = []
    for number in range(120):
        node = nodes.TestNode(
            f"test.shop.t{number}", "not_null", "x", "orders", f"{'c' * 4_000}{number}", {},
            reads=("model.shop.orders",),
        )  # fmt: skip
        found = counted(node, {"model.shop.orders": Place(ctes, "__dbt__cte__orders")}, {}, DBTS)
        assert found is not None
        items.append(found)

    made = [*joint(items)]

    assert 1 < len(made) < 10
    assert all(len(each.sql.encode()) <= statements.LONGEST for each in made)
    assert [item for each in made for item in each.items] == items
