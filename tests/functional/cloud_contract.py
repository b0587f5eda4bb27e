"""What every warehouse owes, written once. A warehouse is a subclass that says how its DDL
reads.

The adapters of the emulated warehouses live in an environment of their own: one dbt process there
answers all that is asked (`tests.functional.engines.Remote`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from dbt_cartridge.documents.probe import Ordering
from dbt_cartridge.documents.scan import JsonPath, Scan, ValueCount
from dbt_cartridge.engine import prober, questions
from dbt_cartridge.scan import profile
from tests.functional.engines import Remote, scanned_by, scanned_by_command_line
from tests.functional.test_probe import QUESTIONS
from tests.support.host import REPOSITORY, HostProject, make_host
from tests.support.warehouses import Warehouse


@dataclass(frozen=True)
class TableOf:
    """Columns as (name, kind); kinds are keys of `Contract.TYPES`. Values are Python's, or None."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]
    primary: tuple[str, ...] = ()
    foreign: tuple[tuple[str, str, str], ...] = ()  # column, other table, its column
    comment: str = ""
    column_comments: tuple[tuple[str, str], ...] = ()


SHOP = (
    TableOf(
        "customers",
        (("id", "integer"), ("email", "text"), ("name", "text"), ("born", "date")),
        (
            (1, "a@x.org", "Ann Lee", "1990-02-01"),
            (2, "b@x.org", "", None),
            (3, "c@x.org", "  ", "2000-12-31"),
        ),
        primary=("id",),
        comment="Who 'buys'",
        column_comments=(("email", "Where we write to"),),
    ),
    TableOf(
        "order_lines",
        (
            ("order_id", "integer"), ("line_no", "integer"), ("customer_id", "integer"),
            ("price", "decimal"), ("weight", "float"), ("shipped", "boolean"),
            ("seen_at", "timestamp"), ("note", "text"), ("extra", "json"), ("scraped", "text"),
        ),
        (
            (10, 1, 1, 9.50, 1.5, True, "2024-01-01 00:00:00", "007", '{"a": 1}', '{"k": "v"}'),
            (10, 2, 1, 0.00, -2, False, "2024-01-02 10:30:00", "42", '{"a": 2.5, "b": [1]}', None),
            (11, 1, None, 3.00, None, None, "2024-01-03 00:00:00", "2024-02-29", None,
             '{"k": null}'),
        ),
        primary=("order_id", "line_no"),
        foreign=(("customer_id", "customers", "id"),),
    ),
)  # fmt: skip
PROBED = (
    TableOf(
        "Orders",
        (
            ("Id", "integer"), ("k1", "integer"), ("code", "text"), ("total", "decimal"),
            ("placed", "timestamp"), ("closed", "timestamp"), ("city", "text"), ("country", "text"),
        ),
        (
            (1, 1, "10", 5.00, "2024-01-01", "2024-01-02", "Oslo", "NO"),
            (2, 1, "11", 7.50, "2024-01-03", "2024-01-02", "Oslo", "SE"),
            (3, 2, None, 9.00, "2024-01-03", None, "Rome", "IT"),
        ),
    ),
    TableOf(
        "lines",
        (
            ("order_id", "integer"), ("price", "text"), ("qty", "integer"), ("amount", "float"),
            ("off", "decimal"), ("kind", "text"), ("target", "text"),
        ),
        (
            (1, "2.50", 2, 5.0, 0, "order", "10"), (2, "2.50", 2, 4.5, 0.10, "order", "11"),
            (2, "2.50", 1, 2.5, 0, "order", "99"), (9, "n/a", 1, 2.5, 0, "page", "10"),
            (None, "1", 1, 1, None, "order", None),
        ),
    ),
    TableOf(
        "many",
        (("id", "integer"), ("kind", "text"), ("share", "decimal"), ("at", "timestamp")),
        tuple((i, f"k{i % 7}" if i % 10 else None, i / 4, "2024-01-01") for i in range(1, 401)),
    ),
)  # fmt: skip


class Contract:
    """Subclass with `Test…`, and give what follows."""

    TYPES: ClassVar[dict[str, str]]
    PRICE: ClassVar[tuple[str, str]] = ("0.00", "9.50")  # how a decimal's ends read as text
    FURTHER: ClassVar[tuple[str, ...]] = ()  # statements for what only this warehouse has

    @classmethod
    def warehouse(cls, request: pytest.FixtureRequest, folder: Path) -> Warehouse:
        raise NotImplementedError

    @classmethod
    def quoted(cls, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    @classmethod
    def value(cls, value: Any, kind: str) -> str:
        if value is None:
            return "null"
        if isinstance(value, bool):
            return str(value).lower()
        return (
            str(value) if isinstance(value, (int, float)) else "'" + value.replace("'", "''") + "'"
        )

    @classmethod
    def constraint(cls, text: str) -> str:
        return text

    @classmethod
    def comments(cls, table: TableOf, place: str) -> list[str]:
        said = [f"comment on table {place} is {cls.value(table.comment, 'text')}"]
        said += [
            f"comment on column {place}.{cls.quoted(column)} is {cls.value(text, 'text')}"
            for column, text in table.column_comments
        ]
        return said if table.comment else []

    @classmethod
    def insert(cls, place: str, rows: Sequence[str]) -> str:
        return f"insert into {place} " + " union all ".join(f"select {row}" for row in rows)

    @classmethod
    def made(cls, schema: str, tables: Sequence[TableOf]) -> list[str]:
        """The statements that make the tables, rows and all."""
        statements = [f"create schema if not exists {cls.quoted(schema)}"]
        for table in tables:
            place = f"{cls.quoted(schema)}.{cls.quoted(table.name)}"
            parts = [f"{cls.quoted(c)} {cls.TYPES[kind]}" for c, kind in table.columns]
            if table.primary:
                names = ", ".join(map(cls.quoted, table.primary))
                parts.append(cls.constraint(f"primary key ({names})"))
            for column, other, its in table.foreign:
                target = f"{cls.quoted(schema)}.{cls.quoted(other)} ({cls.quoted(its)})"
                text = f"foreign key ({cls.quoted(column)}) references {target}"
                parts.append(cls.constraint(text))
            statements.append(f"create table {place} ({', '.join(parts)})")
            rows = [
                ", ".join(cls.value(v, k) for v, (_, k) in zip(row, table.columns, strict=True))
                for row in table.rows
            ]
            statements += [cls.insert(place, rows), *cls.comments(table, place)]
        return statements

    # ------------------------------------------------------------ what the tests look at

    @pytest.fixture(scope="class")
    @classmethod
    def shop(
        cls, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
    ) -> HostProject:
        folder = tmp_path_factory.mktemp("contract")
        host = make_host(folder / "shop", cls.warehouse(request, folder))
        view = f"create view {cls.quoted('raw')}.{cls.quoted('paid')} as select {{}} from {{}}"
        place = f"{cls.quoted('raw')}.{cls.quoted('order_lines')} where {cls.quoted('price')} > 0"
        host.warehouse.execute(
            *cls.made("raw", SHOP), view.format(cls.quoted("order_id"), place), *cls.FURTHER,
            *cls.made("probed", PROBED),
        )  # fmt: skip
        return host

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, shop: HostProject) -> Iterator[Remote]:
        engine = Remote(shop)
        yield engine
        engine.close()

    @pytest.fixture(scope="class")
    @classmethod
    def facts(cls, engine: Remote) -> Scan:
        return scanned_by(engine)

    def test_relations_are_told_with_kind_rows_and_comment(self, facts: Scan) -> None:
        told = {r.name: (r.kind, r.rows, r.rows_exact, r.comment) for r in facts.relations}
        assert told["customers"] == ("table", 3, True, "Who 'buys'")
        assert told["order_lines"] == ("table", 3, True, None)
        assert told["paid"] == ("view", 2, True, None)
        assert facts.problems == ()

    def test_the_catalogue_knows_row_counts_before_a_row_is_read(self, engine: Remote) -> None:
        found = scanned_by(engine, profile="none")
        assert found.statements <= 8
        assert found.by_id["raw.customers"].rows == 3

    def test_declared_keys_are_told_and_not_believed(self, facts: Scan) -> None:
        customers, lines = facts.by_id["raw.customers"], facts.by_id["raw.order_lines"]
        assert customers.primary_key is not None
        assert lines.primary_key is not None
        assert lines.primary_key.columns == ("order_id", "line_no")
        (foreign,) = lines.foreign_keys
        assert (foreign.columns, foreign.ref_schema, foreign.ref_table, foreign.ref_columns) == (
            ("customer_id",), "raw", "customers", ("id",),
        )  # fmt: skip
        assert not customers.primary_key.enforced
        assert not foreign.enforced

    def test_columns_get_a_family_and_their_comments(self, facts: Scan) -> None:
        kinds = dict(next(t for t in SHOP if t.name == "order_lines").columns)
        found = facts.by_id["raw.order_lines"].columns
        assert {c.name: c.type for c in found if c.name in kinds} == kinds
        assert [c.name for c in found if c.name in kinds] == list(kinds)
        assert facts.by_id["raw.customers"].by_name["email"].comment == "Where we write to"

    def test_numbers_are_measured(self, facts: Scan) -> None:
        price = facts.by_id["raw.order_lines"].by_name["price"].profile
        weight = facts.by_id["raw.order_lines"].by_name["weight"].profile
        assert price is not None
        assert weight is not None
        assert (price.min, price.max, price.zeros, price.fractions) == (*self.PRICE, 1, 1)
        assert price.mean == pytest.approx(12.5 / 3)
        assert (weight.nulls, weight.negatives, weight.distinct) == (1, 1, 2)

    def test_text_is_measured_and_recognised(self, facts: Scan) -> None:
        name = facts.by_id["raw.customers"].by_name["name"].profile
        note = facts.by_id["raw.order_lines"].by_name["note"].profile
        email = facts.by_id["raw.customers"].by_name["email"].profile
        assert name is not None
        assert (name.blanks, name.min_length, name.max_length) == (2, 0, 7)
        assert note is not None
        assert note.patterns is not None
        assert (note.patterns.integer, note.patterns.leading_zero, note.patterns.date) == (2, 1, 1)
        assert email is not None
        assert email.patterns is not None
        assert email.patterns.email == 3

    def test_midnights_and_top_values_are_counted(self, facts: Scan) -> None:
        lines = facts.by_id["raw.order_lines"]
        seen, order = lines.by_name["seen_at"].profile, lines.by_name["order_id"].profile
        assert seen is not None
        assert (seen.midnights, seen.min) == (2, "2024-01-01 00:00:00")
        assert order is not None
        assert order.top_values == (
            ValueCount(value="10", count=2), ValueCount(value="11", count=1),
        )  # fmt: skip

    def test_json_gives_its_top_paths(self, facts: Scan) -> None:
        extra = facts.by_id["raw.order_lines"].by_name["extra"].profile
        scraped = facts.by_id["raw.order_lines"].by_name["scraped"].profile
        assert extra is not None
        assert extra.distinct is None
        assert extra.json_paths == (
            JsonPath(path="a", type="number", count=2), JsonPath(path="b", type="array", count=1),
        )  # fmt: skip
        assert scraped is not None
        assert scraped.json_paths == (JsonPath(path="k", type="string", count=2),)

    def test_every_question_is_answered(self, engine: Remote) -> None:
        facts = scanned_by(engine, schemas="probed", profile="none")
        asked = [
            type(question).model_validate_json(
                question.model_dump_json().replace('"raw.', '"probed.')
            )
            for question, _ in QUESTIONS
        ]
        before = engine.statements
        answers = prober(engine, facts)(asked)
        assert engine.statements == before + 1
        for (question, expected), answer in zip(QUESTIONS, answers, strict=True):
            if expected.status == "failed":
                assert answer.status == "failed"
            else:
                assert answer == expected, question

    def test_a_large_table_is_measured_alike_without_grouping(
        self, engine: Remote, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def measured() -> Any:
            found = scanned_by(engine, schemas="probed", tables="many")
            return found.by_id["probed.many"].columns

        grouped = measured()
        monkeypatch.setattr(profile, "_EXACT_ROWS", 100)
        for small, large in zip(grouped, measured(), strict=True):
            assert large.profile.approximate
            counts = ("rows", "nulls", "zeros", "negatives", "fractions", "midnights", "min_length")
            for name in counts:
                assert getattr(large.profile, name) == getattr(small.profile, name), name
            assert large.profile.patterns == small.profile.patterns
            assert large.profile.mean == pytest.approx(small.profile.mean)
            assert float(large.profile.distinct) == pytest.approx(small.profile.distinct, rel=0.2)
        assert grouped[1].profile.top_values[0].count in (51, 52)

    def test_a_sample_is_a_sample(self, engine: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
        chosen = {"schemas": "probed", "tables": "many"}
        found = scanned_by(engine, **chosen, profile="sample", sample_rows=200)
        seen = found.by_id["probed.many"].by_name["id"].profile
        assert seen is not None
        assert seen.sampled
        assert 100 < seen.rows < 300  # of 400
        monkeypatch.setattr(questions, "_SAMPLED_ABOVE", 100)
        monkeypatch.setattr(questions, "_SAMPLE_ROWS", 200)
        facts = scanned_by(engine, **chosen, profile="none")
        (answer,) = prober(engine, facts)(
            [Ordering(relation="probed.many", lower="id", upper="id")]
        )
        assert answer.sampled
        assert 100 < answer.considered < 300
        assert answer.share == 1.0

    def test_the_command_line_tells_the_same(self, shop: HostProject, facts: Scan) -> None:
        assert scanned_by_command_line(shop) == facts

    def test_a_shop_is_generated_and_builds_without_cartridge(self, shop: HostProject) -> None:
        made = shop.dbt_process(
            "run-operation", "cartridge_generate", "--args", json.dumps({"schemas": ["raw"]})
        )
        assert made.returncode == 0, (made.stdout + made.stderr)[-4000:]
        (shop.root / "dbt_packages" / "cartridge").unlink()
        packages = shop.root / "packages.yml"
        kept = packages.read_text("utf-8")
        packages.write_text(yaml.safe_dump({"packages": []}), "utf-8")
        try:
            built = shop.dbt_process("build")
        finally:
            packages.write_text(kept, "utf-8")
            link = shop.root / "dbt_packages" / "cartridge"
            link.symlink_to(REPOSITORY, target_is_directory=True)
        assert built.returncode == 0, built.stdout[-4000:]
        self.look_at(shop)

    def look_at(self, shop: HostProject) -> None:
        """What is to be seen in the project that was generated and built."""
