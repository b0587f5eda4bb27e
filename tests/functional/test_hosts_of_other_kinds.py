"""Cartridge in established projects of further kinds: dbt itself builds what comes out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml

from tests.support.host import HostProject

SHOP = (
    "create schema {schema}",
    "create table {schema}.customers as select i as id, 'Name ' || i as full_name, "
    "timestamp '2024-01-01' + i * interval 1 hour as updated_at from range(1, 60) t(i)",
    "create table {schema}.orders as select i as id, 1 + i % 59 as customer_id, "
    "cast(i * 2.5 as decimal(10, 2)) as total, "
    "date '2024-01-01' + cast(i % 99 as integer) as ordered_on from range(1, 200) t(i)",
)


def _fill(host: HostProject, schema: str) -> None:
    host.warehouse.execute(*(statement.format(schema=schema) for statement in SHOP))


def _generate(host: HostProject, *options: str) -> subprocess.CompletedProcess[str]:
    run = host.cartridge("generate", *options)
    assert run.returncode == 0, run.stdout + run.stderr
    return run


def _holds(host: HostProject, *options: str) -> None:
    """dbt builds it all, and the same run again changes no byte."""
    host.dbt("build", "--quiet").must_succeed()
    before = host.files()
    _generate(host, *options)
    assert host.files() == before


def _models(host: HostProject) -> set[str]:
    return {path.relative_to(host.root).as_posix() for path in host.root.glob("models/**/*.sql")}


def test_a_source_whose_place_comes_from_vars_and_anchors(duckdb_host: HostProject) -> None:
    host = duckdb_host
    _fill(host, "shop_raw")
    project = yaml.safe_load(host.read("dbt_project.yml"))
    project["vars"] = {**project.get("vars", {}), "raw_schema": "shop_raw"}
    host.write("dbt_project.yml", yaml.safe_dump(project))
    page = """\
        version: 2
        x-common: &common
          meta: {owner: data}
        sources:
          - name: erp
            database: "{{ env_var('RAW_DATABASE', target.database) }}"
            schema: "{{ var('raw_schema') }}"
            quoting: {database: true, schema: true, identifier: true}
            <<: *common
            tables:
              - name: kunden
                identifier: customers
        """
    host.write("models/erp/_erp.yml", "\n".join(line[8:] for line in page.splitlines()) + "\n")
    host.write(
        "models/erp/stg_erp__kunden.sql",
        "select id as kunde_id, full_name, updated_at from {{ source('erp', 'kunden') }}\n",
    )
    _generate(host, "--schemas", "shop_raw")
    declared = [
        source for path in host.root.glob("models/**/*.yml")
        for source in yaml.safe_load(path.read_text()).get("sources", ())
    ]  # fmt: skip
    assert {source["name"] for source in declared} == {"erp"}
    assert sorted(t["name"] for each in declared for t in each["tables"]) == ["kunden", "orders"]
    assert {source["schema"] for source in declared} == {"{{ var('raw_schema') }}"}
    assert not any("customers" in path for path in _models(host) if "stg_" in path)
    _holds(host, "--schemas", "shop_raw")


def test_tables_are_added_to_the_projects_own_source_where_asked(duckdb_host: HostProject) -> None:
    host = duckdb_host
    _fill(host, "raw")
    page = (
        "# Ask before you change this.\n"
        "sources:\n"
        "- name: erp\n"
        "  schema: raw\n"
        "  database: \"{{ env_var('RAW_DATABASE', target.database) }}\"\n"
        "  tables:\n"
        "  - name: customers  # people\n"
    )
    host.write("models/erp/_erp.yml", page)
    its = ("--schemas", "raw", "--extend-own-sources")
    _generate(host, *its, "--dry-run")
    assert host.read("models/erp/_erp.yml") == page
    assert host.cartridge("apply").returncode == 0
    text = host.read("models/erp/_erp.yml")
    assert text.startswith(page + "  - name: orders\n")
    declared = [p for p in host.root.glob("models/**/*.yml") if "\nsources:" in p.read_text()]
    assert declared == [host.root / "models/erp/_erp.yml"]
    _holds(host, *its)


def test_snapshots_in_yaml_exposures_and_a_schema_macro_of_its_own(
    duckdb_host: HostProject,
) -> None:
    host = duckdb_host
    _fill(host, "raw")
    host.write(
        "macros/generate_schema_name.sql",
        "{% macro generate_schema_name(custom_schema_name, node) -%}\n"
        "    {{ 'dwh_' ~ (custom_schema_name or 'base') | trim }}\n"
        "{%- endmacro %}\n",
    )
    project = yaml.safe_load(host.read("dbt_project.yml"))
    project["models"] = {"shop": {"marts": {"+schema": "gold"}, "staging": {"+schema": "silver"}}}
    host.write("dbt_project.yml", yaml.safe_dump(project))
    host.write("models/marts/order_report.sql", "select 1 as report_id\n")
    host.write(
        "models/marts/_uses.yml",
        "version: 2\nexposures:\n  - name: weekly\n    type: dashboard\n"
        "    owner: {name: Data, email: data@example.com}\n"
        "    depends_on: [ref('order_report')]\n",
    )
    host.write(
        "snapshots/_snapshots.yml",
        "version: 2\nsnapshots:\n  - name: customers_snapshot\n    relation: ref('order_report')\n"
        "    config: {unique_key: report_id, strategy: check, check_cols: all}\n",
    )
    _generate(host, "--schemas", "raw")
    _holds(host, "--schemas", "raw")
    schemas = {row[0] for row in host.warehouse.query(
        "select table_schema from information_schema.tables where table_name like 'dim_%'"
    )}  # fmt: skip
    assert schemas == {"dwh_gold"}


def test_a_schema_of_the_same_name_in_another_database_takes_over_no_model(
    duckdb_host: HostProject, tmp_path: Path
) -> None:
    import duckdb

    host = duckdb_host
    profiles = yaml.safe_load(host.read("profiles.yml"))
    (profile,) = profiles.values()
    (output,) = profile["outputs"].values()
    output["attach"] = []
    for name in ("shop_db", "crm_db"):
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as database:
            for statement in SHOP:
                database.execute(statement.format(schema="public_data"))
        output["attach"].append({"path": str(tmp_path / f"{name}.duckdb"), "alias": name})
    host.write("profiles.yml", yaml.safe_dump(profiles))
    its = ("--schemas", "public_data", "--verify", "none")
    _generate(host, "--database", "shop_db", *its)
    before = host.files()
    run = host.cartridge("generate", "--database", "crm_db", *its)
    assert run.returncode != 0
    assert "made from the database shop_db" in run.stdout + run.stderr
    assert host.files() == before


def test_a_project_in_a_folder_of_a_repository_whose_linter_lies_above(
    duckdb_host: HostProject,
) -> None:
    from sqlfluff.core import FluffConfig, Linter

    host = duckdb_host
    _fill(host, "raw")
    above = host.root.parent
    (above / ".git").mkdir()
    rules = (
        "[sqlfluff]\ndialect = duckdb\ntemplater = jinja\nmax_line_length = 100\n"
        "[sqlfluff:layout:type:comma]\nline_position = leading\n"
        "[sqlfluff:rules:capitalisation.keywords]\ncapitalisation_policy = upper\n"
        "[sqlfluff:rules:capitalisation.functions]\nextended_capitalisation_policy = upper\n"
        "[sqlfluff:rules:capitalisation.literals]\ncapitalisation_policy = upper\n"
        "[sqlfluff:rules:capitalisation.types]\nextended_capitalisation_policy = upper\n"
    )
    (above / ".sqlfluff").write_text(rules)
    _generate(host, "--schemas", "raw", "--verify", "none")
    linter = Linter(config=FluffConfig.from_string(rules))
    found = [
        (path, violation.rule_code(), violation.line_no)
        for path in sorted(_models(host))
        for violation in linter.lint_string(host.read(path)).get_violations()
    ]
    assert found == []
