"""Links that load tools write from a child table to its parent, as their manuals describe them.

| tool | child | parent |
|---|---|---|
| dlt | `orders__items._dlt_parent_id`, `_dlt_root_id` | `orders._dlt_id` |
| Stitch | `orders__items._sdc_source_key_id` | `orders.id` |
| Airbyte | `orders_items._airbyte_orders_hashid` | `orders._airbyte_orders_hashid` |

https://dlthub.com/docs/general-usage/destination-tables
https://www.stitchdata.com/docs/data-structure/nested-data-structures-row-count-impact
https://docs.airbyte.com/using-airbyte/core-concepts/basic-normalization
"""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.infer.candidates import Pair
from dbt_cartridge.infer.facts import Facts, TableFacts
from dbt_cartridge.infer.keys import TableKeys
from dbt_cartridge.infer.names import Named


def links(facts: Facts, keys: dict[str, TableKeys]) -> list[Pair]:
    """Documented links between scanned tables. To be asked about like any other."""
    tables = {(t.relation.schema_name, t.relation.name.lower()): t for t in facts.tables.values()}
    out: list[Pair] = []
    for table in facts.tables.values():
        for column, parent_name, ref in _written(table):
            parent = tables.get((table.relation.schema_name, parent_name))
            if parent is None or parent is table or ref not in parent.columns:
                continue
            primary = keys[parent.id].primary
            is_primary = primary is not None and primary.columns == (ref,)
            named = Named(parent.id, "link")
            out.append(Pair(table.id, (column,), parent.id, (ref,), named, False, is_primary))
    return out


def _written(table: TableFacts) -> Iterator[tuple[str, str, str]]:
    """(column, name of the parent, its column) of each column that a load tool calls a link."""
    own = table.relation.name.lower()
    for name in table.columns:
        low = name.lower()
        if "__" in own:
            above, root = own.rsplit("__", 1)[0], own.split("__", 1)[0]
            if low == "_dlt_parent_id":
                yield name, above, "_dlt_id"
            elif low == "_dlt_root_id":
                yield name, root, "_dlt_id"
            elif low.startswith("_sdc_source_key_"):
                yield name, root, name[len("_sdc_source_key_") :]
        if low.startswith("_airbyte_") and low.endswith("_hashid"):
            yield name, low[len("_airbyte_") : -len("_hashid")], name
