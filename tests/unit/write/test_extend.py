"""Tables put into the user's own declaration of a source: no other line of it moves."""

from __future__ import annotations

from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.write.extend import extended
from dbt_cartridge.write.ledger import digest
from tests.unit.write.host_project import HOST, Project

THEIRS, OURS = "models/raw.yml", "models/staging/_shop__sources.yml"
PAGE = """\
version: 2
sources:
  - name: shop
    tables:
      - name: payments
        columns:
          - name: id
      - name: refunds
"""


def _file(text: str = PAGE, path: str = OURS) -> File:
    return File(path=path, text=text, kind="yaml", describes=("shop",), extends=THEIRS)


def _extended(theirs: str, *files: File) -> Files:
    host = HOST.model_copy(update={"source_texts": {THEIRS: theirs}})
    return extended(Files(files=files or (_file(),)), host)


def test_comments_anchors_and_indentation_of_the_users_file_stay() -> None:
    theirs = (
        "sources:\n"
        "# the shop\n"
        "- name: shop  # ours\n"
        "  meta: &m {owner: ana}\n"
        "  tables:\n"
        "  - name: orders\n"
        "    meta: *m\n"
        "\n"
        "  - name: cities\n"
        "    description: >\n"
        "      One row per\n"
        "      city.\n"
        "\n"
        "  # the end of the shop\n"
        "- name: crm\n"
    )
    (file,) = _extended(theirs).files
    added = "\n  - name: payments\n    columns:\n      - name: id\n\n  - name: refunds\n"
    before, behind = theirs.split("      city.\n")
    assert file.path == THEIRS
    assert file.text == f"{before}      city.\n{added}{behind}"
    assert file.over == digest(theirs)
    assert not file.describes


def test_two_sources_of_one_file_are_both_extended() -> None:
    theirs = "sources:\n  - name: shop\n    tables:\n      - name: a\n" + (
        "  - name: crm\n    tables:\n      - name: b"  # no newline at the end
    )
    crm = _file(PAGE.replace("name: shop", "name: crm"), "models/staging/_crm__sources.yml")
    (file,) = _extended(theirs, _file(), crm).files
    assert file.text.count("- name: payments") == 2
    assert file.text.index("- name: refunds") < file.text.index("- name: crm")


def test_where_the_yaml_has_no_place_for_an_entry_ours_stands_beside_it() -> None:
    theirs = "sources:\n  - name: shop\n    tables: [{name: orders}]\n"
    files = _extended(theirs)
    assert [file.path for file in files.files] == [OURS]
    assert OURS in files.left_out[0].why


def test_the_file_stays_the_users(project: Project) -> None:
    theirs = "sources:\n  - name: shop\n    tables:\n      - name: orders\n"
    project.edit(THEIRS, theirs)
    (file,) = _extended(theirs).files
    assert project.run_files(file) == {THEIRS: "update"}
    assert project.text(THEIRS) == file.text
    assert project.run_files() == {}
    project.edit(THEIRS, theirs + "# mine\n")
    assert project.run_files(file) == {THEIRS: "clash"}
    assert project.text(THEIRS) == theirs + "# mine\n"
