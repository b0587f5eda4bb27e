"""Host: the dbt project that cartridge writes into, and its habits."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, Literal

from pydantic import Field

from dbt_cartridge.documents.base import Document, Frozen
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.style import Style

YamlLayout = Literal["folder", "model"]


class HostModel(Frozen):
    name: str
    path: str  # from the project's root, with forward slashes
    package: str
    resource: Literal["model", "seed", "snapshot"] = "model"
    generated: bool = False  # the ledger says that cartridge wrote it
    description: str = ""
    source: tuple[str, str] | None = None  # (source, table) if it reads that and nothing else
    sql: str = ""  # of such a model, its Jinja not rendered
    # Of a generated one, from the ledger:
    home: str = ""  # where it was put; `path` is where the user moved it
    relations: tuple[str, ...] = ()  # `Relation.id`s that it is made from
    bounds: tuple[tuple[str, str], ...] = ()  # of a calendar: (model, column)


class HostSource(Frozen):
    """What one file declares of a source."""

    name: str
    schema_name: str
    path: str
    database: str | None = None
    tables: tuple[str, ...] = ()
    identifiers: dict[str, str] = Field(default={})  # table → its name in the warehouse, if other
    properties: dict[str, Any] = Field(default={})  # of the source, as the file has them
    generated: bool = False

    def table_of(self, identifier: str) -> str | None:
        """What the source calls a table of the warehouse; in another case if need be."""
        stored = {self.identifiers.get(table, table): table for table in self.tables}
        folded = {name.casefold(): table for name, table in stored.items()}
        return stored.get(identifier) or folded.get(identifier.casefold())


class Host(Document):
    file_name: ClassVar[str] = "host.json"

    project_name: str
    adapter: str
    dbt_version: str  # "1.11.16", "2.0.0-alpha.4"
    target_schema: str = ""
    target_database: str | None = None
    threads: int = 1
    model_paths: tuple[str, ...] = ("models",)
    macro_paths: tuple[str, ...] = ("macros",)
    test_paths: tuple[str, ...] = ("tests",)
    snapshot_paths: tuple[str, ...] = ("snapshots",)
    groups: dict[str, dict[str, Any]] = Field(default={})  # name → owner
    packages: tuple[str, ...] = ()  # names of installed packages, cartridge left out
    models: tuple[HostModel, ...] = ()
    sources: tuple[HostSource, ...] = ()
    retired: tuple[str, ...] = ()  # models that are switched off and still described in YAML
    # What was generated on earlier runs → the relations that it is made from, by the ledger.
    kept_names: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    # Conventions, read from what is there; the defaults are dbt's own style guide.
    staging_prefix: str = "stg_"
    intermediate_prefix: str = "int_"
    dimension_prefix: str = "dim_"
    fact_prefix: str = "fct_"
    snapshot_suffix: str = "_snapshot"
    staging_folder: str = "staging"  # below the first model path
    intermediate_folder: str = "intermediate"
    marts_folder: str = "marts"
    yaml_layout: YamlLayout = "folder"
    style: Style = Style()

    @cached_property
    def version(self) -> tuple[int, int, int]:
        """`dbt_version` as numbers; a pre-release counts as its release."""
        parts = [*self.dbt_version.split("-")[0].split("."), "0", "0"][:3]
        numbers = [int("".join(c for c in part if c.isdigit()) or 0) for part in parts]
        return numbers[0], numbers[1], numbers[2]

    @cached_property
    def homes(self) -> dict[str, str]:
        """Where each generated model was put first: there it stays."""
        return {model.name: model.home for model in self.models if model.home}

    def beside(self, scan: Scan) -> tuple[HostModel, ...]:
        """Generated models that the scan is not about: it did not read all of their tables."""
        return tuple(
            model
            for model in self.models
            if model.generated and any(not scan.covers(id) for id in model.relations)
        )

    @property
    def has_dbt_utils(self) -> bool:
        return "dbt_utils" in self.packages
