"""JSON schemas as the providers' strict modes take them."""

from __future__ import annotations

import json
from typing import Any, cast

_DROPPED = (
    "maxLength", "minLength", "pattern", "maxItems", "minItems", "format", "minimum", "maximum",
)  # fmt: skip
_SILENT = ("title", "default")


def closed(schema: Any) -> Any:
    """Every property required, none else allowed, no titles or defaults. Bounds stay: local
    grammar servers obey them, and a small model needs them."""
    return _walked(schema, ())


def strict(schema: Any) -> Any:
    """`closed`, and bounds said in the description: strict modes refuse the keywords.

    The answer is validated against all of them afterwards.
    """
    return _walked(schema, _DROPPED)


def _walked(schema: Any, dropped: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_walked(each, dropped) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    node = cast("dict[str, Any]", schema)
    found: dict[str, Any] = {}
    for key, value in node.items():
        if key in _SILENT or key in dropped:
            continue
        if key in ("properties", "$defs"):
            parts = cast("dict[str, Any]", value)
            found[key] = {name: _walked(part, dropped) for name, part in parts.items()}
        elif key in ("enum", "const", "required"):
            found[key] = value
        else:
            found[key] = _walked(value, dropped)
    if "properties" in found:
        found["required"] = list(found["properties"])
        found["additionalProperties"] = False
    hints = {key: node[key] for key in dropped if key in node}
    if hints:
        found["description"] = f"{found.get('description', '')} {json.dumps(hints)}".strip()
    return found
