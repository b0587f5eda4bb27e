"""The corridor as a guest in dbt's process."""

from __future__ import annotations

import gc
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from dbt_cartridge import pipeline
from dbt_cartridge.config import Settings
from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.documents.decisions import Decisions
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.plan import Plan
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.errors import ConfigError, DocumentError, WriteError
from dbt_cartridge.progress import Silent
from dbt_cartridge.version import helper_version
from dbt_cartridge.write.decisions import decline


def test_after_a_run_the_collector_is_as_it_was_found(tmp_path: Path) -> None:
    before = gc.get_threshold()
    with pytest.raises(ConfigError, match="There is no step 'scna'"):
        pipeline.generate(cast("Engine", None), Settings(), tmp_path, Silent(), start="scna")
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def a_plan(text: str) -> Plan:
    files = Files(files=(File(path="models/a.sql", text=text, kind="sql"),))
    return Plan(
        version=helper_version(), schemas=("raw",), files=files, texts=files.digest,
        decisions=Decisions().digest,
    )  # fmt: skip


def apply_plan(folder: Path) -> None:
    host = Host(project_name="shop", adapter="duckdb", dbt_version="1.11.0")
    engine = SimpleNamespace(host=lambda _: host)  # pyright: ignore[reportUnknownLambdaType]
    pipeline.apply_plan(cast("Engine", engine), folder, Silent())


def test_a_plan_that_was_changed_is_not_applied(tmp_path: Path) -> None:
    saved = a_plan("select 1\n").save(documents_folder(tmp_path))
    saved.write_text(saved.read_text("utf-8").replace("select 1", "select 2"), "utf-8")
    with pytest.raises(WriteError, match="not as it was planned"):
        apply_plan(tmp_path)
    assert not (tmp_path / "models").exists()


def test_a_plan_from_before_a_decision_is_not_applied(tmp_path: Path) -> None:
    a_plan("select 1\n").save(documents_folder(tmp_path))
    decline(tmp_path, ["counts"])
    with pytest.raises(WriteError, match=r"cartridge\.yml changed since the plan\. Plan again"):
        apply_plan(tmp_path)


def test_a_plan_whose_jinja_would_run_is_not_applied(tmp_path: Path) -> None:
    """Whoever changed the text can have changed its checksum too."""
    a_plan("select {{ run_query('drop table x') }}\n").save(documents_folder(tmp_path))
    with pytest.raises(DocumentError, match="run_query"):
        apply_plan(tmp_path)
    assert not (tmp_path / "models").exists()


def test_documents_where_nothing_can_be_kept_are_an_error_in_words(tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text("theirs", "utf-8")
    folder = documents_folder(tmp_path)
    folder.parent.mkdir()
    folder.write_text("a file where the folder belongs", "utf-8")
    with pytest.raises(DocumentError, match="cannot be written"):
        a_plan("").save(folder)
    with pytest.raises(DocumentError, match="cannot be read"):
        Plan.load(folder)
    folder.unlink()
    (folder / "plan.json").mkdir(parents=True)
    for act in (a_plan("").save, Plan.load):
        with pytest.raises(DocumentError, match="cannot be"):
            act(folder)
    (folder / "plan.json").rmdir()
    (folder / "plan.json").symlink_to(outside)
    a_plan("").save(folder)
    assert outside.read_text("utf-8") == "theirs"
    assert [p.name for p in folder.iterdir()] == ["plan.json"]
