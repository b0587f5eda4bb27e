"""The files around the models: what a project has before anything is known of its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from dbt_cartridge.adapters import dialect
from dbt_cartridge.new.connections import TARGETS, Connection

_LAYERS = {"staging": "view", "intermediate": "view", "marts": "table"}
_IGNORED = (
    ".env", ".user.yml", "*.duckdb", "*.duckdb.wal", "dbt_packages/", "logs/", "target/", ".venv/",
    "__pycache__/",
)  # fmt: skip
SQLFLUFF = """\
[sqlfluff]
templater = jinja
dialect = {dialect}
max_line_length = 80
runaway_limit = 10
large_file_skip_byte_limit = 0
exclude_rules = structure.column_order

[sqlfluff:templater:jinja]
apply_dbt_builtins = True

[sqlfluff:indentation]
tab_space_size = 4

[sqlfluff:rules:capitalisation.keywords]
capitalisation_policy = lower

[sqlfluff:rules:capitalisation.functions]
capitalisation_policy = lower

[sqlfluff:rules:capitalisation.identifiers]
extended_capitalisation_policy = lower

[sqlfluff:rules:ambiguous.column_references]
group_by_and_order_by_style = implicit
"""
_SCHEMA_NAMES = """\
{#- In production a folder's schema is called what it is called; anywhere else
    it stands behind the target's own, so that nobody builds over anybody else. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if custom_schema_name is none -%}
        {{ target.schema }}
    {%- elif target.name == 'prod' -%}
        {{ custom_schema_name | trim }}
    {%- else -%}
        {{ target.schema }}_{{ custom_schema_name | trim }}
    {%- endif -%}
{%- endmacro %}
"""
_LIMITED = """\
{#- `{{ recent('ordered_at') }}` behind a `where`: all rows in production, the
    last days elsewhere. The number of days is `vars: recent_days`. -#}
{% macro recent(column) -%}
    {%- if target.name == 'prod' -%}
        1 = 1
    {%- else -%}
        {%- set days = -1 * var('recent_days', 90) -%}
        {{ column }} >= {{ dbt.dateadd('day', days, dbt.current_timestamp()) }}
    {%- endif -%}
{%- endmacro %}
"""
_OVERVIEW = """\
{{% docs __overview__ %}}
# {title}

Sources, staging, intermediate and mart models over {schemas}, made by
[cartridge](https://pypi.org/project/dbt-cartridge/) and proved against the warehouse.
Begin with the marts.
{{% enddocs %}}
"""


def files(connection: Connection, schemas: Sequence[str]) -> dict[str, str]:
    """Path → text."""
    name = connection.project
    return {
        "dbt_project.yml": project(name, schemas, tuple(_LAYERS)),
        "profiles.yml": dumped(_profile(connection)),
        "packages.yml": "packages: []\n",
        ".env.example": "\n".join(
            ["# Copy to .env, fill in, and read it with: set -a; . ./.env; set +a",
             *connection.environment(), ""]
        ),
        ".gitignore": "\n".join([*_IGNORED, ""]),
        # What is written for cartridge and by packages is in nobody's style but theirs.
        ".sqlfluffignore": ".cartridge/\ndbt_packages/\ntarget/\n",
        ".sqlfluff": SQLFLUFF.format(dialect=dialect(connection.adapter)),
        "requirements.txt": "\n".join([*connection.about.packages, "dbt-cartridge", ""]),
        ".github/workflows/ci.yml": dumped(_workflow(connection)),
        "macros/generate_schema_name.sql": _SCHEMA_NAMES,
        "macros/recent.sql": _LIMITED,
        "models/overview.md": _OVERVIEW.format(title=name, schemas=", ".join(schemas)),
    }  # fmt: skip


def dumped(document: Mapping[str, Any]) -> str:
    yaml: Any = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 200
    stream = StringIO()
    yaml.dump(dict(document), stream)
    return stream.getvalue()


def project(
    name: str, schemas: Sequence[str], layers: Sequence[str], snapshots: bool = False
) -> str:
    """dbt_project.yml. dbt warns of a folder that is configured and holds nothing."""
    configured: dict[str, Any] = {
        layer: {"+materialized": how, "+schema": layer}
        for layer, how in _LAYERS.items()
        if layer in layers
    }
    document: dict[str, Any] = {
        "name": name,
        "version": "1.0.0",
        "config-version": 2,
        "profile": name,
        "model-paths": ["models"],
        "macro-paths": ["macros"],
        "test-paths": ["tests"],
        "snapshot-paths": ["snapshots"],
        "analysis-paths": ["analyses"],
        "clean-targets": ["target", "dbt_packages"],
    }
    if configured:
        document["models"] = {name: configured}
    if snapshots:
        document["snapshots"] = {name: {"+schema": "snapshots"}}
    document["vars"] = {"cartridge": {"schemas": list(schemas)}}
    return dumped(document)


def _profile(connection: Connection) -> dict[str, Any]:
    outputs = {target: connection.output(target) for target in TARGETS}
    return {connection.project: {"target": "dev", "outputs": outputs}}


def _workflow(connection: Connection) -> dict[str, Any]:
    """Parsing needs no warehouse; building does, and is left out where no secret is set."""
    secrets = [f.name for f in connection.about.fields if f.secret]
    environment = {
        (name := connection.variable(field)): f"${{{{ secrets.{name} }}}}" for field in secrets
    }
    steps: list[dict[str, Any]] = [
        {"uses": "actions/checkout@v4"},
        {"uses": "actions/setup-python@v5", "with": {"python-version": "3.12"}},
        {"run": "pip install -r requirements.txt sqlfluff"},
        {"run": "dbt deps"},
        {"run": "dbt parse"},
        {"run": "sqlfluff lint models"},
    ]
    if secrets:
        first = connection.variable(secrets[0])
        build = {"run": "dbt build --target test", "if": f"env.{first} != ''"}
        steps.append({"name": "Build where the warehouse can be reached", **build})
    job: dict[str, Any] = {"runs-on": "ubuntu-latest", "timeout-minutes": 30}
    variables = {"DBT_PROFILES_DIR": "${{ github.workspace }}"} | (environment or {})
    job |= {"env": variables, "steps": steps}
    return {"name": "ci", "on": {"push": {"branches": ["main"]}, "pull_request": {}},
            "permissions": {"contents": "read"}, "jobs": {"dbt": job}}  # fmt: skip
