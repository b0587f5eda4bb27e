"""The workflow of the docs, its steps one by one on a bare repository.

git is real; `gh`, `cartridge` and `dbt` are programs of a few lines that note how they were called.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

WORKFLOW = Path(__file__).parents[2] / "docs" / "cartridge_workflow.yml"
BRANCH = "cartridge/generated"
GH = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$*" in
  "pr list"*) cat "$OPEN" 2>/dev/null || true ;;
  *"--body-file"*) for last; do :; done; cp "$last" "$BODY" ;;
esac
"""
CARTRIDGE = """#!/bin/sh
[ "$1" = init ] && exit 0
mkdir -p models target/cartridge .cartridge
echo "select $WRITES" > models/a.sql
echo "$WRITES" > .cartridge/files.json
echo '{"files": {"models/a.sql": "create"}}' > target/cartridge/run.json
echo "Wrote     1 file: $WRITES"
exit "$CODE"
"""


@dataclass
class Repository:
    """A clone in which the job runs, of a bare repository."""

    folder: Path

    def git(self, *words: str, at: str = "clone") -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
        done = subprocess.run(command, cwd=self.folder / at, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def run(self, writes: str = "1", code: int = 0, fails: bool = False) -> str:
        """All steps that are commands, in a fresh clone as the runner has it."""
        subprocess.run(["rm", "-rf", str(self.folder / "clone")], check=True)
        self.git("clone", "--quiet", "bare.git", "clone", at=".")
        (self.folder / "clone" / "stray.txt").write_text("not cartridge's")
        said = ""
        for step in yaml.safe_load(WORKFLOW.read_text())["jobs"]["generate"]["steps"]:
            if "run" not in step or step["run"].startswith("pip "):
                continue
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.folder / "clone",
                env=self.environment(writes, code),
                capture_output=True,
                text=True,
            )
            said += done.stdout + done.stderr
            if done.returncode:
                assert fails, said
                return said
        assert not fails, said
        return said

    def environment(self, writes: str, code: int) -> dict[str, str]:
        head = self.git("rev-parse", "HEAD")
        files = {name: str(self.folder / name) for name in ("CALLS", "OPEN", "BODY")}
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        settings = {"BRANCH": BRANCH, "GITHUB_SHA": head, "RUNNER_TEMP": str(self.folder / "temp")}
        return {
            **os.environ,
            **files,
            **settings,
            "PATH": path,
            "WRITES": writes,
            "CODE": f"{code}",
        }

    def pushed(self, path: str) -> str:
        return self.git("show", f"{BRANCH}:{path}", at="bare.git")

    @property
    def calls(self) -> str:
        return (self.folder / "CALLS").read_text()

    @property
    def body(self) -> str:
        return (self.folder / "BODY").read_text()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    for name in ("bin", "temp", "first"):
        (tmp_path / name).mkdir()
    for name, text in (("gh", GH), ("cartridge", CARTRIDGE), ("dbt", "#!/bin/sh\n")):
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    made = Repository(tmp_path)
    made.git("init", "--quiet", "--bare", "--initial-branch=main", "bare.git", at=".")
    made.git("init", "--quiet", "--initial-branch=main", at="first")
    (tmp_path / "first" / "dbt_project.yml").write_text("name: shop\n")
    (tmp_path / "first" / ".gitignore").write_text("target/\n")
    made.git("add", "--all", at="first")
    made.git("commit", "--quiet", "--message", "a project", at="first")
    made.git("push", "--quiet", str(tmp_path / "bare.git"), "main", at="first")
    return made


def test_a_first_run_opens_a_pull_request_with_cartridges_files_and_the_summary(
    repository: Repository,
) -> None:
    repository.run()
    assert repository.pushed("models/a.sql") == "select 1"
    files = repository.git("ls-tree", "-r", "--name-only", BRANCH, at="bare.git").split()
    assert files == [".cartridge/files.json", ".gitignore", "dbt_project.yml", "models/a.sql"]
    assert "pr create --head cartridge/generated" in repository.calls
    assert "Wrote     1 file: 1" in repository.body


def test_commits_of_a_reviewer_on_the_open_pull_request_survive(repository: Repository) -> None:
    repository.run()
    (repository.folder / "OPEN").write_text("7\n")
    repository.git("clone", "--quiet", "--branch", BRANCH, "bare.git", "reviewer", at=".")
    (repository.folder / "reviewer" / "review.md").write_text("well")
    repository.git("add", "--all", at="reviewer")
    repository.git("commit", "--quiet", "--message", "a review", at="reviewer")
    repository.git("push", "--quiet", at="reviewer")
    repository.run(writes="2")
    assert repository.pushed("review.md") == "well"
    assert repository.pushed("models/a.sql") == "select 2"
    assert "pr edit 7" in repository.calls


@pytest.mark.parametrize(
    ("code", "title"),
    [(3, "conflicts to settle"), (4, "much was refuted"), (5, "a model does not run")],
)
def test_what_a_person_has_to_see_opens_a_pull_request_that_names_it(
    repository: Repository, code: int, title: str
) -> None:
    repository.run(writes="a conflict in models/b.sql", code=code)
    assert title in repository.calls
    assert "a conflict in models/b.sql" in repository.body


def test_an_unchanged_warehouse_opens_nothing(repository: Repository) -> None:
    repository.run()
    repository.git("update-ref", "refs/heads/main", f"refs/heads/{BRANCH}", at="bare.git")
    (repository.folder / "CALLS").write_text("")
    assert "Nothing changed." in repository.run()
    assert "pr create" not in repository.calls


def test_a_failed_run_fails_the_job_and_pushes_nothing(repository: Repository) -> None:
    repository.run(code=1, fails=True)
    assert BRANCH not in repository.git("branch", "--list", at="bare.git")


def test_a_branch_that_cannot_be_merged_says_so(repository: Repository) -> None:
    repository.run()
    (repository.folder / "OPEN").write_text("7\n")
    (repository.folder / "first" / "models").mkdir()
    (repository.folder / "first" / "models" / "a.sql").write_text("select 'by hand'")
    repository.git("add", "--all", at="first")
    repository.git("commit", "--quiet", "--message", "the same file", at="first")
    repository.git("push", "--quiet", str(repository.folder / "bare.git"), "main", at="first")
    assert "merge them by hand" in repository.run(writes="2", fails=True)


def test_the_helper_is_pinned_to_a_version() -> None:
    text = json.dumps(yaml.safe_load(WORKFLOW.read_text()))
    assert "dbt-cartridge==" in text
