"""What a profile says of each warehouse: dbt's own names, and an environment variable for each."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbt_cartridge.errors import ConfigError, did_you_mean

TARGETS = ("dev", "staging", "prod", "test")


@dataclass(frozen=True)
class Field:
    """One line of a profile. Without a default it has to be given. A secret is never written."""

    name: str
    default: str | None = None
    secret: bool = False
    number: bool = False
    help: str = ""


@dataclass(frozen=True)
class Adapter:
    """`schema` is dbt's name for where models go; `fixed` stands in the profile as it is."""

    packages: tuple[str, ...]
    fields: tuple[Field, ...]
    schema: str = "schema"
    fixed: tuple[tuple[str, Any], ...] = ()
    threads: int = 4


_CORE = "dbt-core>=1.10,<2"
_PASSWORD = Field("password", secret=True)
ADAPTERS: Mapping[str, Adapter] = {
    "duckdb": Adapter(
        (_CORE, "dbt-duckdb>=1.9,<2"),
        (Field("path", help="The DuckDB file."),),
    ),
    "postgres": Adapter(
        (_CORE, "dbt-postgres>=1.9,<2"),
        (
            Field("host", "localhost"),
            Field("port", "5432", number=True),
            Field("user"),
            _PASSWORD,
            Field("dbname", help="The database."),
        ),
    ),
    "redshift": Adapter(
        (_CORE, "dbt-redshift>=1.9,<2"),
        (
            Field("host"),
            Field("port", "5439", number=True),
            Field("user"),
            _PASSWORD,
            Field("dbname", help="The database."),
        ),
    ),
    "snowflake": Adapter(
        (_CORE, "dbt-snowflake>=1.9,<2"),
        (
            Field("account"),
            Field("user"),
            _PASSWORD,
            Field("role", ""),
            Field("database"),
            Field("warehouse"),
        ),
    ),
    "bigquery": Adapter(
        (_CORE, "dbt-bigquery>=1.9,<2"),
        (
            Field("project"),
            Field("location", "US"),
            Field("job_execution_timeout_seconds", "1800", number=True,
                  help="Most seconds for one statement, which BigQuery then cancels."),
        ),
        schema="dataset",
        fixed=(("method", "oauth"),),
    ),
    "mysql": Adapter(
        ("dbt-core>=1.7,<1.8", "dbt-mysql>=1.7,<1.8"),
        (Field("server", "localhost"), Field("port", "3306", number=True), Field("username"),
         _PASSWORD),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Connection:
    """How a new project reaches its warehouse. `values` holds no secret."""

    project: str
    adapter: str
    values: Mapping[str, str]
    schema: str

    @property
    def about(self) -> Adapter:
        return ADAPTERS[self.adapter]

    def variable(self, field: str) -> str:
        """dbt keeps what is called DBT_ENV_SECRET_… out of its logs."""
        plain = f"{self.project}_{field}".upper()
        secret = any(one.secret for one in self.about.fields if one.name == field)
        return f"DBT_ENV_SECRET_{plain}" if secret else plain

    def output(self, target: str) -> dict[str, Any]:
        """One target of profiles.yml: environment variables, with what was given as defaults."""
        lines: dict[str, Any] = {"type": self.adapter}
        lines |= dict(self.about.fixed)
        for field in self.about.fields:
            lines[field.name] = self._read(field)
        schema = f"{{{{ env_var('{self.variable('schema')}', '{self.schema}') }}}}"
        lines[self.about.schema] = schema if target == "prod" else f"{schema}_{target}"
        lines["threads"] = self.about.threads
        return lines

    def environment(self) -> list[str]:
        """`.env.example`, line by line."""
        names = [(f.name, "" if f.secret else self.values[f.name]) for f in self.about.fields]
        return [
            f"{self.variable(name)}={value}" for name, value in [*names, ("schema", self.schema)]
        ]

    def _read(self, field: Field) -> str:
        name = self.variable(field.name)
        if field.secret:
            return f"{{{{ env_var('{name}') }}}}"
        number = " | as_number" if field.number else ""
        return f"{{{{ env_var('{name}', '{self.values[field.name]}'){number} }}}}"


def connection(
    project: str,
    adapter: str,
    given: Mapping[str, str | None],
    schema: str,
    folder: Path,
    ask: Callable[[Field], str] | None = None,
) -> Connection:
    """What was given, filled up by defaults, and by asking where somebody is there to answer.

    Args:
        folder: the new project's, from which a file's path is told.

    Raises:
        ConfigError: an adapter that is not known, something missing, or a value that cannot stand
            in a profile.
    """
    if adapter not in ADAPTERS:
        near = did_you_mean(adapter, ADAPTERS)
        raise ConfigError(f"There is no adapter '{adapter}': use {', '.join(ADAPTERS)}.{near}")
    about = ADAPTERS[adapter]
    known = {field.name for field in about.fields}
    strange = [name for name, value in given.items() if value is not None and name not in known]
    if strange:
        options = ", ".join(f"--{field.name}" for field in about.fields if not field.secret)
        raise ConfigError(f"{adapter} has no `{strange[0]}`: it takes {options}.")
    values: dict[str, str] = {}
    missing: list[str] = []
    for field in about.fields:
        if field.secret:
            continue
        value = given.get(field.name) or field.default
        if value is None and ask is not None:
            value = ask(field)
        if not value and field.default is None:
            missing.append(f"--{field.name}")
        values[field.name] = value or ""
    if missing:
        raise ConfigError(f"{adapter} needs {', '.join(missing)}.")
    if adapter == "duckdb":
        values["path"] = _from(folder, values["path"])
    for name, value in (*values.items(), ("schema", schema)):
        if not value.isprintable() or set(value) & set("'\"\\{}%#"):
            raise ConfigError(f"`{name}` cannot be {value!r}: no quotes, braces or backslashes.")
    return Connection(project, adapter, values, schema)


def _from(folder: Path, path: str) -> str:
    if path == ":memory:" or path.startswith("md:"):
        return path
    file = Path(path).expanduser().resolve()
    if not file.is_file():
        raise ConfigError(f"There is no DuckDB file {file}: name one that holds the raw tables.")
    return Path(os.path.relpath(file, folder)).as_posix()
