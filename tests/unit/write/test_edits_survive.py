"""Random edits of the user × random changes of ours: no edit is lost, a repeated run is a no-op."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dbt_cartridge.write.merge_yaml import merge_yaml
from tests.unit.write.host_project import MEMORY, Project


def cases(number: int) -> settings:
    return settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow],
    )


NAMES = st.sampled_from(["id", "name", "total", "status", "sent_at", "note"])
WORDS = st.sampled_from(["", "One.", "Two: three", "it's", "a # b", "long " * 25, "x\ny\n"])
TESTS = st.lists(
    st.sampled_from(["unique", "not_null", {"accepted_values": {"values": ["a", "b"]}},
                     {"relationships": {"to": "ref('x')", "field": "id"}}]),
    max_size=3, unique_by=repr,
)  # fmt: skip


def _columns(min_size: int = 1) -> st.SearchStrategy[list[dict[str, Any]]]:
    column = st.fixed_dictionaries(
        {"name": NAMES}, optional={"description": WORDS, "data_type": NAMES, "data_tests": TESTS}
    )
    return st.lists(column, min_size=min_size, max_size=4, unique_by=lambda c: c["name"])


MODELS = st.lists(
    st.fixed_dictionaries({"name": NAMES, "columns": _columns()}, optional={"description": WORDS}),
    min_size=1,
    max_size=3,
    unique_by=lambda m: m["name"],
)
INDENTS = st.sampled_from([(2, 4, 2), (2, 2, 0), (4, 6, 4)])


def _apart(value: Any) -> Any:
    """Without shared parts, which would be dumped as anchors."""
    return json.loads(json.dumps(value))


def _dump(models: Any, indents: tuple[int, int, int] = (2, 4, 2)) -> str:
    yaml = YAML()
    yaml.indent(*indents)
    out = io.StringIO()
    yaml.dump({"version": 2, "models": _apart(models)}, out)
    return out.getvalue()


def _load(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def _unordered(columns: Any) -> dict[str, Any]:
    """The order of tests and columns means nothing, so ours is not forced on the user."""
    return {
        c["name"]: {**c, "data_tests": sorted(map(repr, c.get("data_tests", ())))} for c in columns
    }


def _by_name(entries: Any) -> dict[str, Any]:
    return {entry["name"]: entry for entry in entries}


@cases(150)
@given(MODELS, MODELS)
def test_an_untouched_yaml_becomes_what_is_generated(base: Any, new: Any) -> None:
    merged = merge_yaml(_dump(base), _dump(base), _dump(new))
    if merged is not None:
        assert {m["name"] for m in _load(merged)["models"]} == {m["name"] for m in new}
        for name, model in _by_name(_load(merged)["models"]).items():
            generated = _by_name(new)[name]
            assert model.get("description") == generated.get("description")
            assert _unordered(model["columns"]) == _unordered(generated["columns"])


@cases(150)
@given(MODELS, MODELS, INDENTS)
def test_nothing_new_of_ours_changes_no_byte(base: Any, mine: Any, indents: Any) -> None:
    text = _dump(mine, indents)
    assert merge_yaml(_dump(base), text, _dump(base)) == text


@cases(300)
@given(MODELS, MODELS, MODELS, INDENTS)
def test_everything_that_the_user_wrote_is_in_the_merge(
    base: Any, mine: Any, new: Any, indents: Any
) -> None:
    merged = merge_yaml(_dump(base), _dump(mine, indents), _dump(new))
    if merged is None:
        return
    models = _by_name(_load(merged)["models"])
    for name, model in _by_name(mine).items():
        old = _by_name(base).get(name, {"columns": []})
        if model.get("description") != old.get("description") and "description" in model:
            assert models[name]["description"] == model["description"]
        for column, entry in _by_name(model["columns"]).items():
            was = _by_name(old["columns"]).get(column, {})
            for key, value in entry.items():
                if key not in was and key != "data_tests":
                    assert _by_name(models[name]["columns"])[column][key] == value
            for test in entry.get("data_tests", []):
                if test not in was.get("data_tests", []):
                    assert test in _by_name(models[name]["columns"])[column]["data_tests"]


@cases(150)
@given(MODELS, MODELS, MODELS)
def test_merging_again_changes_nothing(base: Any, mine: Any, new: Any) -> None:
    merged = merge_yaml(_dump(base), _dump(mine), _dump(new))
    if merged is not None:
        assert merge_yaml(_dump(new), merged, _dump(new)) == merged


LINES = st.lists(st.sampled_from(["a,", "b,", "c", "", "from x"]), max_size=6)
SQL = LINES.map(lambda lines: "".join(f"{line}\n" for line in lines))
PATHS = st.sampled_from(["models/a.sql", "models/b/c.sql", "models/b/d.sql"])
PROJECTS = st.dictionaries(PATHS, SQL, min_size=1)
EDITS = st.dictionaries(PATHS, st.one_of(st.none(), LINES), max_size=3)


@cases(100)
@given(PROJECTS, EDITS, PROJECTS, EDITS, PROJECTS)
def test_no_edit_is_lost_over_several_runs(
    first: dict[str, str], edits: Any, second: dict[str, str], more: Any, third: dict[str, str]
) -> None:
    root = Path(tempfile.mkdtemp(dir=MEMORY))
    try:
        project = Project(root)
        project.run(first)
        for number, (changes, generated) in enumerate(((edits, second), (more, third))):
            written = _edit(project, changes, number)
            project.run(generated)
            _assert_edits_are_there(project, written)
            before = project.everything()
            project.run(generated)
            assert project.everything() == before
    finally:
        shutil.rmtree(root)


def _edit(project: Project, edits: dict[str, list[str] | None], number: int) -> dict[str, str]:
    """Delete files or write lines that nobody else writes. Gives what must stay."""
    written: dict[str, str] = {}
    for path, lines in edits.items():
        file = project.root / path
        if lines is None:
            file.unlink(missing_ok=True)
            continue
        mark = f"-- mine {path} {number}"
        project.edit(path, "\n".join([*lines[:2], mark, *lines[2:]]) + "\n")
        written[path] = mark
    return written


def _assert_edits_are_there(project: Project, written: dict[str, str]) -> None:
    for path, mark in written.items():
        assert mark in project.text(path)
