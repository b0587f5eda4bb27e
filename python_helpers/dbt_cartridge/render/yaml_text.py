"""YAML text by ruamel: two spaces, lists indented, lines within 80."""

from __future__ import annotations

from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import FoldedScalarString, SingleQuotedScalarString

from dbt_cartridge.render import layout

_WIDTH = layout.WIDTH


def dump(document: dict[str, Any]) -> str:
    """`document` as YAML, in the order of its keys."""
    yaml: Any = YAML(typ="rt", pure=True)
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = _WIDTH
    yaml.allow_unicode = True
    yaml.representer.ignore_aliases = _never
    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def prose(value: str, indent: int) -> str:
    """A description: folded over several lines where it would not fit behind its key.

    Args:
        indent: columns before the key's name.
    """
    if indent + len("description: ") + len(value) + 2 <= _WIDTH:
        return value
    width = max(_WIDTH - indent - 2, 30)
    folded = FoldedScalarString(value + "\n")
    folded.fold_pos = _fold_positions(value, width)  # type: ignore[attr-defined]
    return folded


def text(value: str) -> str:
    """A value that must stay text: `'1'`, `'yes'`, `'2020-01-01'`."""
    return SingleQuotedScalarString(value)


def _fold_positions(value: str, width: int) -> list[int]:
    """Where single blanks become line ends, so that no line passes `width` if words allow it."""
    positions: list[int] = []
    start = 0
    last_blank = -1
    for index, char in enumerate(value):
        if char == " ":
            last_blank = index
        if index - start >= width and last_blank > start:
            positions.append(last_blank)
            start = last_blank + 1
    return positions


def _never(_: Any) -> bool:
    return True
