"""YAML text: two spaces, lists indented, lines within 80.

Laid out here rather than by ruamel, which takes 60 µs a scalar: half a minute for a thousand
tables. A test holds every document against what ruamel and PyYAML read from it. Scalars that are
not one printable line are ruamel's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from io import StringIO
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from dbt_cartridge.render import layout

_WIDTH = layout.WIDTH
# dbt v1 reads YAML 1.1, where these, and what looks like a number or a time, are no text.
_NOT_TEXT = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})
_LONE_BLANK = re.compile(r"(?<=[^ ]) (?=[^ ])")


class Text(str):
    """A value that stands between quotes whatever it is: `'1'`, `'yes'`, `'2020-01-01'`."""

    __slots__ = ()


def dump(document: dict[str, Any]) -> str:
    """`document` as YAML, in the order of its keys. Keys are plain words of dbt's own."""
    lines: list[str] = []
    _mapping(document, "", lines)
    return "\n".join(lines) + "\n"


def _mapping(mapping: dict[str, Any], indent: str, lines: list[str]) -> None:
    for key, value in mapping.items():
        if isinstance(value, dict):
            lines.append(f"{indent}{key}:")
            _mapping(cast("dict[str, Any]", value), indent + "  ", lines)
        elif isinstance(value, list):
            lines.append(f"{indent}{key}:")
            _sequence(cast("list[Any]", value), indent + "  ", lines)
        else:
            lines.append(_scalar(f"{indent}{key}:", value, indent + "  "))


def _sequence(values: list[Any], indent: str, lines: list[str]) -> None:
    for value in values:
        if isinstance(value, dict):
            first = len(lines)
            _mapping(cast("dict[str, Any]", value), indent + "  ", lines)
            lines[first] = f"{indent}- {lines[first][len(indent) + 2 :]}"
        else:
            lines.append(_scalar(f"{indent}-", value, indent + "  "))


# ---------------------------------------------------------------- scalars


@lru_cache(maxsize=65536, typed=True)  # typed: True is no 1, and a `Text` no plain text
def _scalar(head: str, value: Any, indent: str) -> str:
    """`head` and the value, over several lines where it does not fit."""
    if isinstance(value, bool):
        return f"{head} {'true' if value else 'false'}"
    if isinstance(value, int):
        return f"{head} {value}"
    if not isinstance(value, str) or not value.isprintable():
        return f"{head} {_by_ruamel(value)}"
    if len(head) + 1 + len(value) > _WIDTH and _LONE_BLANK.search(value) and value[0] != " ":
        return _folded(head, value, indent)
    if _is_plain(value) and not isinstance(value, Text):
        return f"{head} {value}"
    if "'" in value and '"' not in value and "\\" not in value:
        return f'{head} "{value}"'
    return f"{head} '" + value.replace("'", "''") + "'"


@lru_cache(maxsize=16384)
def _is_plain(value: str) -> bool:
    """Whether every YAML reader takes `value`, as it is, for this text."""
    return (
        value[:1].isalpha()
        and value.isprintable()
        and value.lower() not in _NOT_TEXT
        and ": " not in value
        and " #" not in value
        and value[-1] not in " :"
    )


def _folded(head: str, value: str, indent: str) -> str:
    """Broken at single blanks, which folding gives back: what is read is `value`."""
    width = max(_WIDTH - len(indent), 30)
    lines: list[str] = []
    start, last = 0, -1
    for match in _LONE_BLANK.finditer(value):
        if match.start() - start > width and last > start:
            lines.append(value[start:last])
            start = last + 1
        last = match.start()
    if len(value) - start > width and last > start:
        lines.append(value[start:last])
        start = last + 1
    lines.append(value[start:])
    return "\n".join([f"{head} >-", *(indent + line for line in lines)])


def _by_ruamel(value: Any) -> str:
    """A float, or text with line ends and the like, on one line."""
    yaml: Any = YAML(typ="rt", pure=True)
    yaml.width = 1_000_000
    out = StringIO()
    yaml.dump({"v": DoubleQuotedScalarString(value) if isinstance(value, str) else value}, out)
    return out.getvalue().removeprefix("v: ").rstrip("\n")
