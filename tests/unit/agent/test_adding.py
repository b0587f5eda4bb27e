"""Additions from a file: what fits is kept in cartridge.yml, what does not is refused with all its
faults, and what stands there stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbt_cartridge.agent import add, check_expression, read_additions
from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.documents.decisions import FILE
from dbt_cartridge.documents.design import Design, Offline
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.llm.improving import improver
from dbt_cartridge.progress import Silent
from dbt_cartridge.write.decisions import read_decisions
from tests.unit.llm.helpers import Memory, few

GOOD = {"name": "is_large", "expression": "order_total > 100", "description": "Large ones."}
BAD = {"name": "odd", "expression": "nowhere + 1"}


def offline() -> Design:
    schema, scan, host = few()
    return design(schema, scan, host, Settings())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    found = offline()
    Offline.model_construct(**dict(found)).save(documents_folder(tmp_path))
    found.save(documents_folder(tmp_path))
    return tmp_path


def a_number(design: Design) -> str:
    model = design.by_name["fct_orders"]
    return next(c.name for c in model.columns if c.type == "decimal")


def test_what_fits_is_kept_and_what_does_not_is_told(project: Path) -> None:
    good = {**GOOD, "expression": f"{a_number(offline())} > 100"}
    found = add(project, {"fct_orders": {"columns": [good, BAD]}, "fct_nothing": {"drop": "x"}})
    assert not found.ok
    assert found.written
    orders, nothing = found.models
    assert orders.taken == ("columns is_large",)
    [lost] = orders.refused
    assert lost.part == "columns odd"
    assert "no column nowhere" in lost.faults[0]
    assert "there is no model fct_nothing" in nothing.refused[0].faults[0]
    kept = read_decisions(project).models["fct_orders"]
    assert [column.name for column in kept.columns] == ["is_large"]


def test_only_check_writes_nothing(project: Path) -> None:
    found = add(project, {"fct_orders": {"description": "What people order."}}, only_check=True)
    assert found.ok
    assert not found.written
    assert not (project / FILE).exists()


def test_a_part_of_the_same_name_takes_the_place_of_what_stood_and_comments_stay(
    project: Path,
) -> None:
    number = a_number(offline())
    add(project, {"fct_orders": {"columns": [{**GOOD, "expression": f"{number} > 100"}]}})
    path = project / FILE
    path.write_text(path.read_text("utf-8").replace("models:", "models:  # ours"), "utf-8")
    second = {"name": "is_small", "expression": f"{number} < 10"}
    changed = {**GOOD, "expression": f"{number} > 500"}
    add(project, {"fct_orders": {"columns": [second, changed]}})
    kept = read_decisions(project).models["fct_orders"]
    assert [(c.name, c.expression) for c in kept.columns] == [
        ("is_large", f"{number} > 500"), ("is_small", f"{number} < 10"),
    ]  # fmt: skip
    assert "models:  # ours" in path.read_text("utf-8")


def test_the_next_design_holds_what_was_added_without_a_provider(project: Path) -> None:
    number = a_number(offline())
    mart = {
        "name": "orders_by_customer", "description": "By customer.",
        "by": [{"name": "customer_id", "expression": "customer_id"}],
        "columns": [{"name": "amount", "expression": f"sum({number})"}],
    }  # fmt: skip
    add(project, {"fct_orders": {"columns": [{**GOOD, "expression": f"{number} > 1"}],
                                 "marts": [mart]}})  # fmt: skip
    _, _, host = few()
    given = read_decisions(project)
    better = improver(Settings(), host, Memory(), Silent(), None, given)
    assert better is not None
    found = better.improve(offline())
    assert better.asked() is None
    assert "is_large" in {c.name for c in found.by_name["fct_orders"].columns}
    assert found.by_name["fct_orders_by_customer"].primary_key == ("customer_id",)


def test_what_fits_no_more_is_left_out_and_told() -> None:
    _, _, host = few()
    from dbt_cartridge.documents.additions import Additions
    from dbt_cartridge.documents.decisions import Decisions

    given = Decisions(models={"fct_orders": Additions.model_validate({"columns": [BAD]})})
    better = improver(Settings(), host, Memory(), Silent(), None, given)
    assert better is not None
    found = better.improve(offline())
    [lost] = [each for each in found.left_out if each.why.startswith(FILE)]
    assert lost.what == "fct_orders: columns odd"


def test_a_file_may_hold_models_alone_or_below_their_word(tmp_path: Path) -> None:
    for text in ("models:\n  a:\n    drop: x\n", "a:\n  drop: x\n", '{"a": {"drop": "x"}}'):
        (tmp_path / "f.yml").write_text(text)
        assert read_additions(tmp_path / "f.yml") == {"a": {"drop": "x"}}
    (tmp_path / "f.yml").write_text("- a\n")
    with pytest.raises(ConfigError, match="has to be a map"):
        read_additions(tmp_path / "f.yml")


def test_an_expression_is_checked_with_its_type_and_grain(project: Path) -> None:
    number = a_number(offline())
    found = check_expression(project, "fct_orders", f"sum({number})")
    assert (found.ok, found.type, found.grain) == (True, "decimal", "group")
    assert not check_expression(project, "fct_orders", "now()").ok
    with pytest.raises(ConfigError, match="Did you mean 'fct_orders'"):
        check_expression(project, "fct_order", "1")


def test_what_something_stands_on_is_not_dropped(project: Path) -> None:
    dropped = {"drop_columns": [{"column": "customer_id"}]}
    found = add(project, {"fct_orders": {"drop": "Nobody reads it."}, "dim_customers": dropped})
    assert not found.ok
    reasons = [fault for each in found.models for lost in each.refused for fault in lost.faults]
    assert any("reads it" in reason or "leads to it" in reason for reason in reasons)
    assert any("it is the key" in reason for reason in reasons)
