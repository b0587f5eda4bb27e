"""`cartridge new`: the files around the models, for every warehouse, and nothing overwritten."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from sqlfluff.core import FluffConfig, Linter

from dbt_cartridge.cli import main
from dbt_cartridge.errors import ConfigError, HostError
from dbt_cartridge.new.connections import ADAPTERS, TARGETS, Connection, connection
from dbt_cartridge.new.project import archive, begin
from dbt_cartridge.new.skeleton import SQLFLUFF, files, project
from dbt_cartridge.render.generic_tests import ALL, text

GIVEN: dict[str, dict[str, str | None]] = {
    "duckdb": {"path": "w.duckdb"},
    "postgres": {"user": "ann", "dbname": "shop", "host": None},
    "redshift": {"host": "h", "user": "ann", "dbname": "shop"},
    "snowflake": {"account": "a", "user": "ann", "database": "d", "warehouse": "w"},
    "bigquery": {"project": "p"},
    "mysql": {"username": "ann"},
}


def made(adapter: str, folder: Path) -> Connection:
    (folder / "w.duckdb").touch()
    given = dict(GIVEN[adapter])
    if adapter == "duckdb":
        given["path"] = str(folder / "w.duckdb")
    return connection("shop", adapter, given, "analytics", folder / "shop")


def profile(adapter: str, folder: Path) -> dict[str, Any]:
    texts = files(made(adapter, folder), ["raw"])
    return yaml.safe_load(texts["profiles.yml"])["shop"]


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_profile_holds_environment_variables_only(adapter: str, tmp_path: Path) -> None:
    found = profile(adapter, tmp_path)
    assert tuple(found["outputs"]) == TARGETS
    schemas = {output[ADAPTERS[adapter].schema] for output in found["outputs"].values()}
    assert len(schemas) == len(TARGETS)
    for output in found["outputs"].values():
        for name, value in output.items():
            if name not in ("type", "threads", "method"):
                assert value.startswith("{{ env_var('"), name


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_variable_of_the_profile_is_in_the_example(adapter: str, tmp_path: Path) -> None:
    texts = files(made(adapter, tmp_path), ["raw"])
    read = set(re.findall(r"env_var\('(\w+)'", texts["profiles.yml"]))
    listed = set(re.findall(r"^(\w+)=", texts[".env.example"], re.MULTILINE))
    assert read == listed
    secret = {name for name in read if "PASSWORD" in name}
    assert all(name.startswith("DBT_ENV_SECRET_") for name in secret)
    assert bool(secret) == any(field.secret for field in ADAPTERS[adapter].fields)


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_file_of_yaml_is_yaml(adapter: str, tmp_path: Path) -> None:
    texts = files(made(adapter, tmp_path), ["raw", "crm"])
    for path, written in texts.items():
        if path.endswith(".yml"):
            assert yaml.safe_load(written), path
    variables = yaml.safe_load(texts["dbt_project.yml"])["vars"]
    assert variables == {"cartridge": {"schemas": ["raw", "crm"]}}


@pytest.mark.parametrize("name", ALL)
def test_generic_tests_pass_the_linter_of_a_new_project(name: str) -> None:
    linter = Linter(config=FluffConfig.from_string(SQLFLUFF.format(dialect="duckdb")))
    assert linter.lint_string(text(name), fname=f"tests/generic/{name}.sql").get_violations() == []


def test_a_folder_that_holds_nothing_is_not_configured() -> None:
    document = yaml.safe_load(project("shop", ["raw"], ["staging"]))
    assert document["models"] == {
        "shop": {"staging": {"+materialized": "view", "+schema": "staging"}}
    }
    assert "snapshots" not in document
    assert "models" not in yaml.safe_load(project("shop", ["raw"], []))


@pytest.mark.parametrize(
    ("adapter", "given", "said"),
    [
        ("postgress", {}, "Did you mean 'postgres'"),
        ("postgres", {}, "needs --user, --dbname"),
        ("postgres", {"account": "x"}, "has no `account`"),
        ("duckdb", {"path": "nowhere.duckdb"}, "There is no DuckDB file"),
        ("bigquery", {"project": "{{ env_var('X') }}"}, "cannot be"),
        ("bigquery", {"project": "a'b"}, "cannot be"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    adapter: str, given: dict[str, str | None], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        connection("shop", adapter, given, "analytics", tmp_path)


def test_what_is_missing_is_asked_for_where_somebody_answers(tmp_path: Path) -> None:
    found = connection("shop", "postgres", {}, "a", tmp_path, lambda field: f"my_{field.name}")
    assert (found.values["user"], found.values["dbname"]) == ("my_user", "my_dbname")


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    there = made("duckdb", tmp_path)
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(HostError, match="nothing was written"):
        begin(folder, there, ["raw"], "dbt")
    assert [(f.name, f.read_text()) for f in folder.iterdir()] == [("notes.txt", "mine")]
    packed = tmp_path / "shop.tar.gz"
    packed.write_text("mine")
    with pytest.raises(HostError, match="nothing is overwritten"):
        archive(folder, packed)
    assert packed.read_text() == "mine"


def test_an_archive_holds_neither_secrets_nor_data_and_is_the_same_twice(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    for path in ("models/a.sql", ".env", "w.duckdb", "target/x", "logs/dbt.log", ".env.example"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    archive(folder, tmp_path / "one.tar.gz")
    archive(folder, tmp_path / "two.tar.gz")
    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()
    with tarfile.open(tmp_path / "one.tar.gz") as packed:
        assert packed.getnames() == ["shop/.env.example", "shop/models/a.sql"]


def test_a_name_that_dbt_cannot_take_and_a_missing_password_are_said_before_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DBT_ENV_SECRET_SHOP_PASSWORD", raising=False)
    common = ["--adapter", "postgres", "--user", "a", "--dbname", "b", "--schemas", "raw"]
    wrong = CliRunner().invoke(main, ["new", "My-Shop", *common])
    assert wrong.exit_code == 2
    assert "cannot be called" in wrong.output
    missing = CliRunner().invoke(main, ["new", "shop", *common])
    assert missing.exit_code == 2
    assert "DBT_ENV_SECRET_SHOP_PASSWORD" in missing.output
    assert list(tmp_path.iterdir()) == []
