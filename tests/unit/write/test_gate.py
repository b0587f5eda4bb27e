"""What lies on disk is not trusted: no path of it is written or removed that is not ours to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dbt_cartridge.documents.changes import Change, Changes
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.errors import WriteError
from dbt_cartridge.write import apply, plan, recover, undo
from dbt_cartridge.write.answers import KeptAnswers
from dbt_cartridge.write.gate import Gate
from tests.unit.write.host_project import HOST, Project, generated

SQL = "models/staging/shop/stg_shop__orders.sql"
LEADS_OUT = (
    "../escaped.sql", "../../escaped.sql", "/tmp/trust_escaped.sql", ".git/hooks/pre-commit",
    "models/../.git/hooks/pre-commit", "models/.git/config.sql", "dbt_project.yml", "profiles.yml",
    "packages.yml", ".cartridge/ledger.json/../../x.sql", ".cartridge/base/../../escaped.sql",
    ".cartridge/lock", ".cartridge/undo/journal.json", ".github/workflows/ci.yml",
    "models/stg.py", "models/run.sh", "seeds/x.sql", "models\\..\\..\\x.sql", "C:/x.sql",
)  # fmt: skip


def sha(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def journal(folder: Path, steps: list[tuple[str, str | None, str | None]], **more: object) -> None:
    """A journal as a stranger would write it: (path, text before, text after)."""
    for number, (_, before, after) in enumerate(steps):
        for side, text in (("old", before), ("new", after)):
            (folder / side).mkdir(parents=True, exist_ok=True)
            if text is not None:
                (folder / side / str(number)).write_text(text)
    entries = [{"path": path, "before": sha(b), "after": sha(a)} for path, b, a in steps]
    (folder / "journal.json").write_text(json.dumps({"steps": entries, **more}))


def around(project: Project) -> dict[str, bytes]:
    """Everything in the folder that the project lies in."""
    root = project.root.parent
    return {str(f.relative_to(root)): f.read_bytes() for f in root.rglob("*") if f.is_file()}


@pytest.fixture
def repository(project: Project) -> Project:
    project.edit(".git/hooks/pre-commit", "theirs\n")
    project.edit("dbt_project.yml", "name: shop\nmodel-paths: [models, more]\n")
    (project.root.parent / "escaped.sql").write_text("theirs\n")
    project.run({SQL: "select 1\n"})
    return project


@pytest.mark.parametrize("path", LEADS_OUT)
def test_a_plan_cannot_write_where_cartridge_does_not(repository: Project, path: str) -> None:
    before = around(repository)
    files = Files(files=(File(path=path, text="gone\n", kind="sql", describes=("x",)),))
    planned = Changes(changes=(Change(path=path, action="create"),))
    with pytest.raises(WriteError, match="Nothing was written"):
        apply(files, planned, repository.root)
    assert around(repository) == before


@pytest.mark.parametrize("path", LEADS_OUT)
def test_a_transactions_journal_cannot_write_where_cartridge_does_not(
    repository: Project, path: str
) -> None:
    journal(repository.root / ".cartridge" / "txn", [(path, None, "gone\n")])
    before = around(repository)
    with pytest.raises(WriteError, match="leads where cartridge does not write"):
        recover(repository.root)
    assert {k: v for k, v in around(repository).items() if "lock" not in k} == before


@pytest.mark.parametrize("path", ["../escaped.sql", ".git/hooks/pre-commit", "dbt_project.yml"])
def test_an_undo_journal_cannot_remove_or_replace_what_is_not_ours(
    repository: Project, path: str
) -> None:
    text = (repository.root / path).read_text()
    undone = repository.root / ".cartridge" / "undo"
    before = around(repository)
    for older in (None, "gone\n"):
        journal(undone, [(path, older, text)])
        with pytest.raises(WriteError, match="leads where cartridge does not write"):
            undo(repository.root)
    after = around(repository)
    assert {k: v for k, v in after.items() if ".cartridge" not in k} == {
        k: v for k, v in before.items() if ".cartridge" not in k
    }


def test_a_journal_cannot_make_or_take_away_folders_elsewhere(repository: Project) -> None:
    empty = repository.root.parent / "empty"
    empty.mkdir()
    for folder in ("../empty", "../made", ".git/made"):
        step = (SQL, "select 1\n", "select 2\n")
        journal(repository.root / ".cartridge" / "txn", [step], folders=[folder])
        with pytest.raises(WriteError, match="leads where cartridge does not write"):
            recover(repository.root)
    assert empty.is_dir()
    assert not (repository.root.parent / "made").exists()


def test_a_staged_file_that_was_changed_is_not_taken(repository: Project) -> None:
    txn = repository.root / ".cartridge" / "txn"
    journal(txn, [(SQL, "select 1\n", "select 2\n")])
    (txn / "new" / "0").write_text("select 'another'\n")
    problem = recover(repository.root)[0]
    assert "no longer what the journal says" in problem.what
    assert repository.text(SQL) == "select 1\n"


def test_a_ledger_cannot_lead_elsewhere(repository: Project) -> None:
    """Its `at` says where a user moved a file: another file of the project is none of ours."""
    mine = repository.text("dbt_project.yml")
    ledger = json.loads(repository.text(".cartridge/ledger.json"))
    ledger["files"][SQL] |= {"at": "dbt_project.yml", "sha256": sha(mine)}
    repository.edit(".cartridge/ledger.json", json.dumps(ledger))
    repository.edit(f".cartridge/base/{SQL}", mine)
    changes = repository.plan({SQL: "select 2\n"})
    assert [c.action for c in changes.changes] == ["clash"]
    assert "neither" in changes.changes[0].why or "outside" in changes.changes[0].why
    repository.run({SQL: "select 2\n"})
    repository.run({"models/b.sql": "select 2\n"})  # the entry is left over
    assert repository.text("dbt_project.yml") == mine


def test_the_projects_own_paths_are_the_ones_of_its_file(repository: Project) -> None:
    gate = Gate(repository.root)
    assert "outside" in gate.problem("elsewhere/a.sql")
    assert gate.problem("more/deep/a.yml") == ""


def test_a_link_into_a_hidden_folder_of_the_project_is_not_followed(repository: Project) -> None:
    (repository.root / "models" / "marts").symlink_to(repository.root / ".git" / "hooks")
    changes = repository.plan({"models/marts/a.sql": "select 1\n"})
    assert changes.changes[0].action == "clash"
    assert "models/marts is a link" in changes.changes[0].why


def out(project: Project) -> Path:
    place = project.root.parent / "outside"
    place.mkdir()
    (place / "journal.json").write_text("theirs")
    (place / "ledger.json").write_text("theirs")
    return place


def run(project: Project) -> None:
    project.run({SQL: "select 1\n"})


def take_back(project: Project) -> None:
    undo(project.root)


@pytest.mark.parametrize("act", [run, take_back])
@pytest.mark.parametrize(
    "name",
    [
        ".cartridge", ".cartridge/txn", ".cartridge/undo", ".cartridge/base",
        ".cartridge/conflicts", ".cartridge/ledger.json", ".cartridge/lock",
    ],
)  # fmt: skip
def test_a_link_in_place_of_our_folder_is_refused_in_words(
    project: Project, name: str, act: Callable[[Project], None]
) -> None:
    outside = out(project)
    place = project.root / name
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(outside / name.removeprefix(".cartridge") if "json" in name else outside)
    before = around(project)
    with pytest.raises(WriteError, match=f"{name} is a link"):
        act(project)
    assert around(project) == before


@pytest.mark.parametrize("act", [run, take_back])
def test_files_for_folders_and_folders_for_files_are_said_in_words(
    project: Project, act: Callable[[Project], None]
) -> None:
    project.edit(".cartridge", "a file")
    with pytest.raises(WriteError, match="is a file where cartridge keeps a folder"):
        act(project)
    (project.root / ".cartridge").unlink()
    for name in ("ledger.json", "facts.json", "lock"):
        (project.root / ".cartridge" / name).mkdir(parents=True)
        with pytest.raises(WriteError, match="is a folder where cartridge keeps a file"):
            act(project)
        (project.root / ".cartridge" / name).rmdir()
    project.edit(".cartridge/base", "a file")
    with pytest.raises(WriteError, match="is a file where cartridge keeps a folder"):
        act(project)


def test_an_answer_is_not_kept_through_a_link(project: Project) -> None:
    outside = out(project)
    (project.root / ".cartridge").mkdir()
    (project.root / ".cartridge" / "answers").symlink_to(outside)
    with pytest.raises(WriteError, match="is a link"):
        KeptAnswers(project.root).keep("ab" * 32, {"answer": {}})
    assert sorted(p.name for p in outside.iterdir()) == ["journal.json", "ledger.json"]


def test_a_plan_asks_the_gate_before_it_reads(project: Project) -> None:
    secret = project.root.parent / "secret.sql"
    secret.write_text("the secret\n")
    project.run({SQL: "select 1\n"})
    (project.root / SQL).unlink()
    (project.root / SQL).symlink_to(secret)
    changes = plan(generated({SQL: "select 2\n"}), HOST, project.root)
    assert "secret" not in changes.changes[0].diff
    assert changes.changes[0].action == "clash"
