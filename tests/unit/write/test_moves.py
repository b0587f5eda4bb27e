"""A file that the user moves or renames stays the same file."""

from __future__ import annotations

from pathlib import Path

from tests.unit.write.host_project import Project

A, B = "models/staging/stg_a.sql", "models/staging/stg_b.sql"
BODY = "".join(f"column_{n},\n" for n in range(20))


def move(project: Project, source: str, target: str) -> None:
    path: Path = project.root / target
    path.parent.mkdir(parents=True, exist_ok=True)
    (project.root / source).rename(path)


def test_moved_model_is_updated_where_it_is(project: Project) -> None:
    project.run({A: "a\n", B: "b\n"})
    move(project, A, "models/mine/stg_a.sql")
    assert project.run({A: "a2\n", B: "b\n"})["models/mine/stg_a.sql"] == "update"
    assert project.text("models/mine/stg_a.sql") == "a2\n"
    assert not (project.root / A).exists()


def test_moved_and_edited_model_is_merged(project: Project) -> None:
    project.run({A: BODY, B: "b\n"})
    move(project, A, "models/mine/stg_a.sql")
    project.edit("models/mine/stg_a.sql", "-- mine\n" + BODY)
    assert project.run({A: BODY + "new\n", B: "b\n"})["models/mine/stg_a.sql"] == "merged"
    assert project.text("models/mine/stg_a.sql") == "-- mine\n" + BODY + "new\n"


def test_renamed_model_is_followed_by_its_content(project: Project) -> None:
    project.run({A: BODY, B: "b\n"})
    move(project, A, "models/staging/orders.sql")
    project.edit("models/staging/orders.sql", BODY.replace("column_3,", "column_3, -- mine"))
    changes = project.plan({A: BODY + "new\n", B: "b\n"})
    assert [c.path for c in changes.changes] == ["models/staging/orders.sql", B]
    assert "followed" in changes.changes[0].why
    project.run({A: BODY + "new\n", B: "b\n"})
    assert project.text("models/staging/orders.sql").endswith("column_19,\nnew\n")


def test_yaml_under_its_other_suffix_is_followed(project: Project) -> None:
    page = "models/_models.yml"
    text = "version: 2\nmodels:\n  - name: a\n    description: Of a.\n"
    project.run({page: text, B: "b\n"})
    move(project, page, "models/_models.yaml")
    project.run({page: text + "  - name: b\n", B: "b\n"})
    assert project.text("models/_models.yaml").endswith("  - name: b\n")
    assert not (project.root / page).exists()


def test_a_followed_move_is_remembered(project: Project) -> None:
    project.run({A: "a\n", B: "b\n"})
    move(project, A, "models/mine/stg_a.sql")
    project.run({A: "a\n", B: "b\n"})
    project.edit("models/mine/stg_a.sql", "nothing in common\n")
    before = project.everything()
    assert project.run({A: "a\n", B: "b\n"})["models/mine/stg_a.sql"] == "kept"
    assert project.everything() == before


def test_generating_to_where_the_user_moved_a_file_makes_no_second_one(project: Project) -> None:
    project.run({A: "a\n", B: "b\n"})
    there = "models/mine/stg_a.sql"
    move(project, A, there)
    assert project.run({there: "a2\n", B: "b\n"}) == {there: "update", B: "unchanged"}
    assert project.run({there: "a2\n", B: "b\n"}) == {there: "unchanged", B: "unchanged"}


def test_model_that_we_would_now_place_elsewhere_stays_where_it_is(project: Project) -> None:
    project.run({A: "a\n", B: "b\n"})
    assert project.run({"models/new/stg_a.sql": "a2\n", B: "b\n"}) == {A: "update", B: "unchanged"}
    assert project.text(A) == "a2\n"
    assert not (project.root / "models/new").exists()


def test_deleted_model_is_not_mistaken_for_an_unlike_file(project: Project) -> None:
    project.run({A: BODY, B: "b\n"})
    (project.root / A).unlink()
    project.edit("models/other.sql", "select 1\n")
    assert project.run({A: BODY, B: "b\n"})[A] == "deleted_by_user"
    assert project.text("models/other.sql") == "select 1\n"


def test_two_files_that_could_be_the_moved_one_are_both_left_alone(project: Project) -> None:
    project.run({A: BODY, B: "b\n"})
    move(project, A, "models/x/one.sql")
    project.edit("models/x/two.sql", BODY)
    assert project.run({A: BODY + "new\n", B: "b\n"})[A] == "deleted_by_user"
    assert project.text("models/x/one.sql") == BODY
