"""Host: the dbt project that cartridge writes into, and its habits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import cached_property
from typing import Any, ClassVar, Literal

from pydantic import Field

from dbt_cartridge.documents import folder_config
from dbt_cartridge.documents.base import Document, Frozen
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.style import Style
from dbt_cartridge.documents.written import WrittenJoin

YamlLayout = Literal["folder", "model"]
TEMPLATES = ("staging", "intermediate", "dimension", "fact", "marts", "model")
"""What a template of the host's own may be for: `cartridge/fact.sql`."""
Kind = Literal["staging", "intermediate", "dimension", "fact"]


class HostModel(Frozen):
    name: str
    path: str  # from the project's root, with forward slashes
    package: str
    resource: Literal["model", "seed", "snapshot"] = "model"
    generated: bool = False  # the ledger says that cartridge wrote it
    description: str = ""
    layer: str = ""  # by the folder that it lies in
    reads: tuple[str, ...] = ()  # models by name, sources as `source.table`
    keys: tuple[tuple[str, ...], ...] = ()  # that the host tests or declares to be unique
    source: tuple[str, str] | None = None  # (source, table) if it reads that and nothing else
    sql: str = ""  # its Jinja not rendered; of what reads one thing alone, or has a key
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
    is_packages: bool = False  # declared by a package, whose files are not the project's

    def table_of(self, identifier: str) -> str | None:
        """What the source calls a table of the warehouse; in another case if need be."""
        stored = {self.identifiers.get(table, table): table for table in self.tables}
        folded = {name.casefold(): table for name, table in stored.items()}
        return stored.get(identifier) or folded.get(identifier.casefold())


class Place(Frozen):
    """Where what stands on a source lies, below the model path."""

    domain: str = ""  # the folder above those of the layers
    folders: dict[str, str] = Field(default={})  # by layer


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
    folders: dict[str, Any] = Field(default={})  # `models:` of dbt_project.yml
    packages: tuple[str, ...] = ()  # names of installed packages, cartridge left out
    models: tuple[HostModel, ...] = ()
    sources: tuple[HostSource, ...] = ()
    # Of the files that declare its own sources, where they are to be extended: path → text.
    source_texts: dict[str, str] = Field(default_factory=dict[str, str])
    joins: tuple[WrittenJoin, ...] = ()  # that its own models make, of tables of its sources
    retired: tuple[str, ...] = ()  # models that are switched off and still described in YAML
    # What was generated on earlier runs → the relations that it is made from, by the ledger.
    kept_names: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    kept_layers: dict[str, str] = Field(
        default_factory=dict[str, str]
    )  # of the same, by the ledger
    kept_entities: dict[str, str] = Field(
        default_factory=dict[str, str]
    )  # of the same: what one row is called
    readers: dict[str, tuple[str, ...]] = Field(
        default_factory=dict[str, tuple[str, ...]]
    )  # model → the user's own files that read it; known where a decision may rename it
    # Conventions, read from what is there; the defaults are dbt's own style guide.
    staging_prefix: str = "stg_"
    staging_suffix: str = ""
    staging_label: str = "{source}__{table}"  # what stands between the two
    intermediate_prefix: str = "int_"
    intermediate_suffix: str = ""
    dimension_prefix: str = "dim_"
    dimension_suffix: str = ""
    fact_prefix: str = "fct_"
    fact_suffix: str = ""
    snapshot_suffix: str = "_snapshot"
    staging_folder: str = "staging"  # below the first model path
    intermediate_folder: str = "intermediate"
    marts_folder: str = "marts"
    domains: tuple[str, ...] = ()  # the folders above those of the layers
    places: dict[str, Place] = Field(default_factory=dict[str, Place])  # of sources with models
    staging_by_source: bool = True
    yaml_files: tuple[str, ...] = ()  # that describe models or sources, and are the user's
    yaml_homes: dict[str, str] = Field(default_factory=dict[str, str])  # of what is generated
    yaml_edited: tuple[str, ...] = ()  # of the generated YAML, what the user has changed
    models_yaml: str = ""  # `schema.yml`, `_{folder}.yml`, `{model}.yml`; "" where there is none
    yaml_suffix: str = ".yml"  # where neither says one
    sources_yaml: str = ""  # `src_{source}.yml`, `_{folder}__sources.yml`
    tests_key: str = ""  # `tests` or `data_tests`, where YAML has some
    yaml_layout: YamlLayout = "folder"
    style: Style = Style()
    templates: dict[str, str] = Field(default_factory=dict[str, str])  # of TEMPLATES → the text

    @cached_property
    def version(self) -> tuple[int, int, int]:
        """`dbt_version` as numbers; a pre-release counts as its release."""
        parts = [*self.dbt_version.split("-")[0].split("."), "0", "0"][:3]
        numbers = [int("".join(c for c in part if c.isdigit()) or 0) for part in parts]
        return numbers[0], numbers[1], numbers[2]

    def affix(self, kind: Kind) -> tuple[str, str]:
        """What stands before and behind the label of a model of the kind."""
        affixes = {
            "staging": (self.staging_prefix, self.staging_suffix),
            "intermediate": (self.intermediate_prefix, self.intermediate_suffix),
            "dimension": (self.dimension_prefix, self.dimension_suffix),
            "fact": (self.fact_prefix, self.fact_suffix),
        }
        return affixes[kind]

    def called(self, kind: Kind, label: str) -> str:
        """A model's name: `dim_customers`, `customers_dim`."""
        before, behind = self.affix(kind)
        return f"{before}{label}{behind}"

    def is_called(self, kind: Kind, name: str) -> bool:
        before, behind = self.affix(kind)
        return name.startswith(before) and name.endswith(behind)

    def label_of(self, kind: Kind, name: str) -> str:
        before, behind = self.affix(kind)
        return name.removeprefix(before).removesuffix(behind)

    def place(self, layer: str, source: str) -> tuple[str, bool]:
        """(folder below the model path, whether it is that of the source itself).

        Where models that stand on the source lie already; else in the layer's folder, below the
        source's own domain where the project has several, and nothing beside them.
        """
        known = self.places.get(source)
        if known and layer in known.folders:
            return known.folders[layer], True
        folders = {
            "staging": self.staging_folder,
            "intermediate": self.intermediate_folder,
            "marts": self.marts_folder,
        }
        folder = folders[layer]
        if known is None and "" in self.domains and len(self.domains) > 1:
            return folder.rpartition("/")[2], False
        if known is None and len(self.domains) < 2:
            return folder, False
        domain = known.domain if known else source
        return f"{domain}/{folder.rpartition('/')[2]}".lstrip("/"), bool(domain)

    @cached_property
    def homes(self) -> dict[str, str]:
        """Where each generated model was put first: there it stays."""
        return {model.name: model.home for model in self.models if model.home}

    def config_of(self, path: str) -> dict[str, Any]:
        """What dbt_project.yml says of a model at `path`."""
        return folder_config.of_path(self.folders, self.project_name, path, self.model_paths)

    def staying_yaml(self, made: Collection[str]) -> frozenset[str]:
        """Generated YAML that goes on describing what it does, whatever layout is asked for: the
        user has edited it, or it tells of models that stand and that are not `made` now."""
        stand = {model.name for model in self.models} - set(made)
        held = (path for name, path in self.yaml_homes.items() if name in stand)
        return frozenset((*self.yaml_edited, *held))

    def described_in(self, model: str, folder: str) -> str | None:
        """The generated YAML of the model, or else of the others in its folder."""
        if model in self.yaml_homes or self.yaml_layout == "model":
            return self.yaml_homes.get(model)
        others = (name for name, home in self.homes.items() if home.rpartition("/")[0] == folder)
        found = Counter(self.yaml_homes[name] for name in others if name in self.yaml_homes)
        return found.most_common(1)[0][0] if found else None

    def beside(self, scan: Scan) -> tuple[HostModel, ...]:
        """Generated models that the scan is not about: it did not read all of their tables."""
        return tuple(
            model
            for model in self.models
            if model.generated and any(not scan.covers(id) for id in model.relations)
        )

    def own_elsewhere(self, scan: Scan) -> tuple[HostModel, ...]:
        """Models of the user's own that stand on a source's table that the scan is not about."""
        places = {
            (source.name, table): f"{source.schema_name}.{source.identifiers.get(table, table)}"
            for source in self.sources
            for table in source.tables
        }
        return tuple(
            model
            for model in self.models
            if not model.generated and model.source in places
            if not scan.covers(places[model.source])
        )

    @property
    def has_dbt_utils(self) -> bool:
        return "dbt_utils" in self.packages
