"""A model's name belongs to one relation, whatever tables come, go or are renamed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.design.naming import Names
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.host import HostSource
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.infer import infer
from tests.unit.design.made import host
from tests.unit.infer.build import column, integer, number, relation

LONG = "raw__micromasters__app__postgres__ecommerce_"
# Alike in their words, in what a house puts before them, and in the letters that a cut leaves.
TABLES = [
    f"{prefix}{word}"
    for prefix in ("", "app_", "tbl_", "app_crm_", LONG, f"{LONG}of_the_academy_")
    for word in ("order", "orders", "order_line", "Orders", "customer", "table", "crm order")
]
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add", "add", "drop", "rename"]), st.sampled_from(TABLES)),
    min_size=2,
    max_size=8,
)
SEQUENCES = int(os.environ.get("CARTRIDGE_SEQUENCES", "60"))
# What the user's own models teach between two runs.
HABITS: list[dict[str, str]] = [
    {}, {}, {"staging_label": "{table}"}, {"staging_prefix": "base_"},
    {"staging_prefix": "", "staging_suffix": "_stg", "staging_label": "{source}_{table}"},
]  # fmt: skip
SCHEMAS = st.sampled_from(["raw", "shop", "ol_warehouse_raw_data_of_the_academy"])


class Project:
    """A project's ledger, and the warehouse that it is generated from again and again."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, ...]] = {}
        self.layers: dict[str, str] = {}
        self.entities: dict[str, str] = {}
        self.tables: list[tuple[str, str]] = []

    def step(self, what: str, schema: str, name: str) -> None:
        if what != "add" and self.tables:
            self.tables.pop(0)
        if what != "drop" and (schema, name) not in self.tables:
            self.tables.append((schema, name))

    def generate(self, **habits: Any) -> Design:
        scan = Scan(adapter="duckdb", relations=tuple(_relations(self.tables)))
        to = host(
            kept_names=self.kept, kept_layers=self.layers, kept_entities=self.entities, **habits
        )
        made = design(infer(scan, None, Settings()), scan, to, Settings())
        self.kept |= {model.name: model.based_on for model in made.models if model.based_on}
        self.layers |= {model.name: model.layer for model in made.models}
        self.entities |= {model.name: model.entity for model in made.models}
        return made


def _relations(tables: Iterable[tuple[str, str]]) -> Iterator[object]:
    for schema, name in sorted(tables):
        columns = (integer("id"), column("note"), number("amount", 1, 99, 9))
        yield relation(name, *columns).model_copy(update={"schema_name": schema})


@settings(deadline=None, max_examples=SEQUENCES)
@given(steps=st.lists(st.tuples(SCHEMAS, STEPS, st.sampled_from(HABITS)), min_size=1, max_size=3))
def test_no_run_gives_a_name_to_another_relation(
    steps: list[tuple[str, list[tuple[str, str]], dict[str, str]]],
) -> None:
    project = Project()
    meant: dict[str, str] = {}
    staged: dict[str, str] = {}
    for schema, changes, habits in steps:
        for what, name in changes:
            project.step(what, schema, name)
            for model in project.generate(**habits).models:
                if not model.based_on:
                    continue
                own = model.based_on[0]
                assert meant.setdefault(model.name, own) == own
                if model.layer == "staging":
                    assert staged.setdefault(own, model.name) == model.name


def test_a_table_called_alike_changes_no_column_of_one_that_stands() -> None:
    project = Project()
    project.step("add", "shop", "customers")
    before = {model.name: model.columns for model in project.generate().models}
    project.step("add", "shop", "customer")
    after = {model.name: model.columns for model in project.generate().models}
    assert {name: after[name] for name in before} == before
    assert len(after) > len(before)


def test_what_is_cut_has_lost_first_what_all_tables_share() -> None:
    project = Project()
    for name in ("order", "line"):
        project.step("add", "ol_warehouse_raw_data", f"{LONG}{name}")

    assert {model.name for model in project.generate().models if model.layer == "staging"} == {
        "stg_ol_warehouse_raw_data__orders", "stg_ol_warehouse_raw_data__lines",
    }  # fmt: skip


def test_what_is_held_is_given_to_its_owner_alone() -> None:
    names = Names(held={"dim_orders": ["raw.orders"], "dim_lines_2": ["raw.lines"]})

    assert names.claim("dim_orders", owner="crm.orders") == "dim_orders_2"
    assert names.claim("dim_orders", owner="raw.orders") == "dim_orders"
    assert names.claim("dim_lines", owner="raw.lines") == "dim_lines_2"
    assert names.claim("dim_lines") == "dim_lines"


def test_a_name_in_capitals_that_stands_is_found_by_the_wish_in_small_letters() -> None:
    names = Names(held={"dim_RAW_orders": ["RAW.orders"]})

    assert names.claim("dim_raw_orders", owner="RAW.orders") == "dim_RAW_orders"


def test_a_source_in_capitals_is_in_small_letters_in_the_names_of_models() -> None:
    project = Project()
    project.step("add", "RAW", "orders")
    own = HostSource(name="RAW", schema_name="RAW", path="m.yml", tables=("other",))

    names = {model.name for model in project.generate(sources=(own,)).models}

    assert names == {"stg_raw__orders", "fct_orders"}


def test_two_long_names_are_told_apart_where_a_cut_would_make_them_one() -> None:
    names = Names()
    long = "dim_" + "very_" * 12

    assert names.claim(f"{long}long") != names.claim(f"{long}longer")


def test_staging_that_could_not_have_its_first_name_renames_nothing_on_the_second_run() -> None:
    """A model that is switched off has the name that staging would have."""
    project = Project()
    project.step("add", "shop", "orders")
    off = {"retired": ("stg_shop__orders",)}
    first = {model.name for model in project.generate(**off).models}
    assert first == {"stg_shop__orders_orders", "fct_orders"}
    assert {model.name for model in project.generate(**off).models} == first
