"""What of the host is in the copy, and what can never be reached from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dbt_cartridge.documents.design import Source
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.host import HostModel, HostSource
from dbt_cartridge.errors import HostError, VerifyError
from dbt_cartridge.verify.host_copy import copy_surroundings, make_copy
from tests.unit.verify import shop

NEW = File(path="models/new.sql", text="select 1", kind="sql")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A host with one of everything."""
    for path, text in {
        "dbt_project.yml": "name: shop\nprofile: shop\n",
        "profiles.yml": "shop: {}\n",
        "packages.yml": "packages: []\n",
        "selectors.yml": "selectors: []\n",
        "warehouse.duckdb": "data",
        "keys/key.json": "{}",
        ".git/config": "",
        "target/manifest.json": "{}",
        "models/own.sql": "select 1 from {{ ref('below') }}",
        "models/below.sql": "select 1",
        "models/own.yml": "version: 2",
        "models/docs/own.md": "{% docs own %}x{% enddocs %}",
        "macros/own.sql": "{% macro own() %}{% endmacro %}",
        "macros/deep/own.sql": "",
        "tests/singular.sql": "select 1",
        "tests/generic/own.sql": "",
        "seeds/own.csv": "a\n1",
    }.items():
        file = tmp_path / "host" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "host"


def copied(project: Path, *files: File, **changes: Any) -> Path:
    around = project.parent / "around"
    around.mkdir()
    folder = copy_surroundings(project, around)
    host = shop.host().model_copy(update=changes.pop("host", {}))
    design = shop.design(**changes)
    make_copy(project, host, design, Files(files=files or (NEW,)), folder)
    return folder


def paths(folder: Path) -> set[str]:
    return {
        (Path(at) / name).relative_to(folder).as_posix()
        for at, _, names in __import__("os").walk(folder, followlinks=True)
        for name in names
    }


def configured(folder: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((folder / "dbt_project.yml").read_text()))


def test_copy_holds_what_the_new_files_need_and_no_more(project: Path) -> None:
    assert paths(copied(project)) == {
        "dbt_project.yml",
        "profiles.yml",
        "warehouse.duckdb",
        "keys/key.json",
        "models/new.sql",
        "models/docs/own.md",
        "macros/own.sql",
        "macros/deep/own.sql",
        "tests/generic/own.sql",
    }


def test_models_of_the_host_that_our_sql_reads_come_with_what_they_read(project: Path) -> None:
    theirs = [HostModel(name=n, path=f"models/{n}.sql", package="shop") for n in ("own", "below")]
    reading = NEW.model_copy(update={"text": "select * from {{ ref('shop', 'own') }}"})

    folder = copied(project, reading, host={"models": tuple(theirs)})

    assert {"models/own.sql", "models/below.sql"} <= paths(folder)
    assert "models/own.yml" not in paths(folder)


def test_a_version_of_a_model_is_the_model_in_the_copy(project: Path) -> None:
    (project / "models/old_v2.sql").write_text("select 1 as id\n")
    old = HostModel(name="old", path="models/old_v2.sql", package="shop")
    file = File(path="models/new.sql", text="select * from {{ ref('old') }}\n", kind="sql")
    found = paths(copied(project, file, host={"models": (old,)}))
    assert "models/old.sql" in found
    assert "models/old_v2.sql" not in found


def test_new_file_never_reaches_the_host(project: Path) -> None:
    new = [
        File(path=path, text="new", kind="sql")
        for path in ("macros/own.sql", "macros/deep/own.sql", "macros/deep/new.sql",
                     "models/own.sql", "tests/generic/own.sql", "keys/new.sql")
    ]  # fmt: skip
    before = {path: (project / path).read_text() for path in paths(project)}

    folder = copied(project, *new)

    assert {path: (project / path).read_text() for path in paths(project)} == before
    assert all((folder / file.path).read_text() == "new" for file in new)


@pytest.mark.parametrize("path", ["../escaped.sql", "models/../../escaped.sql"])
def test_path_that_leads_out_is_refused(project: Path, path: str) -> None:
    with pytest.raises(VerifyError, match="outside of the project"):
        copied(project, File(path=path, text="x", kind="sql"))

    assert not (project.parent / "escaped.sql").exists()


def test_what_lies_beside_the_host_lies_beside_the_copy(project: Path) -> None:
    (project.parent / "shared.duckdb").write_text("data")

    assert (copied(project) / "../shared.duckdb").read_text() == "data"


def test_project_loses_hooks_and_flags_at_any_depth_and_nothing_else(project: Path) -> None:
    (project / "dbt_project.yml").write_text("""
name: shop
on-run-start: drop
on-run-end: [drop]
vars: {on-run-end: kept}
flags: {warn_error: true, fail_fast: true, require_explicit_x: true}
target-path: elsewhere
models:
  +materialized: table
  +pre-hook: drop
  shop: {staging: {post-hook: [drop], +schema: "{{ env_var('X') }}"}}
data_tests: {+store_failures: true, shop: {store_failures_as: table, +severity: error}}
""")

    config = configured(copied(project))

    assert config["models"] == {
        "+materialized": "table", "shop": {"staging": {"+schema": "{{ env_var('X') }}"}}
    }  # fmt: skip
    assert config["data_tests"] == {"shop": {}, "+severity": "warn"}
    assert config["flags"] == {"require_explicit_x": True}
    assert config["vars"] == {"on-run-end": "kept"}
    assert not {"on-run-start", "on-run-end", "target-path"} & config.keys()


def test_package_keeps_its_macros_and_loses_hooks_and_models(project: Path) -> None:
    for name in ("loud", "cartridge"):
        package = project / "dbt_packages" / name
        (package / "macros").mkdir(parents=True)
        (package / "macros/m.sql").write_text("")
        (package / "dbt_project.yml").write_text(f"name: {name}\non-run-end: [drop]\n")
    (project / "dbt_packages/not_a_package").mkdir()

    folder = copied(project)

    assert [each.name for each in (folder / "dbt_packages").iterdir()] == ["loud"]
    loud = folder / "dbt_packages/loud"
    nowhere = ["cartridge_nowhere"]
    assert (loud / "macros/m.sql").exists()
    assert configured(loud) == {
        "name": "loud", "model-paths": nowhere, "snapshot-paths": nowhere,
        "seed-paths": nowhere, "analysis-paths": nowhere,
    }  # fmt: skip


def test_package_keeps_the_models_that_our_sql_reads(project: Path) -> None:
    package = project / "deps" / "crm"
    package.mkdir(parents=True)
    (package / "dbt_project.yml").write_text("name: crm\n")
    (project / "dbt_project.yml").write_text("name: shop\npackages-install-path: deps\n")
    reading = NEW.model_copy(update={"text": "select * from {{ ref('contacts') }}"})
    theirs = HostModel(name="contacts", path="models/contacts.sql", package="crm")

    folder = copied(project, reading, host={"models": (theirs,)})

    assert configured(folder / "dbt_packages/crm") == {"name": "crm"}


def test_declaration_of_a_source_of_the_host_comes_without_its_tests(project: Path) -> None:
    (project / "models/crm.yml").write_text("""
version: 2
sources:
  - name: crm
    schema: "{{ target.schema }}"
    tables: [{name: contacts, data_tests: [x], columns: [{name: id, tests: [unique]}]}]
  - name: other
models: [{name: own}]
""")
    declared = HostSource(name="crm", schema_name="crm", path="models/crm.yml")
    used = Source(name="crm", schema_name="crm")

    folder = copied(project, sources=[used], host={"sources": (declared,)})

    written = yaml.safe_load((folder / "models/cartridge_host_sources.yml").read_text())
    table = {"name": "contacts", "columns": [{"name": "id"}]}
    assert written["sources"] == [
        {"name": "crm", "schema": "{{ target.schema }}", "tables": [table]}
    ]


def test_declaration_that_cannot_be_read_is_named(project: Path) -> None:
    (project / "models/crm.yml").write_text("a: [")
    declared = HostSource(name="crm", schema_name="crm", path="models/crm.yml")
    used = Source(name="crm", schema_name="crm")

    with pytest.raises(HostError, match=r"crm\.yml declares a source and cannot be read"):
        copied(project, sources=[used], host={"sources": (declared,)})


def test_project_whose_models_lie_at_its_root_can_be_copied(project: Path) -> None:
    (project / "dbt_project.yml").write_text("name: shop\nmodel-paths: ['.']\n")
    (project / "own.sql").write_text("select 1")

    found = paths(copied(project, File(path="new.sql", text="select 1", kind="sql")))

    assert {"new.sql", "macros/own.sql", "profiles.yml", "warehouse.duckdb"} - found == {
        "profiles.yml"  # its suffix is that of dbt's own files
    }
    assert "own.sql" not in found
