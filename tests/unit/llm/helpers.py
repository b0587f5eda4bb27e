"""A session over the demo's shop, as a run left it, with a provider of the test's own."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.asked import Asked
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.llm.improving import Improver, improver
from dbt_cartridge.llm.models import Model
from dbt_cartridge.llm.opening import Opened
from dbt_cartridge.llm.protocol import Ask, Provider, Reply
from dbt_cartridge.llm.providers.mock import Mock, Script, scripted
from dbt_cartridge.progress import Silent

SHOP = Path(__file__).parents[2] / "golden" / "shop_expert"
MODEL = Model("mock", "", 32_768, 8_192)


class Memory:
    """Keeps answers for one test."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}

    def read(self, key: str) -> dict[str, Any] | None:
        return self.entries.get(key)

    def keep(self, key: str, entry: dict[str, Any]) -> None:
        # As the disk would: what cannot be written as JSON is found here.
        self.entries[key] = json.loads(json.dumps(entry))


@cache
def shop() -> tuple[Schema, Scan, Host]:
    return Schema.load(SHOP), Scan.load(SHOP), Host.load(SHOP)


@cache
def few() -> tuple[Schema, Scan, Host]:
    """Some tables of the shop, as a schema of their own."""
    schema, scan, host = shop()
    names = ("Orders", "OrderLines", "Customers", "legacy_returns", "tbl_products", "product_tags")
    kept = {f"raw.{name}" for name in names}
    part = Schema(
        adapter=schema.adapter,
        tables=tuple(table for table in schema.tables if table.id in kept),
        relationships=tuple(r for r in schema.relationships if {r.table, r.ref_table} <= kept),
        identities=tuple(i for i in schema.identities if i.table in kept and not i.child),
    )
    relations = tuple(relation for relation in scan.relations if relation.id in kept)
    return part, Scan(adapter=scan.adapter, schemas=scan.schemas, relations=relations), host


def expert() -> dict[str, dict[str, Any]]:
    return json.loads((SHOP / "answers.json").read_text("utf-8"))


def improved_by(
    provider: Provider | Script, settings: Settings | None = None, store: Memory | None = None
) -> Improver:
    chosen = settings or Settings(provider="mock", concurrency=4)
    asked = Mock(provider) if callable(provider) else provider
    opened = Opened(asked, MODEL)
    found = improver(chosen, shop()[2], store or Memory(), Silent(), opened)
    assert found is not None
    return found


def said(better: Improver) -> Asked:
    asked = better.asked()
    assert asked is not None
    return asked


class Recorder:
    """Answers nothing new, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Ask] = []
        self._script = scripted({})

    def ask(self, request: Ask) -> Reply:
        self.asked.append(request)
        return Reply(str(self._script(request)), 100, 10)
