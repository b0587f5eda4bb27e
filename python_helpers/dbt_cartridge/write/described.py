"""What a file of YAML describes, and on which lines it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dbt_cartridge.write.yaml_nodes import Node, parse

# What has an entry for a model, and by which of its keys it names it.
_OF_MODELS = {"models": "name", "snapshots": "name", "seeds": "name", "unit_tests": "model"}


@dataclass(frozen=True)
class Described:
    """`names` are (model,) or (source, table); nothing where it is an exposure, say."""

    names: tuple[str, ...]
    line: int  # of the name
    lines: range


def described(text: str) -> Iterator[Described]:
    """
    Raises:
        NotMergeable: dbt could not read it either, or it is no map.
    """
    for kind, (_, entries) in parse(text).pairs.items():
        for entry in _maps(entries):
            source = _value(entry, "name") if kind == "sources" else None
            if source and "tables" in entry.pairs:
                owner = str(source.raw.value)
                for table in _maps(entry.pairs["tables"][1]):
                    yield _described(table, _value(table, "name"), (owner,))
            elif kind != "sources":
                yield _described(entry, _value(entry, _OF_MODELS.get(kind, "")))


def _described(entry: Node, name: Node | None, owner: tuple[str, ...] = ()) -> Described:
    lines = range(entry.line + 1, entry.line + entry.source.count("\n") + 2)
    if name is None:
        return Described((), lines.start, lines)
    return Described((*owner, str(name.raw.value)), name.line + 1, lines)


def _maps(node: Node) -> Iterator[Node]:
    if node.kind == "seq":
        yield from (item for item in node.items if item.kind == "map")


def _value(entry: Node, key: str) -> Node | None:
    found = entry.pairs.get(key)
    return found[1] if found and found[1].kind == "scalar" else None
