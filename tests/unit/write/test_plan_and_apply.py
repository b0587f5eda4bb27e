"""What happens to a file, and that nothing else happens."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dbt_cartridge.documents.changes import Changes
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.errors import WriteError
from dbt_cartridge.write import apply, plan
from tests.unit.write.host_project import HOST, Project, generated

SQL = "models/staging/shop/stg_shop__orders.sql"
YAML = "models/staging/shop/_shop__models.yml"


def test_first_run_creates_files_and_a_ledger(project: Project) -> None:
    assert project.run({SQL: "select 1\n"}) == {SQL: "create"}
    assert project.text(SQL) == "select 1\n"
    assert project.text(f".cartridge/base/{SQL}") == "select 1\n"
    assert SQL in project.text(".cartridge/ledger.json")


def test_plan_shows_the_diff_and_changes_nothing(project: Project) -> None:
    changes = project.plan({SQL: "select 1\n"})
    assert changes.changes[0].diff == f"--- /dev/null\n+++ b/{SQL}\n@@ -0,0 +1 @@\n+select 1\n"
    assert not changes.applied
    assert list(project.root.iterdir()) == []


def test_second_run_changes_no_byte_and_no_time(project: Project) -> None:
    texts = {SQL: "select 1\n", YAML: "models: []\n"}
    project.run(texts)
    before = project.everything()
    assert set(project.run(texts).values()) == {"unchanged"}
    assert project.everything() == before


def test_untouched_file_is_updated(project: Project) -> None:
    project.run({SQL: "select 1\n"})
    assert project.run({SQL: "select 2\n"}) == {SQL: "update"}
    assert project.text(SQL) == "select 2\n"


def test_edited_file_is_kept(project: Project) -> None:
    project.run({SQL: "select 1\n"})
    project.edit(SQL, "select 1 as mine\n")
    assert project.run({SQL: "select 1\n"}) == {SQL: "kept"}
    assert project.text(SQL) == "select 1 as mine\n"


def test_both_sides_changed_in_different_places_is_merged(project: Project) -> None:
    project.run({SQL: "a\nb\nc\nd\ne\n"})
    project.edit(SQL, "a\nmine\nb\nc\nd\ne\n")
    assert project.run({SQL: "a\nb\nc\nd\nours\ne\n"}) == {SQL: "merged"}
    assert project.text(SQL) == "a\nmine\nb\nc\nd\nours\ne\n"
    assert project.run({SQL: "a\nb\nc\nd\nours\ne\n"}) == {SQL: "kept"}


def test_conflict_leaves_the_users_file_and_lays_ours_beside(project: Project) -> None:
    project.run({SQL: "select 1\n"})
    project.edit(SQL, "select 'mine'\n")
    changes = project.plan({SQL: "select 2\n"})
    assert changes.count("conflict") == 1
    assert f".cartridge/conflicts/{SQL}" in changes.changes[0].why
    project.run({SQL: "select 2\n"})
    assert project.text(SQL) == "select 'mine'\n"
    assert project.text(f".cartridge/conflicts/{SQL}") == "select 2\n"


def test_repeated_conflict_changes_nothing_and_stays_a_conflict(project: Project) -> None:
    project.run({SQL: "select 1\n"})
    project.edit(SQL, "select 'mine'\n")
    project.run({SQL: "select 2\n"})
    before = project.everything()
    assert project.run({SQL: "select 2\n"}) == {SQL: "conflict"}
    assert project.everything() == before


def test_removing_our_version_settles_a_conflict(project: Project) -> None:
    project.run({SQL: "select 1\n"})
    project.edit(SQL, "select 'mine'\n")
    project.run({SQL: "select 2\n"})
    (project.root / f".cartridge/conflicts/{SQL}").unlink()
    assert project.run({SQL: "select 2\n"}) == {SQL: "kept"}
    assert project.run({SQL: "select 2\n"}) == {SQL: "kept"}
    assert project.text(SQL) == "select 'mine'\n"


def test_taking_ours_over_settles_a_conflict(project: Project) -> None:
    project.run({SQL: "select 1\n"})
    project.edit(SQL, "select 'mine'\n")
    project.run({SQL: "select 2\n"})
    project.edit(SQL, "select 2\n")
    assert project.run({SQL: "select 2\n"}) == {SQL: "unchanged"}
    assert not (project.root / f".cartridge/conflicts/{SQL}").exists()


def test_file_that_cartridge_did_not_write_is_named_and_left_alone(project: Project) -> None:
    project.edit(SQL, "select 'hand-written'\n")
    changes = project.plan({SQL: "select 1\n"})
    assert changes.changes[0].action == "clash"
    assert "did not write" in changes.changes[0].why
    project.run({SQL: "select 1\n"})
    assert project.text(SQL) == "select 'hand-written'\n"
    assert project.run({SQL: "select 1\n"}) == {SQL: "clash"}


def test_file_deleted_by_the_user_stays_deleted(project: Project) -> None:
    project.run({SQL: "select 1\n", YAML: "models: []\n"})
    (project.root / SQL).unlink()
    assert project.run({SQL: "select 2\n", YAML: "models: []\n"})[SQL] == "deleted_by_user"
    assert not (project.root / SQL).exists()


def test_a_run_on_other_schemas_leaves_the_files_of_the_first(project: Project) -> None:
    project.run({SQL: "select 1\n"})
    other = "models/staging/crm/stg_crm__leads.sql"
    assert project.run({other: "select 3\n"}) == {other: "create"}
    assert project.run({SQL: "select 2\n"}) == {SQL: "update"}


@pytest.mark.parametrize(
    ("text", "now"),
    [
        (b"select 1\r\n-- a\r\n", b"select 2\r\n-- a\r\n"),
        (b"\xef\xbb\xbfselect 1\n-- a\n", b"\xef\xbb\xbfselect 2\n-- a\n"),
        (
            "\ufeffselect 1\n-- a\n".encode("utf-16-le"),
            "\ufeffselect 2\n-- a\n".encode("utf-16-le"),
        ),
    ],
    ids=["crlf", "byte order mark", "utf-16"],
)
def test_line_ends_and_encoding_of_a_file_survive(
    project: Project, text: bytes, now: bytes
) -> None:
    project.run({SQL: "select 1\n-- a\n"})
    (project.root / SQL).write_bytes(text)
    assert project.run({SQL: "select 1\n-- a\n"}) == {SQL: "unchanged"}
    assert (project.root / SQL).read_bytes() == text
    assert project.run({SQL: "select 2\n-- a\n"}) == {SQL: "update"}
    assert (project.root / SQL).read_bytes() == now


def test_bytes_that_are_no_utf8_survive_a_merge(project: Project) -> None:
    project.run({SQL: "a\nb\nc\n"})
    (project.root / SQL).write_bytes(b"a -- caf\xe9\nb\nc\n")
    assert project.run({SQL: "a\nb\nc\nd\n"}) == {SQL: "merged"}
    assert (project.root / SQL).read_bytes() == b"a -- caf\xe9\nb\nc\nd\n"


def test_text_with_accents_is_not_mixed_into_another_encoding(project: Project) -> None:
    project.run({SQL: "a\nb\nc\n"})
    (project.root / SQL).write_bytes(b"a -- caf\xe9\nb\nc\n")
    changes = project.plan({SQL: "a\nb\nc\né\n"})
    assert changes.changes[0].action == "conflict"
    assert "UTF-8" in changes.changes[0].why


def test_permissions_of_a_file_survive(project: Project) -> None:
    project.run({SQL: "select 1\n"})
    (project.root / SQL).chmod(0o640)
    project.run({SQL: "select 2\n"})
    assert (project.root / SQL).stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "path",
    ["../x.sql", "/etc/x.sql", "models/../../x.sql", "models/a\\b.sql", "C:/x.sql",
     "dbt_project.yml", "models/.git/x.sql", "models/a\nb.sql", "",
     "models//x.sql", "modelsx/x.sql"],
)  # fmt: skip
def test_path_outside_the_hosts_folders_is_refused(project: Project, path: str) -> None:
    files = Files(files=(File(path=path, text="x", kind="sql"),))
    with pytest.raises(WriteError, match="Nothing was written"):
        plan(files, HOST, project.root)
    assert list(project.root.iterdir()) == []


def test_two_paths_that_differ_in_case_only_are_refused(project: Project) -> None:
    with pytest.raises(WriteError, match="where case does not count"):
        project.plan({"models/a.sql": "1", "models/A.sql": "2"})


def test_link_out_of_the_project_is_not_followed(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (project.root / "models").mkdir()
    (project.root / "models" / "staging").symlink_to(outside)
    changes = project.plan({SQL: "select 1\n"})
    assert changes.changes[0].action == "clash"
    assert "leads out" in changes.changes[0].why
    project.run({SQL: "select 1\n"})
    assert list(outside.iterdir()) == []


def test_link_inside_the_project_stays_a_link(project: Project) -> None:
    project.run({SQL: "select 1\n"})
    real = project.root / "models" / "real.sql"
    os.replace(project.root / SQL, real)
    (project.root / SQL).symlink_to(real)
    assert project.run({SQL: "select 2\n"}) == {SQL: "update"}
    assert (project.root / SQL).is_symlink()
    assert real.read_text() == "select 2\n"


def test_read_only_file_is_an_error_and_nothing_changes(project: Project) -> None:
    project.run({SQL: "select 1\n", YAML: "models: []\n"})
    (project.root / SQL).chmod(0o444)
    before = project.bytes()
    with pytest.raises(WriteError, match="is read-only"):
        project.run({SQL: "select 2\n", YAML: "version: 2\n"})
    assert project.bytes() == before


def test_unwritable_folder_is_an_error_and_nothing_changes(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.root / "models").mkdir()
    # Permissions do not bind root, who may be running the tests.
    monkeypatch.setattr(os, "access", lambda folder, _: Path(folder).name != "models")
    with pytest.raises(WriteError, match="cannot be written to"):
        project.run({SQL: "select 1\n"})
    assert list((project.root / "models").iterdir()) == []


def test_file_where_a_folder_is_needed_is_an_error(project: Project) -> None:
    project.edit("models/staging", "a file")
    with pytest.raises(WriteError, match="a folder is needed"):
        project.run({SQL: "select 1\n"})
    assert not (project.root / ".cartridge").exists()


def test_folder_where_a_file_is_needed_is_an_error(project: Project) -> None:
    (project.root / SQL).mkdir(parents=True)
    with pytest.raises(WriteError, match="a file is needed"):
        project.plan({SQL: "select 1\n"})


def test_apply_refuses_when_the_project_changed_since_the_plan(project: Project) -> None:
    planned = project.plan({SQL: "select 1\n"})
    project.edit(SQL, "select 'just now'\n")
    with pytest.raises(WriteError, match="changed since the plan"):
        apply(generated({SQL: "select 1\n"}), planned, project.root)
    assert project.text(SQL) == "select 'just now'\n"


def test_apply_takes_a_plan_that_was_saved(project: Project, tmp_path: Path) -> None:
    project.plan({SQL: "select 1\n"}).save(tmp_path)
    apply(generated({SQL: "select 1\n"}), Changes.load(tmp_path), project.root)
    assert project.text(SQL) == "select 1\n"


def test_file_generated_elsewhere_now_is_moved_unless_edited(project: Project) -> None:
    folder = File(path="models/_m.yml", text="models: []\n", kind="yaml", describes=("a", "b"))
    one = File(path="models/a.yml", text="models: [1]\n", kind="yaml", describes=("a",))
    two = File(path="models/b.yml", text="models: [2]\n", kind="yaml", describes=("b",))
    before, after = Files(files=(folder,)), Files(files=(one, two))
    apply(before, plan(before, HOST, project.root), project.root)
    changes = apply(after, plan(after, HOST, project.root), project.root)
    assert [c.action for c in changes.changes] == ["prune", "create", "create"]
    assert not (project.root / "models/_m.yml").exists()
    assert not (project.root / ".cartridge/base/models/_m.yml").exists()


def test_diff_of_hostile_text_can_be_saved(project: Project, tmp_path: Path) -> None:
    project.run({SQL: "a\n"})
    (project.root / SQL).write_bytes(b"\xff\n")
    changes = project.plan({SQL: "b"})
    changes.save(tmp_path)
    assert "No newline at end of file" in Changes.load(tmp_path).changes[0].diff


def test_dbt_parses_anew_where_doc_blocks_have_changed(project: Project) -> None:
    """Its partial parse fails on a block that goes together with what named it."""
    parsed = project.root / "target" / "partial_parse.msgpack"
    page = "models/_docs.md"
    project.run({page: "{% docs a %}\none\n{% enddocs %}\n", SQL: "select 1\n"})
    project.edit("target/partial_parse.msgpack", "parsed")
    project.run({page: "{% docs a %}\none\n{% enddocs %}\n", SQL: "select 2\n"})
    assert parsed.exists()
    project.run({page: "{% docs b %}\none\n{% enddocs %}\n", SQL: "select 2\n"})
    assert not parsed.exists()
