"""Snapshots: YAML from dbt 1.9 on, a block of SQL before."""

from __future__ import annotations

from typing import Any

from dbt_cartridge.documents.design import Snapshot
from dbt_cartridge.documents.files import File
from dbt_cartridge.documents.host import Host
from dbt_cartridge.errors import RenderError
from dbt_cartridge.render import expressions, identifiers, inert, paths, yaml_text
from dbt_cartridge.render.filling import fill
from dbt_cartridge.render.queries import call_name
from dbt_cartridge.render.syntax import Syntax


def files(each: Snapshot, adapter: str, syntax: Syntax, host: Host) -> list[File]:
    if not each.unique_key:
        raise RenderError(f"Snapshot {each.name} has no unique key.")
    if each.strategy == "timestamp" and not each.updated_at:
        raise RenderError(f"Snapshot {each.name} has the timestamp strategy and no updated_at.")
    changes = _changes(each, adapter)
    if syntax.hard_deletes:
        changes["hard_deletes"] = "invalidate"  # a row that is gone is closed
    if syntax.yaml_snapshots:
        return [_yaml(each, changes, adapter, host)]
    described = _described(each, {})
    page = [_sql(each, changes, adapter, host)]
    if "description" in described:
        text = yaml_text.dump({"version": 2, "snapshots": [described]})
        path = paths.snapshot(each.name, host, "yml")
        page.append(File(path=path, text=text, kind="yaml", describes=(each.name,)))
    return page


def _described(each: Snapshot, then: dict[str, Any]) -> dict[str, Any]:
    yaml: dict[str, Any] = {"name": paths.name(each.name), **then}
    if description := inert.text(each.description):
        yaml["description"] = description
    return yaml


def _yaml(each: Snapshot, changes: dict[str, Any], adapter: str, host: Host) -> File:
    key = [_column(each, column, adapter) for column in each.unique_key]
    config: dict[str, Any] = {
        "unique_key": key[0] if len(key) == 1 else key,
        "strategy": each.strategy,
        **changes,
    }
    yaml = _described(each, {"relation": _read(each)})
    text = yaml_text.dump({"version": 2, "snapshots": [{**yaml, "config": config}]})
    path = paths.snapshot(each.name, host, "yml")
    return File(path=path, text=text, kind="yaml", describes=(each.name,))


def _changes(each: Snapshot, adapter: str) -> dict[str, Any]:
    if each.strategy == "timestamp":
        # A bare column: dbt puts an alias before it.
        return {"updated_at": _column(each, each.updated_at or "", adapter)}
    columns = [_column(each, column, adapter) for column in each.check_columns]
    return {"check_cols": columns or "all"}


def _column(each: Snapshot, column: str, adapter: str) -> str:
    return identifiers.write(column, adapter, each.source is not None)


def _read(each: Snapshot) -> str:
    """The call that it selects from."""
    if each.source is None:
        return f"ref('{call_name(each.model)}')"
    source, table = map(call_name, each.source)
    return f"source('{source}', '{table}')"


def _sql(each: Snapshot, changes: dict[str, Any], adapter: str, host: Host) -> File:
    config = {
        "target_schema": "target.schema",
        "unique_key": repr(_key_expression(each, adapter)),
        "strategy": repr(each.strategy),
        **{key: repr(value) for key, value in changes.items()},
    }
    text = fill(
        "snapshot.sql",
        name=paths.name(each.name),
        config=list(config.items()),
        relation=f"{{{{ {_read(each)} }}}}",
    )
    path = paths.snapshot(each.name, host, "sql")
    return File(path=path, text=text + "\n", kind="sql", describes=(each.name,))


def _key_expression(each: Snapshot, adapter: str) -> str:
    """Before 1.9 a key is one expression: the columns as text, told apart by a sign between."""
    columns = each.unique_key
    if len(columns) == 1:
        return _column(each, columns[0], adapter)
    texts = [f"cast({identifiers.quoted(column, 'duckdb')} as varchar)" for column in columns]
    stored = frozenset({""}) if each.source else frozenset[str]()
    return expressions.sql(" || '-' || ".join(texts), adapter, stored=stored)
