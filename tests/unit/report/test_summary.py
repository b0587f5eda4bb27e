"""What a run says at its end, on the terminal and in run.json."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from dbt_cartridge.documents.changes import Change, Changes
from dbt_cartridge.documents.design import Design, LeftOut
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.engine.debug import Finding
from dbt_cartridge.report import Below, tell, tell_debug
from dbt_cartridge.report.run import Run, run
from dbt_cartridge.report.summary import summary
from dbt_cartridge.report.words import wrapped
from tests.unit.report.a_run import DESIGN, SECRET, outcome
from tests.unit.report.test_page import data_of


def lines_of(**changes: object) -> str:
    result = outcome(**changes)
    return "\n".join(summary(run(result), result.schema, result.changes))


def test_summary_says_what_was_found_made_proved_written_and_left_out() -> None:
    assert (
        lines_of()
        == """\
Found     2 tables in raw, 5 columns, 1,300 rows: 1 fact and 1 dimension
          2 primary keys (2 proved), 2 relationships (1 proved)
          1 column with personal data, 1 key unique but not believed and 2 questions left unasked \
by the budget
Made      1 source of 1 table and 1 staging
          4 tests (1 that only warn), 1 of 2 columns described
Proved    on the data: 1 model ran, 1 test passed, 1 did not hold and were dropped or lowered
Wrote     3 files: 1 created, 1 unchanged and 1 not ours and left alone
Look at   models/c.sql: Cartridge did not write this file.
          raw.orders(customer_id) → raw.customers(id): 3 rows of 1,200 without a parent
Left out  raw.orders_bak: A backup of raw.orders.
Problems  raw.broken: The view fails. Mend it.
Next      dbt build, then commit the new files with .cartridge/
          target/cartridge/report.html has the evidence for every decision"""
    )


def test_summary_fits_a_screen_whatever_was_left_out() -> None:
    many = tuple(LeftOut(what=f"raw.t{n}", why="A backup.") for n in range(500))
    text = lines_of(design=Design(adapter="duckdb", left_out=many))
    assert "… and 495 more, in the report" in text
    assert len(text.splitlines()) < 40


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (Changes(changes=(Change(path="a", action="create"),)), "Would do  1 file: 1 created"),
        (Changes(changes=(Change(path="a", action="unchanged"),), applied=True), "Nothing changed"),
        (Changes(changes=(Change(path="a", action="conflict", why="Both."),), applied=True),
         "Settle the conflicts"),
    ],
    ids=["dry run", "nothing new", "conflict"],
)  # fmt: skip
def test_summary_says_what_to_do_next(changes: Changes, said: str) -> None:
    assert said in lines_of(changes=changes)


def test_summary_says_when_nothing_was_proved() -> None:
    assert "Proved    nothing: verify is none" in lines_of(verdicts=Verdicts(level="none"))
    assert "as SQL, without rows" in lines_of(verdicts=Verdicts(level="sql"))


def test_run_json_holds_every_number_and_loads_again(tmp_path: Path) -> None:
    document = run(outcome())
    document.save(tmp_path)
    assert Run.load(tmp_path) == document
    data = json.loads((tmp_path / "run.json").read_text())
    assert data["found"]["relationships_proved"] == 1
    assert data["made"]["marts"] == 0
    assert data["proved"]["tests_failed"] == 1
    assert data["statements"] == 7
    assert data["seconds"] == {"scan": 1.5, "write": 0.1}
    assert data["changes"] == {"clash": 1, "create": 1, "unchanged": 1}
    assert data["files"] == {"models/a.sql": "create", "models/c.sql": "clash"}
    assert data["settings"]["schemas"] == ["raw"]
    assert data["problems"] == [
        {"where": "raw.broken", "what": "The view fails.", "next": "Mend it."}
    ]


def test_every_number_of_run_json_is_documented() -> None:
    described = Run.model_json_schema()["$defs"]
    for part, field in (("Found", "keys_proved"), ("Made", "tests_warn"), ("Proved", "models")):
        assert described[part]["properties"][field]["description"]


def test_tell_leaves_run_json_and_the_page_and_no_value_of_the_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell(outcome(), tmp_path) == 0
    folder = tmp_path / "target" / "cartridge"
    said = capsys.readouterr().out
    page = data_of((folder / "report.html").read_text()).model_dump_json()
    for text in (said, (folder / "run.json").read_text(), page):
        assert "raw.orders" in text
        assert SECRET not in text


def test_tell_ends_with_its_own_exit_code_on_a_conflict(tmp_path: Path) -> None:
    changes = Changes(changes=(Change(path="a", action="conflict"),), applied=True)
    assert tell(outcome(changes=changes), tmp_path, lambda _: None) == 3


def test_a_dry_run_prints_the_diff_where_it_is_asked_for(tmp_path: Path) -> None:
    said: list[str] = []
    changes = Changes(
        changes=(Change(path="a.sql", action="create", diff="+++ b/a.sql\n+x\x1b[2J\n"),)
    )
    tell(outcome(changes=changes), tmp_path, said.append)
    assert not any("a.sql" in line for line in said)
    tell(outcome(changes=changes), tmp_path, said.append, below=Below(diffs=True))
    assert said[-2:] == ["+++ b/a.sql", "+x\N{REPLACEMENT CHARACTER}[2J"]


def test_a_plan_shows_files_and_diffs_where_they_are_asked_for(tmp_path: Path) -> None:
    change = Change(path="a.sql", action="create", diff="+++ b/a.sql\n+x\n")

    def told(**below: bool) -> str:
        said: list[str] = []
        of = outcome(changes=Changes(changes=(change,)))
        tell(of, tmp_path, said.append, Below(**below))
        return "\n".join(said)

    assert "a.sql" not in told(files=False, diffs=False)
    assert "create a.sql +1 -0" in told(files=True, diffs=False)
    assert "+++ b/a.sql" in told(files=False, diffs=True)


def test_the_diff_is_coloured_on_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    diff = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n c\n"
    changes = Changes(changes=(Change(path="x", action="update", diff=diff),))
    tell(outcome(changes=changes), tmp_path, below=Below(diffs=True))
    said = capsys.readouterr().out
    assert "\x1b[31m-a\x1b[0m\n\x1b[32m+b\x1b[0m\n c\n" in said
    assert "\x1b[1mFound     \x1b[0m" in said


def test_debug_says_what_to_fix(capsys: pytest.CaptureFixture[str]) -> None:
    good = Finding("target", True, "duckdb")
    bad = Finding("schema raw", False, "does not exist", "use main")
    assert tell_debug([good]) == 0
    assert tell_debug([good, bad]) == 1
    assert "FIX  schema raw: does not exist\n     → use main\n" in capsys.readouterr().out


def test_a_long_reason_is_cut_on_the_screen_and_whole_in_the_report() -> None:
    columns = ", ".join(f"`column_{number}`" for number in range(100))
    long = LeftOut(what="fct_orders", why=f"No room for {columns}.")
    design = DESIGN.model_copy(update={"left_out": (long,)})
    result = outcome(design=design)
    (line,) = [ln for ln in summary(run(result), result.schema, result.changes) if "No room" in ln]
    assert len(line) <= 260
    assert line.endswith("` …")
    assert run(result).left_out == (long,)


@pytest.mark.parametrize("columns", [80, 40, 20])
def test_a_long_line_hangs_below_its_own_beginning(columns: int) -> None:
    line = "Made      3 sources of 26 tables, 26 staging, 4 intermediate, 25 marts and 2 snapshots"
    first, *others = wrapped(line, columns, 10)
    assert first.startswith("Made      3 sources"[:columns])
    assert others
    indent = min(10, max(columns // 3, 2))
    assert all(len(one) - len(one.lstrip()) == indent for one in others)
    assert all(len(one) <= columns for one in (first, *others))
    assert " ".join(" ".join((first, *others)).split()) == " ".join(line.split())


def test_a_line_for_a_program_stays_one_line() -> None:
    assert wrapped("x " * 200, None, 10) == ["x " * 200]


def test_summary_says_what_new_models_get_from_the_folders_settings() -> None:
    made = outcome()
    folders = {"shop": {"marts": {"+schema": "gold", "+materialized": "view"}, "staging": {}}}
    placed = Files(
        files=tuple(
            File(path=f"models/{folder}/{name}.sql", text="", kind="sql", layer=layer)
            for folder, name, layer in (
                ("staging", "stg_a", "staging"),
                ("marts", "dim_a", "marts"),
                ("marts", "fct_a", "marts"),
            )
        )
    )
    host = Host(project_name="shop", adapter="duckdb", dbt_version="1.11.0", folders=folders)
    told = run(replace(made, files=placed, host=host))
    lines = summary(told, made.schema, made.changes)
    (line,) = [line for line in lines if line.startswith("Placed")]
    said = "materialized view and schema gold"
    assert line == f"Placed    models/marts: 2 models, by your settings with {said}"


def test_what_dbt_project_yml_may_say_of_the_folders_is_yaml_that_means_it() -> None:
    made = outcome()
    path = "models/{}/{}.sql".format
    layers = {"staging": "staging", "marts": "marts"}
    placed = Files(
        files=tuple(
            File(path=path(layers[model.layer], model.name), text="", kind="sql", layer=model.layer)
            for model in made.design.models if model.layer in layers
        )
    )  # fmt: skip
    host = Host(project_name="shop", adapter="duckdb", dbt_version="1.11.0")
    told = run(replace(made, files=placed, host=host))
    (line,) = [x for x in summary(told, made.schema, made.changes) if x.startswith("Settings")]
    said = yaml.safe_load(line.partition("may say: ")[2])["models"]
    assert said == told.suggested
    pasted = host.model_copy(update={"folders": said})
    for file in placed.files:
        kind = next(m.materialized for m in made.design.models if f"/{m.name}." in file.path)
        config = pasted.config_of(file.path)
        assert (config["materialized"], config["schema"]) == (kind, file.layer)
    again = run(replace(made, files=placed, host=pasted))
    assert not again.suggested
    assert not [x for x in summary(again, made.schema, made.changes) if x.startswith("Settings")]
