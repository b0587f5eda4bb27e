"""The joins that the project's people wrote: of the host's models, down to the tables of sources.

Models that cartridge generated are no witness of what it guessed itself; they are followed where a
model of the user's stands on them. Of the SQL nothing is kept but which columns it joins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.written import WrittenJoin
from dbt_cartridge.host_sql import without_jinja, without_tags
from dbt_cartridge.sql_joins import Statements

Manifest = Mapping[str, Any]
Node = Mapping[str, Any]
_WITH_SQL = ("model", "snapshot")


def model_joins(manifest: Manifest, host: Host) -> tuple[WrittenJoin, ...]:
    """What the models that are not generated join, between columns of sources and seeds."""
    generated = {(model.package, model.name) for model in host.models if model.generated}
    nodes = [n for n in manifest["nodes"].values() if n["resource_type"] in _WITH_SQL]
    nodes = sorted(nodes, key=lambda node: str(node["unique_id"]))
    texts = _Texts(manifest, host.adapter)
    tables: dict[str, tuple[str, ...]] = dict.fromkeys(texts.tables, ())
    statements = Statements(host.adapter, tables, {_id(n): texts.of(n) for n in nodes})
    found = [
        WrittenJoin(
            table=join.table,
            columns=join.columns,
            ref_table=join.ref_table,
            ref_columns=join.ref_columns,
            by="model",
            where=str(node["name"]),
        )
        for node in nodes
        if (node["package_name"], node["name"]) not in generated
        for join in statements.joins_of(_id(node))
    ]
    return tuple(dict.fromkeys(found))


class _Texts:
    """Models as SQL in which the names of relations stand."""

    def __init__(self, manifest: Manifest, adapter: str) -> None:
        nodes = cast("Mapping[str, Node]", manifest["nodes"])
        sources = cast("Mapping[str, Node]", manifest["sources"])
        self._quote = "`" if adapter in ("bigquery", "mysql") else '"'
        self._refs = {
            (str(node["package_name"]), str(node["name"])): _id(node)
            for node in nodes.values()
            if node["resource_type"] in (*_WITH_SQL, "seed")
        }
        self._sources = {(str(s["source_name"]), str(s["name"])): _id(s) for s in sources.values()}
        seeds = (_id(node) for node in nodes.values() if node["resource_type"] == "seed")
        self.tables = sorted({*self._sources.values(), *seeds})

    def of(self, node: Node) -> str:
        """Without Jinja, or as dbt compiled it, or what stands between the tags."""
        if node.get("language", "sql") != "sql":
            return ""
        raw = str(node.get("raw_code") or "")

        def reads(kind: str, names: tuple[str, ...]) -> str:
            return self._place(self._source(names) if kind == "source" else self._ref(node, names))

        plain = without_jinja(raw, reads)
        if plain is None:
            plain = str(node.get("compiled_code") or "") or without_jinja(without_tags(raw), reads)
        return plain or ""

    def _source(self, names: tuple[str, ...]) -> str | None:
        return self._sources.get((names[0], names[1])) if len(names) == 2 else None

    def _ref(self, node: Node, names: tuple[str, ...]) -> str | None:
        if len(names) == 2:
            return self._refs.get((names[0], names[1]))
        near = self._refs.get((str(node["package_name"]), names[0])) if names else None
        return near or next((id for (_, name), id in self._refs.items() if (name,) == names), None)

    def _place(self, id: str | None) -> str:
        """Quoted; something that is nowhere for what is not known."""
        schema, _, name = (id or "cartridge.unknown").partition(".")
        quote = self._quote
        return ".".join(
            f"{quote}{part.replace(quote, quote * 2)}{quote}" for part in (schema, name)
        )


def _id(node: Node) -> str:
    """`schema.name` in the warehouse, as a scan calls it."""
    name = node.get("identifier") or node.get("alias") or node["name"]
    return f"{node.get('schema') or ''}.{name}"
