"""How a name is written in SQL: quoted only where the warehouse would else read another name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from dbt_cartridge.errors import RenderError
from dbt_cartridge.render.reserved import reserved

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Rule:
    """What an adapter does with names.

    quote: the character around a quoted name; inside, it is doubled.
    escape: what stands for it inside instead, where backslashes are escapes.
    case: what becomes of an unquoted name. `lower`: it is stored in lower case, so that other
        names need quotes. `upper`: in upper case, so that a stored `ORDER_ID` is written
        `order_id`, and a stored `order_id` needs quotes. `any`: case does not matter for columns,
        so that `OrderId` is written `orderid`.
    path: a dot in a stored name parts a record from its field: `address.city`.
    """

    quote: str = '"'
    escape: str | None = None
    case: Literal["lower", "upper", "any"] = "lower"
    path: bool = False


_RULES: dict[str, Rule] = {
    "bigquery": Rule(quote="`", escape="\\`", case="any", path=True),
    "databricks": Rule(quote="`", case="any"),
    "duckdb": Rule(case="any"),
    "mysql": Rule(quote="`", case="any"),
    "snowflake": Rule(case="upper"),
    "spark": Rule(quote="`", case="any"),
}
_DEFAULT = Rule()


def rule(adapter: str) -> Rule:
    return _RULES.get(adapter, _DEFAULT)


@lru_cache(maxsize=65536)
def write(name: str, adapter: str, stored: bool = False) -> str:
    """`name` as SQL text for `adapter`, quoted only if it must be.

    Args:
        stored: the name is the warehouse's (a source's column), not one that dbt's models made.

    Raises:
        RenderError: the name is empty or holds a control character.
    """
    if not name or _CONTROL.search(name):
        raise RenderError(
            f"{name!r} cannot be written as a name in SQL: it is empty or holds a control "
            "character. Rename it in the warehouse, or leave its table out with `exclude`."
        )
    parts = name.split(".")
    if stored and len(parts) > 1 and all(parts) and rule(adapter).path:
        return ".".join(write(part, adapter, True) for part in parts)
    plain = _unquoted(name, rule(adapter).case, stored)
    if plain is not None and _PLAIN.match(plain) and plain not in reserved(adapter):
        return plain
    return quoted(name, adapter)


def _unquoted(name: str, case: str, stored: bool) -> str | None:
    """What stands for `name` if it is written without quotes; None if nothing does."""
    if case == "any":
        return name.lower()
    if case == "upper" and stored:
        return name.lower() if name == name.upper() else None
    return name


def argument(name: str, adapter: str, stored: bool = False) -> str:
    """`name` as a test's argument in YAML: as `write`, but in the warehouse's own case."""
    return name if not needs_quotes(name, adapter, stored) else write(name, adapter, stored)


def spoken(name: str, adapter: str, stored: bool = True) -> str:
    """`name` as a key in YAML: a stored `ORDER_ID` of Snowflake is called `order_id`."""
    if not stored or rule(adapter).case != "upper" or needs_quotes(name, adapter, stored):
        return name
    return name.lower()


def quoted(name: str, adapter: str) -> str:
    its = rule(adapter)
    if its.escape is not None:
        name = name.replace("\\", "\\\\")
    return its.quote + name.replace(its.quote, its.escape or its.quote * 2) + its.quote


def needs_quotes(name: str, adapter: str, stored: bool = False) -> bool:
    return rule(adapter).quote in write(name, adapter, stored)
