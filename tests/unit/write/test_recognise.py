"""A second run knows the first one's models from the user's own."""

from __future__ import annotations

from dbt_cartridge.documents.host import HostModel, HostSource
from dbt_cartridge.write import recognise
from tests.unit.write.host_project import HOST, Project

STG, MINE = "models/staging/stg_a.sql", "models/mine.sql"
SOURCES = "models/staging/_sources.yml"


def generated(project: Project, *models: str, package: str = "shop") -> list[bool]:
    host = HOST.model_copy(
        update={
            "models": tuple(HostModel(name=m, path=m, package=package) for m in models),
            "sources": (HostSource(name="raw", schema_name="raw", path=SOURCES),),
        }
    )
    found = recognise(host, project.root)
    return [*(m.generated for m in found.models), *(s.generated for s in found.sources)]


def test_models_and_sources_of_the_ledger_are_recognised(project: Project) -> None:
    project.run({STG: "a\n", SOURCES: "sources: []\n"})
    project.edit(MINE, "b\n")
    assert generated(project, STG, MINE) == [True, False, True]


def test_a_project_without_a_ledger_is_all_the_users(project: Project) -> None:
    assert generated(project, STG, MINE) == [False, False, False]


def test_a_moved_model_is_recognised(project: Project) -> None:
    project.run({STG: "a\n"})
    (project.root / STG).rename(project.root / "models/stg_a.sql")
    assert generated(project, "models/stg_a.sql") == [True, False]
    project.run({STG: "a\n"})
    assert generated(project, "models/stg_a.sql", MINE) == [True, False, False]


def test_another_packages_model_at_such_a_path_is_not_ours(project: Project) -> None:
    project.run({STG: "a\n"})
    assert generated(project, STG, package="other") == [False, False]


def test_yaml_that_the_user_renamed_is_still_ours(project: Project) -> None:
    project.run({STG: "a\n", SOURCES: "sources: []\n"})
    (project.root / SOURCES).rename(project.root / "models/staging/schema.yml")
    host = HOST.model_copy(
        update={
            "sources": (
                HostSource(name="raw", schema_name="raw", path="models/staging/schema.yml"),
            ),
            "yaml_files": ("models/mine.yml", "models/staging/schema.yml"),
        }
    )
    found = recognise(host, project.root)
    assert [source.generated for source in found.sources] == [True]
    assert found.yaml_files == ("models/mine.yml",)
