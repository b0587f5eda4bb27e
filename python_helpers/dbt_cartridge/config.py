"""Every option, once. The CLI, the macro's arguments, the errors and the docs come from here.

Order of precedence: arguments over `vars: cartridge:` over the environment (`CARTRIDGE_…`) over
the defaults.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast, get_args, get_origin

from pydantic import ConfigDict, Field, ValidationError, field_validator

from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.errors import ConfigError, did_you_mean

LayerName = Literal["sources", "staging", "intermediate", "marts", "snapshots"]
ALL_LAYERS: tuple[LayerName, ...] = get_args(LayerName)
Period = Literal["day", "week", "month", "quarter", "year"]
STEPS = ("scan", "infer", "design", "render", "verify", "write")
PROVIDERS = (
    "offline", "anthropic", "openai", "gemini", "azure", "bedrock", "vertex", "mock",
)  # fmt: skip
GROUPS: Mapping[str, tuple[str, ...]] = {
    "What is read": (
        "database", "schemas", "tables", "exclude", "source_name", "profile", "sample_rows",
        "dictionary", "query_history", "max_queries", "max_seconds", "statement_seconds",
        "from_warehouse", "full",
    ),
    "What is made": (
        "layers", "beside_own_marts", "extend_own_sources", "yaml_layout", "snapshots",
        "incremental_min_rows", "periods", "daily_states", "ages", "fiscal_year_start",
        "calendar_years_ahead", "personal_data",
    ),
    "What is proved": ("verify", "verify_max_rows", "verify_max_seconds", "max_bytes"),
    "What is written": ("dry_run", "prune"),
    "With a provider": (
        "provider", "provider_fails", "base_url", "context", "send_samples", "max_requests",
        "max_tokens", "max_cost", "concurrency", "window", "ask_again",
    ),
}  # fmt: skip
"""Every option, by what it is about: the help and the page of options show them so."""
OFFERED = tuple(name for name in PROVIDERS if name != "mock")  # which is for tests


class Settings(Frozen):
    """The options of a run. A field's description is its documentation, everywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: str | None = Field(
        default=None, description="Database (BigQuery: project) to scan. Default: the target's."
    )
    schemas: tuple[str, ...] = Field(
        default=(), description="Schemas (BigQuery: datasets) to scan, by exact name."
    )
    tables: tuple[str, ...] = Field(
        default=(), description="Globs; only matching tables are scanned. Default: all."
    )
    exclude: tuple[str, ...] = Field(default=(), description="Globs; matching tables are left out.")
    source_name: str | None = Field(
        default=None, description="Name of the dbt source. Default: the schema's name."
    )
    layers: tuple[LayerName, ...] = Field(
        default=ALL_LAYERS, description="What to make. A layer brings the layers that it stands on."
    )
    profile: Literal["none", "sample", "full"] = Field(
        default="full", description="How much of the data the profile reads."
    )
    sample_rows: int = Field(
        default=100_000, ge=100, description="Rows per table that `profile: sample` reads."
    )
    dictionary: str | None = Field(
        default=None,
        description="A data dictionary of the raw tables, CSV or YAML, from the project's root: "
        "descriptions, keys and references as people wrote them.",
    )
    query_history: bool = Field(
        default=False,
        description="Let the joins of past queries speak for references, where the role may read "
        "them: Snowflake's QUERY_HISTORY, BigQuery's JOBS, PostgreSQL's pg_stat_statements. "
        "Nothing of a query is kept but which columns it joins.",
    )
    beside_own_marts: bool = Field(
        default=False,
        description="Make the mart of a table too where the project has a model of its own with "
        "the same grain: `dim_customers` beside `customers`.",
    )
    extend_own_sources: bool = Field(
        default=False,
        description="Add tables that a source of the project's own lacks to its own file, where "
        "they are the project's from then on. Default: a file of cartridge's beside it.",
    )
    verify: Literal["none", "sql", "data", "dbt"] = Field(
        default="data",
        description="What is proved before a file is written: nothing; that the SQL runs (no rows "
        "are read); that every test holds on the data, in one statement for each model; or the "
        "same by `dbt test`, in one for each test.",
    )
    verify_max_rows: int = Field(
        default=10_000_000, ge=0, description="Tables above this many rows are verified as `sql`."
    )
    verify_max_seconds: float = Field(
        default=3_600,
        gt=0,
        description="Seconds for the proof. What was not asked by then is told as not proved; what "
        "was proved is kept.",
    )
    max_bytes: int | None = Field(
        default=None,
        ge=0,
        description="Most bytes of tables that are read whole. The largest beyond it are profiled "
        "from a sample and verified as `sql`, and listed; in a terminal you are asked first. "
        "Default: a terabyte where the warehouse bills the bytes that are read (BigQuery), else no "
        "limit.",
    )
    yaml_layout: Literal["host", "folder", "model"] = Field(
        default="host",
        description="YAML as the host has it, else a file per folder; or a file per model.",
    )
    snapshots: Literal["auto", "check"] = Field(
        default="auto",
        description="`auto`: snapshots where an update time exists; `check`: the check strategy "
        "for the other changing entities too.",
    )
    incremental_min_rows: int = Field(
        default=1_000_000, ge=0, description="Facts from this many rows on become incremental."
    )
    periods: tuple[Period, ...] = Field(
        default=(),
        description="Also a mart of each fact by each of these periods, and by its few main "
        "dimensions: `month` makes `fct_orders_by_month`.",
    )
    daily_states: bool = Field(
        default=False,
        description="Also a mart of each history of changes with a row for each day, and what held "
        "at its end: as many rows as days times what is followed.",
    )
    ages: bool = Field(
        default=False,
        description="Also columns that count until today: days open, overdue, since a customer's "
        "latest order. Marts that have any are views.",
    )
    fiscal_year_start: int = Field(
        default=1,
        ge=1,
        le=12,
        description="Month in which the fiscal year begins. From 2 on the calendar has fiscal "
        "columns too; a fiscal year is named by the calendar year in which it ends.",
    )
    calendar_years_ahead: int = Field(
        default=0,
        ge=0,
        le=50,
        description="Years after the current one that the calendar holds, for plans and budgets.",
    )
    personal_data: Literal["keep", "hash", "leave_out"] = Field(
        default="keep",
        description="Personal columns in the marts: as they are; text as an MD5 hash, made in "
        "staging, and the rest left out; or all left out. Keys stay. Credentials never leave "
        "staging.",
    )
    max_queries: int | None = Field(
        default=None, ge=0, description="Most statements that inference may send to the warehouse."
    )
    max_seconds: float | None = Field(
        default=None, ge=0, description="Most seconds that inference may wait for the warehouse."
    )
    statement_seconds: int = Field(
        default=1_800,
        ge=1,
        description="Most seconds that the warehouse may take for one statement of cartridge's: "
        "it is then cancelled there, and what it asked is not known. On BigQuery "
        "`job_execution_timeout_seconds` of the profile says so, for all of dbt; DuckDB has none.",
    )
    from_warehouse: bool = Field(
        default=False,
        description="Take the scan that `dbt run-operation cartridge_generate` left in the "
        "warehouse where dbt has no Python (dbt Cloud, dbt v2), instead of scanning again.",
    )
    dry_run: bool = Field(
        default=False,
        description="Say what would be written, save it as `target/cartridge/plan.json`, and write "
        "nothing.",
    )
    prune: bool = Field(
        default=False,
        description="Remove generated files whose tables are gone. A file that you edited stays.",
    )
    full: bool = Field(
        default=False,
        description="Ask the warehouse everything again, also of tables that have not changed "
        "since the last run.",
    )
    provider: str = Field(
        default="offline",
        description="Who improves the design: `offline` is the built-in rules alone; `anthropic`, "
        "`openai`, `gemini`, `azure`, `bedrock` or `vertex`, with a model behind a colon: "
        "`anthropic:best`. `cartridge models` lists them.",
    )
    provider_fails: Literal["stop", "rules"] = Field(
        default="stop",
        description="Where the provider cannot be reached or refuses the key: write nothing and "
        "say so, or let the `rules` finish the work.",
    )
    base_url: str | None = Field(
        default=None, description="Address of a compatible server for `provider`, with its `/v1`."
    )
    context: str = Field(
        default="", description="What the provider should know of the business, in your own words."
    )
    send_samples: bool = Field(
        default=False,
        description="Let the provider see frequent values of columns that are not personal. "
        "Else it sees names, types, comments and aggregates alone.",
    )
    max_requests: int | None = Field(
        default=None,
        ge=0,
        description="Most requests to the provider; then the rules finish the work.",
    )
    max_tokens: int | None = Field(
        default=None, ge=0, description="Most tokens, read and written, that the provider may use."
    )
    max_cost: float | None = Field(
        default=None,
        ge=0,
        description="Most US dollars that the provider may cost, by its list prices.",
    )
    concurrency: int = Field(
        default=8, ge=1, le=64, description="Most requests to the provider at the same time."
    )
    window: int | None = Field(
        default=None,
        ge=2048,
        description="Tokens that the model can hold, where cartridge cannot know.",
    )
    ask_again: tuple[str, ...] = Field(
        default=(),
        description="Globs; what the provider answered about matching tables and models is asked "
        "again, though it is in `.cartridge/answers`. `*`, or true: everything.",
    )

    @field_validator("provider")
    @classmethod
    def _a_provider(cls, value: str) -> str:
        if (name := value.partition(":")[0]) not in PROVIDERS:
            near = did_you_mean(name, OFFERED)
            raise ValueError(f"there is no such provider; use {', '.join(OFFERED)}.{near}")
        return value

    @field_validator("ask_again", mode="before")
    @classmethod
    def _all_or_some(cls, value: Any) -> Any:
        if str(value).casefold() in ("true", "false"):
            return ("*",) if str(value).casefold() == "true" else ()
        return value

    @field_validator(
        "schemas", "tables", "exclude", "layers", "periods", "ask_again", mode="before"
    )
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        """One text may name several, apart by commas; so may each of several texts."""
        if isinstance(value, str):
            return _parts(value)
        if isinstance(value, (list, tuple)):
            several = cast("Sequence[Any]", value)
            return tuple(part for one in several for part in _parts(one))
        return value

    @field_validator("layers")
    @classmethod
    def _with_what_it_stands_on(cls, value: tuple[LayerName, ...]) -> tuple[LayerName, ...]:
        if not value:
            raise ValueError("name at least one layer")
        wanted = set(value)
        if "marts" in wanted:
            wanted.add("intermediate")
        if wanted & {"intermediate", "snapshots"}:
            wanted.add("staging")
        if "staging" in wanted:
            wanted.add("sources")
        return tuple(layer for layer in ALL_LAYERS if layer in wanted)


def _parts(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, str):
        return (value,)
    return tuple(part.strip() for part in value.split(",") if part.strip())


def settings(
    arguments: Mapping[str, Any],
    project_vars: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Merge the places where an option can stand.

    Args:
        arguments: what was given on the command line or to the macro; None means not given.
        project_vars: `vars: cartridge:` of the host.
        environment: `os.environ` if None.

    Raises:
        ConfigError: unknown options and values, all at once, each with the nearest right one.
    """
    known = Settings.model_fields
    env = os.environ if environment is None else environment
    places: list[tuple[str, Mapping[str, Any]]] = [
        ("the environment", {n: env[e] for n in known if (e := f"CARTRIDGE_{n.upper()}") in env}),
        ("vars: cartridge: in dbt_project.yml", project_vars or {}),
        ("the arguments", {k: v for k, v in arguments.items() if v is not None}),
    ]
    merged: dict[str, Any] = {}
    origin: dict[str, str] = {}
    problems: list[str] = []
    for place, values in places:
        for name, value in values.items():
            if name not in known:
                problems.append(f"Unknown option '{name}' in {place}.{did_you_mean(name, known)}")
            elif value is not None:
                merged[name], origin[name] = value, place
    try:
        result = Settings.model_validate(merged)
    except ValidationError as error:
        problems += [_say(detail, origin) for detail in error.errors()]
    else:
        if not problems:
            return result
    raise ConfigError("\n".join(problems))


def choices(annotation: Any) -> tuple[str, ...]:
    """The literal values that an option takes, or nothing where it is open."""
    if get_origin(annotation) is Literal:
        return tuple(str(value) for value in get_args(annotation))
    found: list[str] = []
    for inner in get_args(annotation):
        found += choices(inner)
    return tuple(found)


def _say(detail: Any, origin: Mapping[str, str]) -> str:
    name = str(detail["loc"][0])
    field = Settings.model_fields[name]
    allowed = choices(field.annotation)
    value = detail["input"]
    where = origin.get(name, "the arguments")
    if allowed:
        near = did_you_mean(str(value), allowed)
        return f"Option '{name}' in {where} cannot be {value!r}: use {', '.join(allowed)}.{near}"
    end = "" if str(detail["msg"]).endswith("?") else "."
    message = str(detail["msg"]).removeprefix("Value error, ").replace("valid tuple", "list")
    return (
        f"Option '{name}' in {where} cannot be {value!r}: {message[:1].lower()}{message[1:]}{end}"
    )
