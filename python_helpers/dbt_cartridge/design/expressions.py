"""Small pieces of SQL, in sqlglot's `duckdb` dialect, every name quoted.

A name from the warehouse can hold anything, a quote too: nothing here pastes one unquoted.
"""

from __future__ import annotations

from collections.abc import Iterable


def name(text: str) -> str:
    """`a"b` → `"a""b"`."""
    return '"' + text.replace('"', '""') + '"'


def column(alias: str, text: str) -> str:
    return f"{name(alias)}.{name(text)}"


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    return ", ".join(literal(text) for text in texts)


def cast(expression: str, to: str) -> str:
    return f"cast({expression} as {to})"


def try_cast(expression: str, to: str) -> str:
    """NULL where a text is not written as one of that type, whole and exactly: see
    `render.dialects.tolerant`."""
    return f"try_cast({expression} as {to})"


def blank_to_null(expression: str) -> str:
    return f"nullif(trim({expression}), '')"


def blank_key_to_null(expression: str) -> str:
    """Blank values go, others keep their spaces: they have to match another table's."""
    return f"case when trim({expression}) <> '' then {expression} end"


def parsed(expression: str, written: str) -> str:
    """Text read as a day, `%m/%d/%Y`: inside of `try_cast` alone."""
    return f"strptime({expression}, {literal(written)})"


def at_utc(expression: str) -> str:
    """A moment as the clock in UTC showed it."""
    return f"{expression} at time zone 'UTC'"


def demanded(column: str, integer: bool) -> str:
    """Every row with a value in a column that the table demands a bound on."""
    return f"{name(column)} >= {-(2**63) if integer else literal('0001-01-01')}"


def equal(left: str, right: str) -> str:
    return f"{left} = {right}"
