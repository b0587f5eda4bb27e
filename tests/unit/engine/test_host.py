"""The host project's habits are read from what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge.engine.base import Target
from dbt_cartridge.engine.host import built_relations, project_vars, read_host, read_manifest
from dbt_cartridge.errors import HostError

TARGET = Target("postgres", "shop", "analytics", 4, "1.10.2")


def model(path: str, patch: str | None = None, resource: str = "model") -> dict[str, Any]:
    name = Path(path).stem
    return {
        "unique_id": f"{resource}.shop.{name}", "name": name, "resource_type": resource,
        "original_file_path": path, "package_name": "shop", "schema": "Analytics", "alias": name,
        "patch_path": patch,
    }  # fmt: skip


def manifest(*nodes: dict[str, Any], packages: tuple[str, ...] = ()) -> dict[str, Any]:
    macros = {f"macro.{p}.x": {"package_name": p} for p in ("dbt", "dbt_postgres", *packages)}
    source = {"source_name": "crm", "name": "people", "schema": "raw",
              "original_file_path": "models/crm.yml"}  # fmt: skip
    return {
        "metadata": {"project_name": "shop", "adapter_type": "postgres"},
        "nodes": {node["unique_id"]: node for node in nodes},
        "sources": {"source.shop.crm.people": source},
        "macros": macros,
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "dbt_project.yml").write_text(
        "name: shop\nmodel-paths: [transform]\nvars: {cartridge: {schemas: [raw]}, other: 1}\n"
    )
    return tmp_path


def test_prefixes_and_folders_follow_the_majority(project: Path) -> None:
    host = read_host(
        project,
        manifest(
            model("transform/stage/staging_a.sql"),
            model("transform/stage/staging_b.sql"),
            model("transform/core/d_c.sql"),
            model("transform/core/fact_d.sql"),
        ),
        TARGET,
    )
    assert (host.staging_prefix, host.staging_folder) == ("staging_", "stage")
    assert (host.dimension_prefix, host.fact_prefix, host.marts_folder) == ("d_", "fact_", "core")
    assert (host.intermediate_prefix, host.intermediate_folder) == ("int_", "intermediate")
    assert host.model_paths == ("transform",)


def test_yaml_a_file_per_model_is_seen(project: Path) -> None:
    alone = [model(f"transform/m{i}.sql", f"shop://transform/m{i}.yml") for i in range(3)]
    assert read_host(project, manifest(*alone), TARGET).yaml_layout == "model"
    together = [model(f"transform/m{i}.sql", "shop://transform/all.yml") for i in range(3)]
    assert read_host(project, manifest(*together), TARGET).yaml_layout == "folder"


def test_packages_are_those_of_the_host_and_not_dbts_own(project: Path) -> None:
    found = read_host(project, manifest(packages=("dbt_utils", "cartridge", "shop")), TARGET)
    assert found.packages == ("dbt_utils",)
    assert found.has_dbt_utils


def test_sources_and_models_are_listed(project: Path) -> None:
    host = read_host(project, manifest(model("transform/a.sql")), TARGET)
    assert [(s.name, s.schema_name, s.tables) for s in host.sources] == [
        ("crm", "raw", ("people",))
    ]
    assert [(m.name, m.path) for m in host.models] == [("a", "transform/a.sql")]


def test_models_and_snapshots_are_built_and_seeds_are_not() -> None:
    nodes = (
        model("m/A.sql"),
        model("s/b.sql", resource="snapshot"),
        model("s/c.csv", resource="seed"),
    )
    assert built_relations(manifest(*nodes)) == {("analytics", "a"), ("analytics", "b")}


def test_options_are_read_from_vars(project: Path) -> None:
    assert project_vars(project) == {"schemas": ["raw"]}


@pytest.mark.parametrize(
    ("text", "words"), [("name: [", "no valid YAML"), ("", "is empty"), (None, "no dbt project")]
)
def test_a_project_file_that_cannot_be_read_is_said(
    tmp_path: Path, text: str | None, words: str
) -> None:
    if text is not None:
        (tmp_path / "dbt_project.yml").write_text(text)
    with pytest.raises(HostError, match=words):
        project_vars(tmp_path)


def test_a_missing_manifest_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="dbt parse"):
        read_manifest(tmp_path)


def test_templates_lie_beside_the_project_under_the_names_of_kinds(project: Path) -> None:
    folder = project / "cartridge"
    folder.mkdir()
    (folder / "fact.sql").write_text("select 1\r\n")
    assert read_host(project, manifest(), TARGET).templates == {"fact": "select 1\n"}
    (folder / "dimensions.sql").write_text("select 1")
    with pytest.raises(HostError, match=r"cartridge/dimensions.sql .*Did you mean 'dimension'"):
        read_host(project, manifest(), TARGET)


def test_keys_are_what_tests_and_constraints_say_is_unique(project: Path) -> None:
    def said(name: str, **arguments: Any) -> dict[str, Any]:
        return {
            "unique_id": f"test.shop.{name}.{len(arguments)}", "name": name,
            "resource_type": "test", "depends_on": {"nodes": ["model.shop.a"]},
            "test_metadata": {"name": name, "kwargs": arguments},
        }  # fmt: skip

    its = model("transform/a.sql")
    its["constraints"] = [{"type": "primary_key", "columns": ["x", "y"]}, {"type": "check"}]
    its["columns"] = {"z": {"name": "z", "constraints": [{"type": "unique"}]}}
    pair = said("unique_combination_of_columns", combination_of_columns=["p", "q"])
    where = said("unique", column_name="sometimes", model="x") | {"config": {"where": "x > 1"}}
    found = read_host(project, manifest(its, said("unique", column_name="id"), pair, where), TARGET)
    (a,) = found.models
    assert set(a.keys) == {("id",), ("p", "q"), ("x", "y"), ("z",)}
