"""A provider that answers with the worst: some of it illegal, some within the schema.

Each attack is a function of the request's schema for one question, so that it can be legal where
it means to be.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from zlib import crc32

from dbt_cartridge.llm.protocol import Ask, Reply

JINJA = "{{ env_var('DBT_ENV_SECRET_X') }}{% do run_query('drop table raw.Orders') %}{# #}"
HTML = "<script>alert(1)</script><img src=x onerror=alert(1)>"
YAML = "!!python/object/apply:os.system ['touch /tmp/pwned'] \n- &a [*a]\n---\npost-hook: drop"
BIDI = "\u202egro.live\u2066 \u200b\x00\x1b[31m"
PATH = "../../../../etc/passwd"
SQL = "1); drop table raw.orders; --"
SCAN = "table(result_scan('x'))"


def _text(words: str) -> Callable[[dict[str, Any]], Any]:
    """Every free text is `words`; every enum its first value; every list has one of them."""
    return lambda schema: _filled(schema, schema.get("$defs", {}), words, 1)


def _filled(node: dict[str, Any], defs: dict[str, Any], words: str, times: int) -> Any:
    if "$ref" in node:
        return _filled(defs[node["$ref"].rsplit("/", 1)[-1]], defs, words, times)
    if "enum" in node:
        return node["enum"][0]
    if "const" in node:
        return node["const"]
    if node.get("type") == "array":
        return [_filled(node["items"], defs, words, times)] * times
    if node.get("type") == "object":
        return {
            name: _filled(part, defs, words, times) for name, part in node["properties"].items()
        }
    return words


def _legal(schema: dict[str, Any]) -> Any:
    """Names and expressions that pass, and the poison where free text may stand."""
    return _poisoned(schema, schema.get("$defs", {}), "x")


def _poisoned(node: dict[str, Any], defs: dict[str, Any], field: str) -> Any:
    if "$ref" in node:
        return _poisoned(defs[node["$ref"].rsplit("/", 1)[-1]], defs, field)
    if "enum" in node:
        return node["enum"][-1]
    if "const" in node:
        return node["const"]
    if node.get("type") == "array":
        return [_poisoned(node["items"], defs, field)]
    if node.get("type") == "object":
        return {name: _poisoned(part, defs, name) for name, part in node["properties"].items()}
    return {
        "name": "select", "entity": "select", "expression": "1 = 1",
        "description": f"{JINJA} {HTML} {YAML} {BIDI}"[:240], "why": JINJA,
    }.get(field, JINJA[:90])  # fmt: skip


def _same_names(schema: dict[str, Any]) -> Any:
    """Each table is called alike, and each column."""
    return _filled(schema, schema.get("$defs", {}), "orders", 3)


ATTACKS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "SQL injection": _text(SQL),
    "Jinja": _text(JINJA),
    "HTML": _text(HTML),
    "YAML tags": _text(YAML),
    "path traversal": _text(PATH),
    "result_scan": _text(SCAN),
    "bidirectional and control characters": _text(BIDI),
    "look-alike characters": _text("оrdеrs"),
    "duplicate names": _same_names,
    "reserved words": _text("select"),
    "underscores": _text("__proto__"),
    "very long strings": _text("a" * 200_000),
    "empty strings": _text(""),
    "legal poison": _legal,
    "empty object": lambda _: {},
    "null": lambda _: None,
    "a list": lambda _: [],
    "a number": lambda _: 1e999,
    "unknown keys": lambda _: {"post_hook": "drop table raw.orders", "config": JINJA},
    "wrong columns": lambda _: {
        "columns": [{"column": "password", "name": "a", "description": "b"}]
    },
    "deep nesting": lambda _: json.loads("[" * 900 + "]" * 900),
    "lone surrogates": lambda _: {"description": "\ud800", "entity": "", "columns": []},
    "a secret subquery": lambda _: {
        "columns": [{"name": "x", "expression": "(select max(1) from secrets)", "description": ""}],
        "marts": [{"name": "m", "description": "d", "joins": [], "by": [], "columns": [
            {"name": "x", "expression": "read_csv('/etc/passwd')", "description": ""}]}],
    },
}  # fmt: skip
RAW = {
    "not JSON": "I'd rather not.",
    "two documents": "{}{}",
    "JSON in a fence": "```json\n{}\n```",
    "deep raw": "[" * 100_000,
    "10 MB": json.dumps({"q1": {"description": "a" * 10_000_000}}),
    "nothing": "",
}


def all_at_once(request: Ask) -> str:
    """Each question is answered with another attack, always the same one."""
    defs = request.schema.get("$defs", {})
    names = list(ATTACKS)
    return json.dumps(
        {
            item: ATTACKS[names[crc32(f"{request.kind} {what}".encode()) % len(names)]](
                {**request.schema["properties"][item], "$defs": defs}
            )
            for item, what in request.items
        }
    )


def adversary(attack: str) -> Callable[[Ask], Reply | str]:
    if attack in RAW:
        return lambda request: RAW[attack]

    def script(request: Ask) -> str:
        defs = request.schema.get("$defs", {})
        return json.dumps(
            {
                item: ATTACKS[attack]({**request.schema["properties"][item], "$defs": defs})
                for item, _ in request.items
            }
        )

    return script
