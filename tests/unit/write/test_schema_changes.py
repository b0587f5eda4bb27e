"""The warehouse changes under a project that its user works on."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbt_cartridge.documents.changes import Changes, SchemaChange
from tests.unit.write.host_project import MEMORY
from tests.unit.write.living import Living

STAGING = "models/staging/raw/stg_raw__payments.sql"
SOURCES = "models/staging/raw/_raw__sources.yml"
ORDERS = "models/staging/raw/stg_raw__orders.sql"
NOTHING: frozenset[str] = frozenset()


@pytest.fixture
def living() -> Iterator[Living]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as place:
        its = Living(Path(place))
        its.run(NOTHING)
        yield its


def _actions(changes: Changes) -> dict[str, str]:
    return {change.path: change.action for change in changes.changes}


def _change(changes: Changes, where: str) -> SchemaChange:
    return next(change for change in changes.schema_changes if change.where == where)


def _write(living: Living, path: str, text: str) -> None:
    (living.root / path).write_text(text)


def test_what_changed_in_the_warehouse_is_told_once(living: Living) -> None:
    changed = living.run(frozenset({"add_column", "retype", "rename", "add_table"}))
    assert {(c.kind, c.where, c.to) for c in changed.schema_changes} == {
        ("added", "raw.orders.note", "VARCHAR"),
        ("retyped", "raw.orders.total", "DOUBLE"),
        ("renamed", "raw.customers.region", "area"),
        ("added", "raw.refunds", ""),
    }
    again = living.run(frozenset({"add_column", "retype", "rename", "add_table"}))
    assert again.schema_changes == ()


def test_a_dropped_column_that_user_code_names_is_listed_with_its_lines(living: Living) -> None:
    _write(living, "models/mine.sql", "select 1,\n  status\nfrom {{ ref('stg_raw__orders') }}\n")
    _write(living, "models/other.sql", "select status from somewhere_else\n")
    changes = living.run(frozenset({"drop_column"}))
    assert _change(changes, "raw.orders.status").used == ("models/mine.sql:2",)


def test_the_name_that_staging_gave_a_dropped_column_is_looked_for(living: Living) -> None:
    _write(living, "models/mine.sql", "select order_status from {{ ref('fct_orders') }}\n")
    assert "status as order_status" in living.text(ORDERS)
    changes = living.run(frozenset({"drop_column"}))
    assert _change(changes, "raw.orders.status").used == ("models/mine.sql:1",)


def test_a_dropped_table_is_named_where_it_is_called_and_nowhere_else(living: Living) -> None:
    _write(
        living,
        "models/mine.sql",
        "with payments as (\n    select * from {{ ref('stg_raw__payments') }}\n)\n"
        "select payments.amount from payments -- payments\n",
    )
    _write(living, "models/plain.sql", 'select 1\nfrom "raw"."payments"\n')
    _write(living, "models/other.sql", "select payments from {{ ref('stg_raw__orders') }}\n")
    _write(
        living,
        "models/_mine.yml",
        "exposures:\n  - name: payments\n    depends_on:\n      - ref('stg_raw__orders')\n"
        "      - ref('fct_payments')\n"
        "models:\n  - name: mine\n    description: All payments.\n"
        "unit_tests:\n  - name: payments\n    model: stg_raw__payments\n",
    )
    marts = "models/marts/_marts__models.yml"
    _write(living, marts, living.text(marts).replace("description: ", "description: Mine. ", 1))
    changes = living.run(frozenset({"drop_table"}))
    assert _change(changes, "raw.payments").used == (
        "models/_mine.yml:5",
        "models/_mine.yml:11",
        "models/mine.sql:2",
        "models/plain.sql:2",
    )


def test_a_dropped_column_is_looked_for_in_the_entry_of_what_has_it(living: Living) -> None:
    _write(
        living,
        "models/_mine.yml",
        "models:\n  - name: other\n    columns:\n      - name: status\n"
        "  - name: mine\n    columns:\n      - name: status\n        data_tests:\n"
        "          - relationships: {to: ref('stg_raw__orders'), field: status}\n",
    )
    changes = living.run(frozenset({"drop_column"}))
    used = _change(changes, "raw.orders.status").used
    assert used == ("models/_mine.yml:7", "models/_mine.yml:9")


def test_files_of_a_dropped_table_stay_until_they_are_pruned(living: Living) -> None:
    gone = frozenset({"drop_table"})
    assert _actions(living.run(gone))[STAGING] == "stale"
    living.must_parse()
    assert _actions(living.run(gone, prune=True))[STAGING] == "prune"
    assert not (living.root / STAGING).exists()
    living.must_parse()
    assert "payments" not in living.text("models/staging/raw/_raw__sources.yml")


def test_prune_never_removes_an_edited_file_nor_what_it_reads(living: Living) -> None:
    gone = frozenset({"drop_table"})
    edited = "models/marts/fct_payments.sql"
    _write(living, edited, living.text(edited) + "-- mine\n")
    actions = _actions(living.run(gone, prune=True))
    assert actions[edited] == "stale"
    living.must_parse()


def test_prune_leaves_what_a_model_of_the_user_reads(living: Living) -> None:
    _write(living, "models/mine.sql", "select * from {{ ref('stg_raw__payments') }}\n")
    changes = living.run(frozenset({"drop_table"}), prune=True)
    assert _actions(changes)[STAGING] == "stale"
    assert any("models/mine.sql reads this model" in change.why for change in changes.changes)
    living.must_parse()


def test_prune_leaves_what_a_file_of_ours_reads_that_is_no_longer_made(living: Living) -> None:
    """With refunds, fct_orders reads int_refunds_enriched. Without, it is not made: it would read
    the model that the user deleted. So it stays as it is, and what else it reads stays with it."""
    living.run(frozenset({"add_table"}))
    assert "ref('int_refunds_enriched')" in living.text("models/marts/fct_orders.sql")
    (living.root / "models/intermediate/int_payments_enriched.sql").unlink()
    actions = _actions(living.run(NOTHING, prune=True))
    assert "fct_orders" in living.left_out
    assert actions["models/intermediate/int_refunds_enriched.sql"] == "stale"
    assert actions["models/marts/fct_refunds.sql"] == "prune"
    assert "stg_raw__refunds" in living.text("models/intermediate/int_refunds_enriched.sql")
    assert (living.root / "models/staging/raw/stg_raw__refunds.sql").exists()


def test_what_would_read_a_deleted_model_is_not_made(living: Living) -> None:
    living.edit(("delete", 0, 0))
    deleted = set(living.deleted)
    assert deleted
    living.run(frozenset({"add_table", "add_column"}))
    living.must_hold_every_edit()
    living.must_parse()


def test_a_new_model_waits_for_its_table_to_be_listed(living: Living) -> None:
    """Both changed the same place of the sources: the user's file stays, and lists no refunds."""
    text = living.text(SOURCES)
    twice = "data_type: INTEGER\n            data_type: BIGINT"
    _write(living, SOURCES, text.replace("data_type: DECIMAL(10,2)", twice))
    changes = living.run(frozenset({"add_table", "retype"}))
    assert _actions(changes)[SOURCES] == "conflict"
    assert "refunds" not in "".join(living.paths(".sql"))
    assert "does not list its table raw.refunds" in living.left_out["stg_raw__refunds"]
    living.must_parse()
    _write(living, SOURCES, text)
    living.run(frozenset({"add_table", "retype"}))
    assert "models/staging/raw/stg_raw__refunds.sql" in living.paths(".sql")
    living.must_parse()


def test_uncommitted_changes_of_files_to_be_written_are_a_warning(living: Living) -> None:
    def git(*words: str) -> None:
        command = ["git", "-C", str(living.root), "-c", "user.name=x", "-c", "user.email=x", *words]
        subprocess.run(command, check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "generated")
    clean = living.run(frozenset({"add_column"}))
    assert clean.count("update")
    assert not clean.problems

    dirty = living.run(NOTHING)
    assert dirty.count("update")
    assert [problem.where for problem in dirty.problems] == ["git"]
