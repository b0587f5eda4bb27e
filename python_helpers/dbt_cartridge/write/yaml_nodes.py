"""YAML as nodes that know where they stand in their text, so that a text can be changed in place.

Dumping a document again would reflow what the user wrote; cutting by the parser's marks does not.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_compose: Any = cast("Any", yaml).compose
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

Plain = Hashable
"""A node's value without style: `(tag, text)`, or its kind and values; a map's without order."""


class NotMergeable(Exception):
    """The text is no single YAML document of plain maps, lists and scalars."""


@dataclass(frozen=True, eq=False)
class Node:
    text: str
    raw: Any  # the parser's node

    @cached_property
    def kind(self) -> str:
        """`scalar`, `seq`, `map`, or `opaque`: a map that is only taken or left as a whole, since
        a key of it stands twice (dbt Core takes the last one, and warns) or is no text."""
        if self.raw.id != "mapping":
            return {"scalar": "scalar", "sequence": "seq"}[self.raw.id]
        keys = [str(key.value) for key, _ in self.raw.value if key.id == "scalar"]
        return "map" if len(set(keys)) == len(self.raw.value) else "opaque"

    @cached_property
    def plain(self) -> Plain:
        if self.kind == "scalar":
            return str(self.raw.tag), str(self.raw.value)
        if self.kind == "seq":
            return "seq", tuple(item.plain for item in self.items)
        if self.kind == "opaque":
            return "opaque", tuple((key.plain, value.plain) for key, value in self.entries)
        return "map", frozenset((name, value.plain) for name, (_, value) in self.pairs.items())

    @cached_property
    def items(self) -> tuple[Node, ...]:
        return tuple(Node(self.text, item) for item in self.raw.value)

    @cached_property
    def entries(self) -> tuple[tuple[Node, Node], ...]:
        """Key and value nodes of a map, in order."""
        nodes = [(Node(self.text, key), Node(self.text, value)) for key, value in self.raw.value]
        return tuple(nodes)

    @cached_property
    def pairs(self) -> dict[str, tuple[Node, Node]]:
        """The entries of a map by the key's text; of an opaque one the last of each."""
        return {
            str(key.raw.value): (key, value) for key, value in self.entries if key.kind == "scalar"
        }

    @property
    def is_block(self) -> bool:
        """A map or list that has its entries on lines of their own."""
        return self.kind != "scalar" and not self.raw.flow_style and bool(self.raw.value)

    @property
    def start(self) -> int:
        return int(self.raw.start_mark.index)

    @property
    def line(self) -> int:
        return int(self.raw.start_mark.line)

    @property
    def column(self) -> int:
        """Of a block list: its dashes."""
        return int(self.raw.start_mark.column)

    @cached_property
    def end(self) -> int:
        """Behind the last character of content. The parser's own mark may lie lines later."""
        if self.is_block:
            if self.kind == "seq":
                return self.items[-1].end
            key, value = self.entries[-1]
            return max(key.end, value.end)
        end = int(self.raw.end_mark.index)
        if self.kind == "scalar" and self.raw.style in ("|", ">"):
            return self.start + len(self.text[self.start : end].rstrip())
        return end

    @property
    def source(self) -> str:
        return self.text[self.start : self.end]


def parse(text: str) -> Node:
    """
    Raises:
        NotMergeable: no YAML, several documents, or not a map at the top.
    """
    try:
        # dbt reads YAML by the same parser; in pure Python a thousand tables take a minute.
        raw: Any = _compose(text, Loader=LOADER)
    except (yaml.YAMLError, UnicodeError) as error:
        raise NotMergeable(str(error)) from error
    if raw is None or raw.id != "mapping":
        raise NotMergeable("not a map at the top")
    return Node(text, raw)


def line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def line_end(text: str, index: int) -> int:
    """Behind the line's newline, or the end of the text."""
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def with_blank_lines_above(text: str, start: int) -> int:
    """The start of the blank lines that stand directly above the line at `start`."""
    while start > 0:
        above = line_start(text, start - 1)
        if text[above:start].strip():
            break
        start = above
    return start


def shifted(lines: str, by: int) -> str:
    """Indented by so many more (or fewer) blanks; empty lines stay empty.

    Raises:
        NotMergeable: a line has not so many blanks to lose.
    """
    moved: list[str] = []
    for line in lines.splitlines(keepends=True):
        if by >= 0:
            moved.append(" " * by + line if line.strip() else line)
        elif not line[:-by].strip():
            moved.append(line[-by:] if line.strip() else line)
        else:
            raise NotMergeable("indentation")
    return "".join(moved)
