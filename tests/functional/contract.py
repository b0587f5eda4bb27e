"""What a warehouse promises, once: a subclass says how its DDL reads (`contract_tables.Ddl`), which
warehouse it is, and in what its catalogue differs; pytest asks it all of this.

The warehouse's dbt may live in an environment of its own. The scan is asked for through the macro,
so in process there; everything else through one dbt that is kept running.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.documents.probe import Ordering
from dbt_cartridge.documents.scan import JsonPath, Scan, ValueCount
from dbt_cartridge.engine import prober, questions
from dbt_cartridge.engine.command_line import CommandLineEngine
from dbt_cartridge.engine.stored import stored
from dbt_cartridge.infer import without_personal_values
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import large, scan
from dbt_cartridge.scan.marks import marked
from tests.functional.contract_tables import ORDER_LINES, PROBED, RAW, SHOP, TILL, Ddl
from tests.functional.engines import command_line, scanned_by
from tests.functional.test_probe import QUESTIONS
from tests.support.host import REPOSITORY, HostProject, make_host
from tests.support.warehouses import DuckDB, Warehouse

SCHEMAS = "raw,shop"
# A module of the helper's name in which dbt finds no plugin: as if it were not installed.
NO_HELPER = Path(__file__).parents[1] / "support" / "no_helper"
CLEAN = re.compile(r"WARN=0 ERROR=0 SKIP=0")


class Contract(Ddl):
    """Subclass with `Test…`, and give what follows."""

    ENFORCED: ClassVar[bool] = True  # does the warehouse enforce the keys that are declared?
    MARKS: ClassVar[bool] = True  # does it tell whether a table's rows are still the same?
    APPROXIMATE: ClassVar[bool] = True  # are many distinct values that repeat estimated?
    PRICE: ClassVar[str] = r"(numeric|decimal|number)\(10, ?2\)"  # its native type, lower case
    # Statements: for what only this warehouse has; then, that the catalogue knows of all rows.
    FURTHER: ClassVar[tuple[str, ...]] = ()
    STATISTICS: ClassVar[tuple[str, ...]] = ()
    GOLDEN: ClassVar[str]  # the folder of tests/golden that is in this dialect
    GOLDEN_BUILDS: ClassVar[int] = 2

    @classmethod
    def warehouse(cls, request: pytest.FixtureRequest, folder: Path) -> Warehouse:
        """An empty one, of which the class is the only user."""
        raise NotImplementedError

    # ------------------------------------------------------------ what the tests look at

    @pytest.fixture(scope="class")
    @classmethod
    def shop(
        cls, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
    ) -> HostProject:
        folder = tmp_path_factory.mktemp("contract")
        host = make_host(folder / "shop", cls.warehouse(request, folder))
        names = f"{cls.quoted('order_id')}, {cls.quoted('price')}"
        host.warehouse.execute(
            *cls.made("raw", RAW), *cls.made("probed", PROBED), *cls.made("shop", SHOP),
            f"create view {cls.place('raw', 'paid')} as select {names}"
            f" from {cls.place('raw', 'order_lines')} as l left join"
            f" {cls.place('raw', 'customers')} as c on l.{cls.quoted('customer_id')} ="
            f" c.{cls.quoted('id')} where {cls.quoted('price')} > 0",
            *cls.FURTHER, *cls.STATISTICS,
        )  # fmt: skip
        return host

    @pytest.fixture(scope="class")
    @classmethod
    def facts(cls, shop: HostProject) -> Scan:
        """The scan, through the macro and the helper in the warehouse's own dbt."""
        asked = json.dumps({"schemas": SCHEMAS})
        ran = shop.dbt_process("-q", "run-operation", "cartridge_scan", "--args", asked)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return Scan.model_validate_json(ran.stdout[ran.stdout.index("{\n") :])

    @pytest.fixture(scope="class")
    @classmethod
    def kept(cls, shop: HostProject) -> str:
        """What dbt says that has no helper, and has kept its scan in the warehouse."""
        asked = json.dumps({"schemas": SCHEMAS.split(",")})
        ran = shop.dbt_process(
            "run-operation", "cartridge_generate", "--args", asked, PYTHONPATH=str(NO_HELPER)
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, shop: HostProject, facts: Scan, kept: str) -> Iterator[CommandLineEngine]:
        """After the other processes of the scan: a DuckDB file is open in one alone."""
        engine = command_line(shop)
        yield engine
        with engine.released():
            pass

    @staticmethod
    def let_go(shop: HostProject, engine: CommandLineEngine) -> None:
        """Have the kept dbt out of the way, where it is in the way."""
        if isinstance(shop.warehouse, DuckDB):
            with engine.released():
                pass

    # ------------------------------------------------------------ the catalogue

    def test_relations_are_told_with_kind_rows_and_comment(self, facts: Scan) -> None:
        told = [
            (r.name, r.kind, r.rows, r.rows_exact, r.comment)
            for r in facts.relations
            if r.schema_name == "raw"
        ]
        assert told == [
            ("customers", "table", 3, True, "Who 'buys'"),
            ("order_lines", "table", 3, True, None),
            ("paid", "view", 2, True, None),
        ]
        assert facts.problems == ()

    def test_the_catalogue_knows_row_counts_before_a_row_is_read(
        self, engine: CommandLineEngine, facts: Scan
    ) -> None:
        found = scanned_by(engine, schemas=SCHEMAS, profile="none")
        assert found.statements <= 8
        # The view is counted; small tables share one statement for their profile, one for JSON.
        assert facts.statements == found.statements + 3
        assert found.by_id["raw.customers"].rows == 3

    def test_declared_keys_keep_their_order_and_say_whether_they_hold(self, facts: Scan) -> None:
        customers, lines = facts.by_id["raw.customers"], facts.by_id["raw.order_lines"]
        assert customers.primary_key is not None
        assert lines.primary_key is not None
        assert lines.primary_key.columns == ("order_id", "line_no")
        unique = [("email",)] if self.UNIQUE_KEYS else []
        assert [key.columns for key in customers.unique_keys] == unique
        (foreign,) = lines.foreign_keys
        assert (foreign.columns, foreign.ref_schema, foreign.ref_table, foreign.ref_columns) == (
            ("customer_id",), "raw", "customers", ("id",),
        )  # fmt: skip
        for key in (customers.primary_key, lines.primary_key, foreign):
            assert key.enforced == self.ENFORCED

    def test_what_a_view_joins_is_told_and_not_its_sql(self, facts: Scan) -> None:
        (join,) = facts.joins
        assert (join.table, join.columns) == ("raw.customers", ("id",))
        assert (join.ref_table, join.ref_columns) == ("raw.order_lines", ("customer_id",))
        assert (join.by, join.where) == ("view", "raw.paid")
        assert "left join" not in facts.model_dump_json().lower()

    def test_columns_keep_native_type_and_comment_and_get_a_family(self, facts: Scan) -> None:
        lines = facts.by_id["raw.order_lines"]
        kinds = {c: k.replace("bigint", "integer") for c, k in ORDER_LINES.columns}
        assert [(c.name, c.type) for c in lines.columns] == list(kinds.items())
        assert re.fullmatch(self.PRICE, lines.by_name["price"].native_type.lower())
        email = facts.by_id["raw.customers"].by_name["email"]
        assert email.comment == "Where we write to"
        assert not email.nullable

    # ------------------------------------------------------------ the profile

    def measured(self, facts: Scan, table: str, column: str) -> Any:
        found = facts.by_id[f"raw.{table}"].by_name[column].profile
        assert found is not None
        return found

    def test_numbers_are_measured(self, facts: Scan) -> None:
        price = self.measured(facts, "order_lines", "price")
        assert (float(price.min), float(price.max)) == (0, 9.5)
        assert (price.zeros, price.fractions, price.distinct) == (1, 1, 3)
        assert price.mean == pytest.approx(12.5 / 3)
        weight = self.measured(facts, "order_lines", "weight")
        assert (weight.nulls, weight.negatives, weight.distinct) == (1, 1, 2)

    def test_text_is_measured_and_recognised(self, facts: Scan) -> None:
        name = self.measured(facts, "customers", "name")
        assert (name.blanks, name.min_length, name.max_length) == (2, 0, 7)
        assert name.patterns.spaced == 1
        note = self.measured(facts, "order_lines", "note").patterns
        assert (note.integer, note.leading_zero, note.date) == (2, 1, 1)
        assert self.measured(facts, "customers", "email").patterns.email == 3

    def test_times_and_booleans_are_measured(self, facts: Scan) -> None:
        seen = self.measured(facts, "order_lines", "seen_at")
        assert seen.midnights == 2
        assert seen.min.startswith("2024-01-01 00:00:00")
        born = self.measured(facts, "customers", "born")
        assert (born.nulls, born.min, born.max) == (1, "1990-02-01", "2000-12-31")
        shipped = self.measured(facts, "order_lines", "shipped")
        assert (shipped.nulls, shipped.distinct) == (1, 2)
        assert {v.value.lower() for v in shipped.top_values} == {"true", "false"}

    def test_top_values_are_counted(self, facts: Scan) -> None:
        assert self.measured(facts, "order_lines", "order_id").top_values == (
            ValueCount(value="10", count=2), ValueCount(value="11", count=1),
        )  # fmt: skip

    def test_json_gives_its_top_paths(self, facts: Scan) -> None:
        extra = self.measured(facts, "order_lines", "extra")
        assert extra.distinct is None
        assert extra.json_paths == (
            JsonPath(path="a", type="number", count=2), JsonPath(path="b", type="array", count=1),
        )  # fmt: skip
        scraped = self.measured(facts, "order_lines", "scraped")
        assert scraped.json_paths == (JsonPath(path="k", type="string", count=2),)

    def test_a_large_table_is_measured_alike(
        self, engine: CommandLineEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """By a sample, and then each column in the way that the sample suggests."""

        def measured() -> Any:
            return scanned_by(engine, schemas="probed", tables="many").by_id["probed.many"].columns

        grouped = measured()
        monkeypatch.setattr(large, "EXACT_ROWS", 100)
        monkeypatch.setattr(large, "SAMPLE_ROWS", 200)
        of_all = measured()
        for one, other in zip(grouped, of_all, strict=True):
            apart = {"top_values", "approximate", "distinct", "mean", "mean_length"}
            told = other.profile.model_dump(exclude=apart)
            assert told == one.profile.model_dump(exclude=apart), one.name
            assert other.profile.mean == pytest.approx(one.profile.mean)
            assert other.profile.mean_length == pytest.approx(one.profile.mean_length)
            if not other.profile.approximate:
                assert other.profile.distinct == one.profile.distinct, one.name
        estimated = [column.name for column in of_all if column.profile.approximate]
        assert "owner" in estimated if self.APPROXIMATE else not estimated
        assert not {"id", "share", "kind"} & set(estimated)
        assert of_all[1].profile.top_values == grouped[1].profile.top_values
        assert grouped[1].profile.top_values[0].count in (51, 52)

    def test_a_sample_is_a_sample(
        self, engine: CommandLineEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chosen = {"schemas": "probed", "tables": "many"}
        found = scanned_by(engine, **chosen, profile="sample", sample_rows=200)
        seen = found.by_id["probed.many"].by_name["id"].profile
        assert seen is not None
        assert seen.sampled
        assert 100 < seen.rows < 300  # of 400
        assert (found.by_id["probed.many"].rows or 0) > 300  # a sample's size is not the table's
        monkeypatch.setattr(questions, "_SAMPLED_ABOVE", 100)
        monkeypatch.setattr(questions, "_SAMPLE_ROWS", 200)
        facts = scanned_by(engine, **chosen, profile="none")
        (answer,) = prober(engine, facts)(
            [Ordering(relation="probed.many", lower="id", upper="id")]
        )
        assert answer.sampled
        assert 100 < answer.considered < 300
        assert answer.share == 1.0

    # ------------------------------------------------------------ the engines

    def test_questions_of_every_kind_are_answered_by_one_statement(
        self, engine: CommandLineEngine
    ) -> None:
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

    def test_a_table_s_mark_stays_while_nothing_happens(
        self, engine: CommandLineEngine, facts: Scan
    ) -> None:
        relations = [r for r in facts.relations if r.kind == "table" and not r.shards]
        chosen = settings({"schemas": SCHEMAS}, environment={})
        marks = [marked(engine, relations, chosen) for _ in range(2)]
        assert marks[0] == marks[1]
        assert {relation.mark is not None for relation in marks[0]} == {self.MARKS}

    def test_the_command_line_tells_the_same(self, engine: CommandLineEngine, facts: Scan) -> None:
        assert without_personal_values(scanned_by(engine, schemas=SCHEMAS)) == facts

    def test_dbt_without_the_helper_keeps_the_same_scan_in_the_warehouse(
        self, engine: CommandLineEngine, facts: Scan, kept: str
    ) -> None:
        assert "cartridge generate --from-warehouse" in kept
        reader, chosen = stored(engine, settings({}, environment={}))
        found = without_personal_values(scan(reader, chosen, Silent()))
        assert found.statements < facts.statements
        assert found == facts.model_copy(update={"statements": found.statements})

    # ------------------------------------------------------------ the whole way

    @pytest.fixture(scope="class")
    @classmethod
    def generated(cls, shop: HostProject, engine: CommandLineEngine) -> HostProject:
        """The host after one run of the macro on the schema `shop`."""
        cls.let_go(shop, engine)
        ran = shop.dbt_process(
            "run-operation", "cartridge_generate", "--args", '{"schemas": ["shop"]}'
        )
        assert ran.returncode == 0, (ran.stdout + ran.stderr)[-4000:]
        return shop

    def test_what_is_generated_builds_clean_without_cartridge(
        self, generated: HostProject, tmp_path: Path
    ) -> None:
        copy = make_host(tmp_path / "shop", generated.warehouse, package=False)
        for path, content in generated.files().items():
            if path != "packages.yml":
                copy.write(path, content.decode("utf-8"))
        built = copy.dbt_process("build")
        assert built.returncode == 0, built.stdout[-4000:]
        assert CLEAN.search(built.stdout), built.stdout[-2000:]
        made = {Path(path).stem for path in generated.files() if path.endswith(".sql")}
        assert {"stg_shop__orders", "fct_orders", "fct_order_lines", "dim_customers"} <= made
        self.look_at(generated)

    def look_at(self, generated: HostProject) -> None:
        """What else a warehouse's own test wants to see in the files."""

    def test_the_golden_files_build_and_build_again(
        self, shop: HostProject, engine: CommandLineEngine, tmp_path: Path
    ) -> None:
        """The second time, what is incremental and what is a snapshot meets what is there."""
        host = make_host(tmp_path / "till", shop.warehouse, "till_marts", package=False)
        golden = REPOSITORY / "tests" / "golden" / self.GOLDEN / "expected"
        for path in golden.rglob("*.*"):
            text = path.read_text("utf-8")
            # The contract has tables of its own in the schema `raw`.
            text = re.sub(r"(schema: )raw\b", r"\1till", text, flags=re.IGNORECASE)
            host.write(path.relative_to(golden).as_posix(), text)
        host.write("models/legacy.yml", _LEGACY)
        shop.warehouse.execute(*self.made_for_golden())
        self.let_go(shop, engine)
        built = host.dbt_again(self.GOLDEN_BUILDS, "build")
        assert built.returncode == 0, built.stdout[-4000:]
        assert len(CLEAN.findall(built.stdout)) == self.GOLDEN_BUILDS, built.stdout[-4000:]

    @classmethod
    def made_for_golden(cls) -> list[str]:
        return cls.made("till", TILL)


_LEGACY = """
version: 2
sources:
  - {name: legacy, schema: till, tables: [{name: old_orders}]}
"""
