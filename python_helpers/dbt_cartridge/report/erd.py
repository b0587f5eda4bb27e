"""Where the boxes and lines of the entity-relationship diagram stand.

Layers from left to right, as Sugiyama has it: a table stands left of what it refers to, and each
layer is ordered by where its neighbours stand, so that few lines cross. Tables without a
relationship fill rows below.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dbt_cartridge.documents.schema import Relationship, Schema, Table

MOST_TABLES = 150  # above it a drawing is a carpet
_WIDTH, _GAP_X, _GAP_Y = 210, 110, 22
_TITLE, _LINE, _MOST_LINES = 30, 16, 7
_SWEEPS = 6


@dataclass(frozen=True)
class Box:
    table: Table
    x: int
    y: int
    lines: tuple[str, ...]  # the key, then the columns that refer to others

    @property
    def width(self) -> int:
        return _WIDTH

    @property
    def height(self) -> int:
        return _height(self.lines)


@dataclass(frozen=True)
class Line:
    relationship: Relationship
    path: str  # of an SVG path


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def drawing(schema: Schema) -> Drawing | None:
    """None where there is nothing to draw, or too much to be read."""
    if not schema.tables or len(schema.tables) > MOST_TABLES:
        return None
    known = schema.by_id
    edges = [r for r in schema.relationships if r.table in known and r.ref_table in known]
    joined = {end for r in edges if r.table != r.ref_table for end in (r.table, r.ref_table)}
    layers = _ordered(_layers([t.id for t in schema.tables if t.id in joined], edges), edges)
    columns = _split(layers, 6 + math.isqrt(2 * len(joined)))
    alone = [table.id for table in schema.tables if table.id not in joined]
    lines = {table.id: _lines(table, edges) for table in schema.tables}
    places = _places(columns, lines)
    width = max((x + _WIDTH for x, _ in places.values()), default=4 * (_WIDTH + _GAP_X))
    below = max((y + _height(lines[table]) for table, (_, y) in places.items()), default=-_GAP_Y)
    places.update(_rows(alone, lines, width, below + 2 * _GAP_Y))
    boxes = {id_: Box(known[id_], x, y, lines[id_]) for id_, (x, y) in places.items()}
    return Drawing(
        width=max(box.x + box.width for box in boxes.values()) + _GAP_X // 2,
        height=max(box.y + box.height for box in boxes.values()) + _GAP_Y,
        boxes=tuple(boxes.values()),
        lines=tuple(Line(r, _path(boxes[r.table], boxes[r.ref_table])) for r in edges),
    )


def _layers(tables: Sequence[str], edges: Sequence[Relationship]) -> list[list[str]]:
    """A layer for each longest way to a table that refers to nothing; those come last."""
    parents: dict[str, list[str]] = {table: [] for table in tables}
    for edge in edges:
        if edge.table != edge.ref_table:
            parents[edge.table].append(edge.ref_table)
    depth: dict[str, int] = {}
    for table in tables:
        if table not in depth:
            _measure(table, parents, depth)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for table in tables:
        layers[depth[table]].append(table)
    return layers[::-1]


def _measure(start: str, parents: Mapping[str, Sequence[str]], depth: dict[str, int]) -> None:
    """The depth of `start` and all above it. A circle is cut where it closes."""
    way = [start]
    under_way = {start}
    while way:
        table = way[-1]
        todo = [p for p in parents[table] if p not in depth and p not in under_way]
        if todo:
            way.append(todo[0])
            under_way.add(todo[0])
            continue
        depth[table] = 1 + max((depth[p] for p in parents[table] if p in depth), default=-1)
        under_way.remove(way.pop())


def _ordered(layers: list[list[str]], edges: Sequence[Relationship]) -> list[list[str]]:
    """Each layer by the mean place of its neighbours, to and fro."""
    near: dict[str, list[str]] = {}
    for edge in edges:
        near.setdefault(edge.table, []).append(edge.ref_table)
        near.setdefault(edge.ref_table, []).append(edge.table)
    for sweep in range(_SWEEPS):
        place = {
            table: (number + 0.5) / len(layer)
            for layer in layers
            for number, table in enumerate(layer)
        }
        for layer in layers if sweep % 2 else layers[::-1]:
            layer.sort(key=lambda table: sum(place[n] for n in near[table]) / len(near[table]))
            place.update({t: (n + 0.5) / len(layer) for n, t in enumerate(layer)})
    return layers


def _split(layers: Sequence[Sequence[str]], most: int) -> list[Sequence[str]]:
    """A layer of many tables takes several columns, so that the drawing is no ribbon."""
    columns: list[Sequence[str]] = []
    for layer in layers:
        parts = math.ceil(len(layer) / most)
        size = math.ceil(len(layer) / parts)
        columns += [layer[start : start + size] for start in range(0, len(layer), size)]
    return columns


def _places(
    layers: Sequence[Sequence[str]], lines: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[int, int]]:
    """Columns from left to right, each in the middle of the highest one."""
    heights = [sum(_height(lines[t]) + _GAP_Y for t in layer) for layer in layers]
    places: dict[str, tuple[int, int]] = {}
    for number, layer in enumerate(layers):
        y = _GAP_Y + (max(heights) - heights[number]) // 2
        for table in layer:
            places[table] = (_GAP_X // 2 + number * (_WIDTH + _GAP_X), y)
            y += _height(lines[table]) + _GAP_Y
    return places


def _rows(
    tables: Sequence[str], lines: Mapping[str, tuple[str, ...]], width: int, top: int
) -> dict[str, tuple[int, int]]:
    places: dict[str, tuple[int, int]] = {}
    x, y, highest = _GAP_X // 2, top, 0
    for table in tables:
        if x > _GAP_X // 2 and x + _WIDTH > width:
            x, y, highest = _GAP_X // 2, y + highest + _GAP_Y, 0
        places[table] = (x, y)
        x += _WIDTH + _GAP_Y
        highest = max(highest, _height(lines[table]))
    return places


def _lines(table: Table, edges: Sequence[Relationship]) -> tuple[str, ...]:
    key = table.primary_key.columns if table.primary_key else ()
    referring = dict.fromkeys(c for e in edges if e.table == table.id for c in e.columns)
    lines = [f"◆ {column}" for column in key]
    lines += [f"→ {column}" for column in referring if column not in key]
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"… {len(lines) - _MOST_LINES + 1} more"]
    return tuple(lines)


def _height(lines: Sequence[str]) -> int:
    return _TITLE + _LINE * len(lines) + 8


def _path(child: Box, parent: Box) -> str:
    """From the child's right edge to the parent's left one; back and self references bend."""
    y1, y2 = child.y + _TITLE // 2, parent.y + _TITLE // 2
    if child is parent:
        x, y = child.x + child.width, child.y
        return f"M {x} {y + 10} C {x + 34} {y + 6}, {x + 34} {y + 34}, {x} {y + 26}"
    if child.x < parent.x:
        x1, x2 = child.x + child.width, parent.x
        bend = max(40, (x2 - x1) // 2)
        return f"M {x1} {y1} C {x1 + bend} {y1}, {x2 - bend} {y2}, {x2} {y2}"
    x1, x2 = child.x, parent.x + parent.width
    if child.x == parent.x:
        x2 = parent.x
        return f"M {x1} {y1} C {x1 - 50} {y1}, {x2 - 50} {y2}, {x2} {y2}"
    return f"M {x1} {y1} C {x1 - 60} {y1}, {x2 + 60} {y2}, {x2} {y2}"
