"""What a warehouse promises, once: a subclass names the warehouse, and pytest asks it all of this.

A subclass gives the fixture `host` (class scope: an empty dbt project over an empty warehouse, its
dbt in `host.programs`) and says with the attributes below in what its SQL and its catalogue differ.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from dbt_cartridge.documents.probe import (
    Question,
)
from dbt_cartridge.documents.scan import JsonPath, Scan, ValueCount
from dbt_cartridge.engine import prober
from tests.functional.engines import command_line
from tests.functional.test_probe import QUESTIONS as PROBED
from tests.support.host import HostProject, make_host

RAW, ASKED, SHOP = "raw", "asked", "shop"

# `{text}`: the type; `{raw}`: the schema; `{q}`: the quote around a name in mixed case.
TABLES = (
    "create table {raw}.customers (id {integer} {not_null}, email {text} {not_null},"
    " name {text}, born {date}{customers_keys})",
    "create table {raw}.order_lines (order_id {bigint} {not_null}, line_no {integer} {not_null},"
    " customer_id {integer}, price {decimal}, weight {float}, shipped {boolean},"
    " seen_at {timestamp}, note {text}, extra {json}, scraped {text}{order_lines_keys})",
    "create view {raw}.paid as select order_id, price from {raw}.order_lines where price > 0",
    "insert into {raw}.customers values (1, 'a@x.org', 'Ann Lee', '1990-02-01'),"
    " (2, 'b@x.org', '', null), (3, 'c@x.org', '  ', '2000-12-31')",
    "insert into {raw}.order_lines {rows}",
    "create table {asked}.{q}Orders{q} ({q}Id{q} {integer}, k1 {integer}, code {text},"
    " total {decimal}, placed {timestamp}, closed {timestamp}, city {text}, country {text})",
    "insert into {asked}.{q}Orders{q} values"
    " (1, 1, '10', 5.00, '2024-01-01 00:00:00', '2024-01-02 00:00:00', 'Oslo', 'NO'),"
    " (2, 1, '11', 7.50, '2024-01-03 00:00:00', '2024-01-02 00:00:00', 'Oslo', 'SE'),"
    " (3, 2, null, 9.00, '2024-01-03 00:00:00', null, 'Rome', 'IT')",
    "create table {asked}.lines (order_id {bigint}, price {text}, qty {integer}, amount {float},"
    " off {decimal}, kind {text}, target {text})",
    "insert into {asked}.lines values (1, '2.50', 2, 5.0, 0, 'order', '10'),"
    " (2, '2.50', 2, 4.5, 0.10, 'order', '11'), (2, '2.50', 1, 2.5, 0, 'order', '99'),"
    " (9, 'n/a', 1, 2.5, 0, 'page', '10'), (null, '1', 1, 1, null, 'order', null)",
    "create table {shop}.products (product_code {text}, product_name {text}, list_price {decimal})",
    "insert into {shop}.products values ('TEA', 'Green tea', 5.00), ('CUP', 'Cup', 15.00),"
    " ('POT', 'Tea pot', 12.50), ('TIN', 'Tea tin', 2.50)",
    "create table {shop}.customers (customer_id {integer}, full_name {text}, email {text},"
    " country_code {text}, created_at {timestamp}, is_deleted {boolean})",
    "create table {shop}.orders (order_id {integer}, customer_id {integer}, status {text},"
    " order_date {date}, total {decimal})",
    "create table {shop}.order_lines (order_id {integer}, line_no {integer}, product_code {text},"
    " quantity {integer}, unit_price {decimal}, line_amount {decimal})",
)
LINES = (
    ("10", "1", "1", "9.50", "1.5", "true", "'2024-01-01 00:00:00'", "'007'", '{"a": 1}',
     "'{\"k\": \"v\"}'"),
    ("10", "2", "1", "0.00", "-2", "false", "'2024-01-02 10:30:00'", "'42'",
     '{"a": 2.5, "b": [1]}', "null"),
    ("11", "1", "null", "3.00", "null", "null", "'2024-01-03 00:00:00'", "'2024-02-29'", None,
     "'{\"k\": null}'"),
)  # fmt: skip
# Of the same tables. What the scan knows nothing of is told by its name, which differs here.
QUESTIONS = tuple((q, answer) for q, answer in PROBED if answer.status != "failed")


class WarehouseContract:
    """The promises. Names are as the warehouse stores them: `stored` says how it does."""

    types: ClassVar[Mapping[str, str]]  # integer, bigint, decimal, float, boolean, text, …
    quote: ClassVar[str] = '"'
    # What stands at the end of a table's columns: `, primary key (…)`.
    keys: ClassVar[Mapping[str, str]]
    comments: ClassVar[Sequence[str]] = ()  # statements that comment on customers and its email
    indexed: ClassVar[str | None] = None  # the statement that makes the index `by_customer`
    has_unique_keys: ClassVar[bool] = True
    enforces_keys: ClassVar[bool] = True
    json_type: ClassVar[str] = "json"  # the type family of the JSON column
    price_type: ClassVar[str] = r"(numeric|decimal)\(10, ?2\)"  # its native type, lower case
    catalogue_statements: ClassVar[int] = 5

    @staticmethod
    def stored(name: str) -> str:
        """How the warehouse stores a name that was given without quotes."""
        return name

    @staticmethod
    def lines(rows: Sequence[Sequence[str | None]]) -> str:
        """What is inserted into order_lines; the ninth cell is a JSON document."""
        cells = [
            ["null" if c is None else f"'{c}'" if i == 8 else str(c) for i, c in enumerate(row)]
            for row in rows
        ]
        return "values " + ", ".join(f"({', '.join(row)})" for row in cells)

    @classmethod
    def create_schemas(cls, host: HostProject) -> None:
        host.warehouse.execute(*(f"create schema {name}" for name in (RAW, ASKED, SHOP)))

    @classmethod
    def words(cls) -> dict[str, str]:
        words = {"date": "date", "not_null": "not null", "q": cls.quote, **cls.types}
        words |= {"raw": RAW, "asked": ASKED, "shop": SHOP, "rows": cls.lines(LINES)}
        return words | {f"{table}_keys": text.format(raw=RAW) for table, text in cls.keys.items()}

    # ------------------------------------------------------------ what the tests look at

    @pytest.fixture(scope="class")
    @classmethod
    def filled(cls, host: HostProject) -> HostProject:
        cls.create_schemas(host)
        words = cls.words()
        statements = [statement.format_map(words) for statement in TABLES]
        statements += [statement.format_map(words) for statement in cls.comments]
        statements += [cls.indexed.format_map(words)] if cls.indexed else []
        host.warehouse.execute(*statements, *shop_rows())
        return host

    @pytest.fixture(scope="class")
    @classmethod
    def facts(cls, filled: HostProject) -> Scan:
        """The scan, through the macro: one process of the warehouse's own dbt."""
        asked = {"schemas": [cls.stored(name) for name in (RAW, ASKED)]}
        ran = filled.dbt_process(
            "-q", "run-operation", "cartridge_scan", "--args", json.dumps(asked)
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return Scan.model_validate_json(ran.stdout[ran.stdout.index("{\n") :])

    @pytest.fixture(scope="class")
    @classmethod
    def generated(cls, filled: HostProject) -> HostProject:
        """The host after one run of the macro on the schema `shop`."""
        asked = {"schemas": [cls.stored(SHOP)]}
        ran = filled.dbt_process("run-operation", "cartridge_generate", "--args", json.dumps(asked))
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return filled

    def table(self, facts: Scan, name: str) -> Any:
        return facts.by_id[f"{self.stored(RAW)}.{self.stored(name)}"]

    def column(self, facts: Scan, table: str, name: str) -> Any:
        return self.table(facts, table).by_name[self.stored(name)]

    def names(self, *names: str) -> tuple[str, ...]:
        return tuple(self.stored(name) for name in names)

    # ------------------------------------------------------------ the catalogue

    def test_relations_are_told_with_kind_rows_and_comment(self, facts: Scan) -> None:
        found = [r for r in facts.relations if r.schema_name == self.stored(RAW)]
        told = [(r.name, r.kind, r.rows, r.rows_exact, r.comment) for r in found]
        assert told == [
            (self.stored("customers"), "table", 3, True, "Who buys" if self.comments else None),
            (self.stored("order_lines"), "table", 3, True, None),
            (self.stored("paid"), "view", 2, True, None),
        ]
        assert facts.problems == ()

    def test_comments_of_columns_are_read(self, facts: Scan) -> None:
        email = self.column(facts, "customers", "email")
        assert email.comment == ("Where we write to" if self.comments else None)
        assert not email.nullable

    def test_declared_keys_keep_their_order_and_say_whether_they_hold(self, facts: Scan) -> None:
        customers, lines = self.table(facts, "customers"), self.table(facts, "order_lines")
        assert lines.primary_key is not None
        assert lines.primary_key.columns == self.names("order_id", "line_no")
        assert lines.primary_key.enforced == self.enforces_keys
        assert customers.primary_key.columns == self.names("id")
        if self.has_unique_keys:
            assert [key.columns for key in customers.unique_keys] == [self.names("email")]
        (foreign,) = lines.foreign_keys
        assert (foreign.columns, foreign.ref_schema, foreign.ref_table, foreign.ref_columns) == (
            self.names("customer_id"), self.stored(RAW), self.stored("customers"),
            self.names("id"),
        )  # fmt: skip
        assert foreign.enforced == self.enforces_keys

    def test_indexes_are_read(self, facts: Scan) -> None:
        if self.indexed is None:
            pytest.skip("the warehouse has no indexes")
        lines = self.table(facts, "order_lines")
        index = next(index for index in lines.indexes if index.name == "by_customer")
        assert index.columns == self.names("customer_id", "order_id")
        assert not index.unique

    def test_columns_keep_native_type_and_get_a_family(self, facts: Scan) -> None:
        columns = self.table(facts, "order_lines").columns
        assert [column.name for column in columns] == [
            self.stored(name) for name in (
                "order_id", "line_no", "customer_id", "price", "weight", "shipped", "seen_at",
                "note", "extra", "scraped",
            )
        ]  # fmt: skip
        assert [column.type for column in columns] == [
            "integer", "integer", "integer", "decimal", "float", "boolean", "timestamp", "text",
            self.json_type, "text",
        ]  # fmt: skip
        price = self.column(facts, "order_lines", "price").native_type.lower()
        assert re.fullmatch(self.price_type, price)

    # ------------------------------------------------------------ the profile

    def test_numbers_are_measured(self, facts: Scan) -> None:
        price = self.column(facts, "order_lines", "price").profile
        assert (float(price.min), float(price.max)) == (0, 9.5)
        assert (price.zeros, price.fractions, price.distinct) == (1, 1, 3)
        assert price.mean == pytest.approx(12.5 / 3)
        weight = self.column(facts, "order_lines", "weight").profile
        assert (weight.nulls, weight.negatives, weight.distinct) == (1, 1, 2)

    def test_text_is_measured_and_recognised(self, facts: Scan) -> None:
        name = self.column(facts, "customers", "name").profile
        assert (name.blanks, name.min_length, name.max_length) == (2, 0, 7)
        assert name.patterns.spaced == 1
        note = self.column(facts, "order_lines", "note").profile
        assert (note.patterns.integer, note.patterns.leading_zero, note.patterns.date) == (2, 1, 1)
        email = self.column(facts, "customers", "email").profile
        assert email.patterns.email == 3

    def test_times_and_booleans_are_measured(self, facts: Scan) -> None:
        seen = self.column(facts, "order_lines", "seen_at").profile
        assert seen.midnights == 2
        assert seen.min.startswith("2024-01-01 00:00:00")
        born = self.column(facts, "customers", "born").profile
        assert (born.nulls, born.min, born.max) == (1, "1990-02-01", "2000-12-31")
        shipped = self.column(facts, "order_lines", "shipped").profile
        assert (shipped.nulls, shipped.distinct) == (1, 2)
        assert {v.value.lower() for v in shipped.top_values} == {"true", "false"}

    def test_top_values_are_counted(self, facts: Scan) -> None:
        order = self.column(facts, "order_lines", "order_id").profile
        assert order.top_values == (
            ValueCount(value="10", count=2),
            ValueCount(value="11", count=1),
        )

    def test_json_gives_its_top_paths(self, facts: Scan) -> None:
        extra = self.column(facts, "order_lines", "extra").profile
        assert extra.json_paths == (
            JsonPath(path="a", type="number", count=2),
            JsonPath(path="b", type="array", count=1),
        )
        scraped = self.column(facts, "order_lines", "scraped").profile
        assert scraped.json_paths == (JsonPath(path="k", type="string", count=2),)

    def test_the_catalogue_costs_few_statements(self, facts: Scan) -> None:
        # The rest are one statement for the profile of these small tables, and one for the JSON.
        assert facts.statements == self.catalogue_statements + 2
        assert self.catalogue_statements <= 8

    # ------------------------------------------------------------ the probes

    def test_questions_of_every_kind_are_answered(self, filled: HostProject, facts: Scan) -> None:
        questions = [self._named(question) for question, _ in QUESTIONS]
        answers = prober(command_line(filled), facts)(questions)
        for question, answer, (_, expected) in zip(questions, answers, QUESTIONS, strict=True):
            assert answer == expected, question

    def _named(self, question: Question) -> Question:
        """The question with the warehouse's own names; what was quoted is stored as it stands."""
        update: dict[str, Any] = {}
        for field, value in question:
            if isinstance(value, str) and value.startswith("raw."):
                table = value.removeprefix("raw.")
                update[field] = f"{self.stored(ASKED)}.{self._stored(table)}"
            elif field == "where_column" or field in ("result", "left", "right", "third", "lower",
                                                      "upper", "total", "amount", "factor",
                                                      "discount"):  # fmt: skip
                update[field] = value and self._stored(value)
            elif isinstance(value, tuple):
                update[field] = tuple(self._stored(name) for name in value)
        return question.model_copy(update=update)

    def _stored(self, name: str) -> str:
        return name if name in ("Orders", "Id") else self.stored(name)

    # ------------------------------------------------------------ the whole way

    def test_what_is_generated_builds_clean_without_cartridge(
        self, generated: HostProject, tmp_path: Path
    ) -> None:
        copy = make_host(
            tmp_path / "shop", generated.warehouse, package=False, programs=generated.programs
        )
        for path, content in generated.files().items():
            if path != "packages.yml":
                copy.write(path, content.decode("utf-8"))
        built = copy.dbt_process("build")
        assert built.returncode == 0, built.stdout[-4000:]
        assert re.search(r"WARN=0 ERROR=0 SKIP=0", built.stdout), built.stdout[-2000:]
        made = {Path(path).stem for path in generated.files() if path.endswith(".sql")}
        assert {"stg_shop__orders", "fct_orders", "fct_order_lines", "dim_customers"} <= {
            name.lower() for name in made
        }
        self.look_at(generated)

    def look_at(self, generated: HostProject) -> None:
        """What else a warehouse's own test wants to see in the files."""


def shop_rows(schema: str = SHOP) -> list[str]:
    """A shop whose keys, references and totals are there to be found, and nothing is declared."""
    prices = {"TEA": 500, "CUP": 1500, "POT": 1250, "TIN": 250}
    codes = list(prices)
    customers = [
        f"({i}, 'Name {i}', 'c{i}@mail.example', '{('NO', 'IT', 'DE')[i % 3]}',"
        f" '2024-01-{1 + i:02} 10:00:00', {'true' if i % 9 == 0 else 'false'})"
        for i in range(1, 25)
    ]
    orders: list[str] = []
    lines: list[str] = []
    for i in range(1, 81):
        total = 0
        for line in range(1, 2 + i % 3):
            code, quantity = codes[(i + line) % 4], 1 + (i * line) % 5
            amount = quantity * prices[code]
            total += amount
            lines.append(f"({i}, {line}, '{code}', {quantity}, {prices[code] / 100:.2f},"
                         f" {amount / 100:.2f})")  # fmt: skip
        status = ("new", "paid", "shipped")[i % 3]
        orders.append(f"({i}, {1 + i % 24}, '{status}', '2024-0{1 + i % 6}-{1 + i % 28:02}',"
                      f" {total / 100:.2f})")  # fmt: skip
    tables = {"customers": customers, "orders": orders, "order_lines": lines}
    return [
        f"insert into {schema}.{name} values {', '.join(rows)}" for name, rows in tables.items()
    ]
