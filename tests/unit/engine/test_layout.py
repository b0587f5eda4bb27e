"""Names and places follow the host's own: prefixes or suffixes, domains, folders, YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge.documents.host import Host
from dbt_cartridge.engine.base import Target
from dbt_cartridge.engine.host import read_host

TARGET = Target("duckdb", "shop", "analytics", 4, "1.11.16")


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder, self.nodes, self.sources = folder, dict[str, Any](), dict[str, Any]()
        (folder / "dbt_project.yml").write_text("name: shop\n")

    def source(self, name: str, table: str, path: str) -> Project:
        self.sources[f"source.shop.{name}.{table}"] = {
            "source_name": name, "name": table, "schema": name, "original_file_path": path,
            "package_name": "shop",
        }  # fmt: skip
        return self.written(path, "")

    def model(self, path: str, *reads: str, patch: str = "") -> Project:
        name = Path(path).stem
        self.nodes[f"model.shop.{name}"] = {
            "unique_id": f"model.shop.{name}", "name": name, "resource_type": "model",
            "original_file_path": path, "package_name": "shop", "raw_code": "select 1",
            "depends_on": {"nodes": list(reads)}, "patch_path": patch and f"shop://{patch}",
        }  # fmt: skip
        return self

    def written(self, path: str, text: str) -> Project:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text() if file.exists() else "") + text)
        return self

    def host(self) -> Host:
        manifest = {
            "metadata": {"project_name": "shop", "adapter_type": "duckdb"},
            "nodes": self.nodes, "sources": self.sources, "macros": {},
        }  # fmt: skip
        return read_host(self.folder, manifest, TARGET)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_a_suffix_is_learnt_as_a_prefix_is(project: Project):
    host = project.model("models/a/orders_fct.sql").model("models/a/people_dim.sql").host()
    assert host.called("fact", "lines") == "lines_fct"
    assert host.called("dimension", "customers") == "customers_dim"
    assert host.label_of("dimension", "customers_dim") == "customers"


def test_staging_is_called_with_its_source_or_without_as_the_hosts_is(project: Project):
    project.source("crm", "people", "models/crm.yml")
    bare = project.model("models/staging/stg__staff.sql", "source.shop.crm.people")
    assert bare.host().staging_label == "{source}__{table}"  # `staff` is another word
    bare = project.model("models/staging/stg__people.sql", "source.shop.crm.people")
    assert (bare.host().staging_prefix, bare.host().staging_label) == ("stg__", "{table}")


def _two_domains(project: Project) -> Host:
    project.source("web", "orders", "models/sales/staging/_sources.yml")
    project.model("models/sales/staging/stg_web__orders.sql", "source.shop.web.orders")
    project.model("models/sales/marts/orders_fct.sql", "model.shop.stg_web__orders")
    project.model("models/people/staging/stg_people.sql")
    return project.model("models/people/marts/people_dim.sql", "model.shop.stg_people").host()


def test_models_lie_where_others_of_their_source_do(project: Project):
    host = _two_domains(project)
    assert host.place("staging", "web") == ("sales/staging", True)
    assert host.place("marts", "web") == ("sales/marts", True)
    assert host.place("intermediate", "web") == ("sales/intermediate", True)


def test_a_source_of_no_domain_gets_one_of_its_own(project: Project):
    assert _two_domains(project).place("marts", "bank") == ("bank/marts", True)


def test_one_domain_for_all_is_joined(project: Project):
    project.model("models/dwh_models/staging/stg_a.sql")
    host = project.model("models/dwh_models/marts/dim_a.sql").host()
    assert host.place("marts", "bank") == ("dwh_models/marts", False)


def _by_deed(project: Project) -> Project:
    """`inlets` stage, `bays` compute, nobody reads `coves`; no folder bears a layer's name."""
    for source in ("web", "bank"):
        project.source(source, "orders", f"models/inlets/{source}/_sources.yml")
        project.source(source, "people", f"models/inlets/{source}/_sources.yml")
        for table in ("orders", "people"):
            own = f"source.shop.{source}.{table}"
            project.model(f"models/inlets/{source}/{source}_{table}.sql", own)
        project.model(f"models/bays/{source}_joined.sql", f"model.shop.{source}_orders")
        project.model(f"models/coves/{source}_by_day.sql", f"model.shop.{source}_joined")
    return project


def test_folders_are_known_by_what_their_models_do_where_no_name_tells(project: Project):
    host = _by_deed(project).host()
    assert host.place("staging", "web") == ("inlets/web", True)
    assert host.place("staging", "crm") == ("inlets", False)
    assert host.place("marts", "crm") == ("coves", False)
    assert {model.layer for model in host.models if "inlets" in model.path} == {"staging"}


def test_a_folder_that_bears_a_layers_name_says_more_than_deeds(project: Project):
    host = _by_deed(project).model("models/staging/stg_a.sql").host()
    assert host.place("staging", "crm") == ("staging", False)


def test_reports_that_nobody_reads_are_no_staging_though_they_read_a_source_each(project: Project):
    for table in ("orders", "people"):
        project.source("web", table, "models/web.yml")
        project.model(f"models/reports/{table}_report.sql", f"source.shop.web.{table}")
    assert project.host().place("staging", "web") == ("staging", False)


def test_what_is_not_of_the_only_domain_does_not_go_there(project: Project):
    project.model("models/sales/usage/intermediate/int_a.sql")
    for name in ("b", "c"):
        project.model(f"models/{name}.sql")
    assert project.host().place("intermediate", "bank") == ("intermediate", False)


def test_yaml_is_called_as_the_hosts_is(project: Project):
    project.source("crm", "people", "models/staging/src_crm.yml")
    project.model("models/staging/stg_a.sql", patch="models/staging/schema.yml")
    project.model("models/marts/b.sql", patch="models/marts/schema.yml")
    host = project.written("models/marts/schema.yml", "    tests:\n      - unique\n").host()
    assert (host.models_yaml, host.sources_yaml) == ("schema.yml", "src_{source}.yml")
    assert host.tests_key == "tests"
    assert "models/marts/schema.yml" in host.yaml_files


def test_the_folders_name_in_a_yaml_files_is_the_folders(project: Project):
    project.model("models/staging/a.sql", patch="models/staging/_staging.yaml")
    host = project.model("models/marts/b.sql", patch="models/marts/_marts.yaml").host()
    assert host.models_yaml == "_{folder}.yaml"


def test_what_the_host_has_none_of_is_called_and_placed_like_the_rest(project: Project):
    project.model("transform/Staging/a_stg.sql")
    host = project.model("transform/Marts/b_dim.sql").host()
    assert (host.fact_prefix, host.fact_suffix) == ("", "_fct")
    assert (host.intermediate_folder, host.intermediate_suffix) == ("Intermediate", "_int")


def test_files_of_one_model_each_that_bear_their_folders_name_are_a_file_per_folder(
    project: Project,
):
    for folder in ("staging", "marts"):
        project.model(f"models/{folder}/a_{folder}.sql", patch=f"models/{folder}/_{folder}.yml")
    assert project.host().yaml_layout == "folder"


def test_a_name_that_one_file_has_is_no_habit(project: Project):
    project.source("erp", "people", "models/sources/hr.yaml")
    project.source("erp", "orders", "models/sources/sales.yaml")
    project.model("models/staging/stg_a.sql", patch="models/staging/people.yaml")
    host = project.host()
    assert (host.models_yaml, host.sources_yaml, host.yaml_suffix) == ("", "", ".yaml")


def test_a_yaml_file_above_a_folder_of_its_name_is_called_after_it(project: Project):
    for sport in ("nba", "nfl"):
        project.model(f"models/{sport}/raw/{sport}_games.sql", patch=f"models/_{sport}_docs.yml")
    assert project.host().models_yaml == "_{folder}_docs.yml"


def test_models_that_read_each_other_through_many_do_not_end_in_a_loop(project: Project):
    project.source("crm", "people", "models/crm.yml")
    project.model("models/marts/m0.sql", "source.shop.crm.people")
    for number in range(1, 2000):
        project.model(f"models/marts/m{number}.sql", f"model.shop.m{number - 1}")
    assert project.host().places["crm"].folders == {"marts": "marts"}
