"""How a name is written in SQL: quoted only where the warehouse would else read another name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from dbt_cartridge.errors import RenderError
from dbt_cartridge.render.reserved import reserved

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Rule:
    """What an adapter does with names.

    quote: the character around a quoted name; inside, it is doubled (`escape` says otherwise).
    folds_upper: an unquoted name is stored in upper case (Snowflake), so that a stored `ORDER_ID`
        is written `order_id`, and a stored `order_id` needs quotes.
    """

    quote: str = '"'
    escape: str | None = None
    folds_upper: bool = False


_RULES: dict[str, Rule] = {
    "bigquery": Rule(quote="`", escape="\\`"),
    "databricks": Rule(quote="`"),
    "mysql": Rule(quote="`"),
    "snowflake": Rule(folds_upper=True),
    "spark": Rule(quote="`"),
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
    its = rule(adapter)
    plain = name.lower() if its.folds_upper and stored and name == name.upper() else name
    unfolded = its.folds_upper and stored and name != name.upper()
    if _PLAIN.match(plain) and plain not in reserved(adapter) and not unfolded:
        return plain
    return quoted(name, adapter)


def quoted(name: str, adapter: str) -> str:
    its = rule(adapter)
    return its.quote + name.replace(its.quote, its.escape or its.quote * 2) + its.quote


def needs_quotes(name: str, adapter: str, stored: bool = False) -> bool:
    return write(name, adapter, stored).startswith(rule(adapter).quote)
