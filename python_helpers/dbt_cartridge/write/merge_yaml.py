"""Three-way merge of YAML by its structure: the user's text stays, our changes are cut into it.

Maps merge by key, lists by what their entries are called. What the user removed stays removed,
what they added stays, and a description that they wrote is never replaced.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from dbt_cartridge.write.yaml_nodes import (
    Node,
    NotMergeable,
    Plain,
    line_end,
    line_start,
    parse,
    shifted,
    with_blank_lines_above,
)

_PROSE = frozenset({"description"})

Identity = Hashable


class _Conflict(Exception):
    """Both sides changed the same value."""


def merge_yaml(base: str, mine: str, new: str) -> str | None:
    """`mine` with the changes from `base` to `new`; None where both changed the same value.

    None too where the change cannot be made without touching other text of the user's: the result
    is parsed and compared to the merge of the values, so a wrong cut cannot come out.
    """
    try:
        merge = _Merge(mine)
        expected = merge.node(parse(base), parse(mine), parse(new))
        result = merge.text()
        return result if parse(result).plain == expected else None
    except (_Conflict, NotMergeable):
        return None


class _Merge:
    """Walks the three trees; collects cuts in the user's text; gives the value that must result."""

    def __init__(self, mine: str) -> None:
        self._mine = mine
        self._cuts: list[tuple[int, int, str]] = []

    def text(self) -> str:
        """The user's text with all cuts made. Cuts at one place keep their order."""
        parts: list[str] = []
        at = 0
        for start, end, text in sorted(self._cuts, key=lambda cut: (cut[0], cut[1])):
            if start < at:
                raise NotMergeable("cuts overlap")
            parts += [self._mine[at:start], text]
            at = end
        return "".join((*parts, self._mine[at:]))

    def node(self, base: Node | None, mine: Node, new: Node, key: str = "") -> Plain:
        """The merged value of one place. `key` is the map key above it, if it is in a map."""
        if mine.plain == new.plain or (base and new.plain == base.plain):
            return mine.plain
        same_kind = mine.kind == new.kind and (base is None or base.kind == mine.kind)
        if same_kind and mine.is_block and new.is_block:
            if mine.kind == "map":
                return self._map(base, mine, new)
            return self._seq(base, mine, new)
        if base and mine.plain == base.plain:
            self._replace(mine, new)
            return new.plain
        if key in _PROSE:
            return mine.plain
        raise _Conflict

    # ------------------------------------------------------------ maps

    def _map(self, base: Node | None, mine: Node, new: Node) -> Plain:
        old = base.pairs if base else {}
        shift = mine.column - new.column
        result: dict[str, Plain] = {}
        for name, (key, value) in mine.pairs.items():
            was = old[name][1] if name in old else None
            if name in new.pairs:
                result[name] = self._pair(was, key, value, new.pairs[name])
            elif (
                left := value.plain if was is None else self._dropped(was, key, value)
            ) is not None:
                result[name] = left
        before: str | None = None
        for name, (key, value) in new.pairs.items():
            if name not in mine.pairs and name not in old:
                self._insert_pair(mine, before, key, value, shift)
                result[name] = value.plain
            if name in mine.pairs:
                before = name
        return "map", frozenset(result.items())

    def _pair(self, was: Node | None, key: Node, value: Node, new: tuple[Node, Node]) -> Plain:
        new_key, new_value = new
        untouched = was is not None and was.plain == value.plain != new_value.plain
        if untouched and not (value.is_block and new_value.is_block):
            spread = "\n" in value.source or "\n" in new_value.source
            if spread or new_value.line != new_key.line:
                ends = max(key.end, value.end), max(new_key.end, new_value.end)
                self._swap(key, new_key, *ends)
                return new_value.plain
        return self.node(was, value, new_value, str(key.raw.value))

    def _dropped(self, was: Node | None, key: Node, value: Node) -> Plain | None:
        """We do not generate this key. What stays of it: what the user wrote or worked on."""
        if was is None:
            return value.plain
        if was.kind == value.kind == "seq" and was.is_block and value.is_block:
            ours = {item.plain for item in was.items}
            if any(item.plain not in ours for item in value.items):
                return self._seq(was, value, None)
        elif value.plain != was.plain:
            return value.plain
        if _has_comment(value, was):
            return value.plain
        if self._mine[line_start(self._mine, key.start) : key.start].strip():
            raise _Conflict  # it shares its line with a dash
        self._remove(key.start, max(key.end, value.end))
        return None

    def _insert_pair(
        self, mine: Node, before: str | None, key: Node, value: Node, shift: int
    ) -> None:
        """Behind the key that precedes it in ours; at the end where there is none."""
        pairs = mine.pairs
        above = pairs[before] if before else list(pairs.values())[-1]
        end = max(key.end, value.end)
        lines = key.text[key.start : line_end(key.text, end)]
        self._insert(max(above[0].end, above[1].end), " " * key.column + lines, shift)

    # ------------------------------------------------------------ lists

    def _seq(self, base: Node | None, mine: Node, new: Node | None) -> Plain:
        sides = [base.items if base else (), mine.items, new.items if new else ()]
        full = _ambiguous(sides)
        old, ours, theirs = ({_identity(i, full): i for i in side} for side in sides)
        result: list[tuple[Identity, Plain]] = []
        for identity, item in ours.items():
            was = old.get(identity)
            if identity in theirs:
                result.append((identity, self._item(was, item, theirs[identity])))
            elif was is None or was.plain != item.plain or _has_comment(item, was):
                result.append((identity, item.plain))
            else:
                self._remove(item.start, item.end)
        before: Identity | None = None
        place = 0
        for identity, item in theirs.items():
            if identity in ours:
                before = identity
                place = next((n + 1 for n, r in enumerate(result) if r[0] == identity), place)
            elif identity not in old:
                self._insert_item(mine, ours[before] if before is not None else None, item)
                result.insert(place, (identity, item.plain))
                place += 1
        return "seq", tuple(plain for _, plain in result)

    def _item(self, was: Node | None, item: Node, new: Node) -> Plain:
        untouched = was is not None and was.plain == item.plain != new.plain
        if untouched and item.kind != new.kind:  # a test that has got arguments, or lost them
            self._swap(item, new, item.end, new.end)
            return new.plain
        return self.node(was, item, new)

    def _insert_item(self, mine: Node, above: Node | None, item: Node) -> None:
        """Behind the entry that precedes it in ours; at the top where there is none."""
        dash = item.text.rfind("-", 0, item.start)
        shift = mine.column - (dash - line_start(item.text, dash))
        start = line_start(item.text, item.start)
        lines = item.text[start : line_end(item.text, item.end)]
        if above is None:
            at = line_start(self._mine, mine.start)
            self._cuts.append((at, at, shifted(_ended(lines), shift)))
        else:
            blank = item.text[with_blank_lines_above(item.text, start) : start]
            self._insert(above.end, blank + lines, shift)

    # ------------------------------------------------------------ cuts

    def _replace(self, mine: Node, new: Node) -> None:
        """One value for another, in its line; what follows in the line stays."""
        text = new.source
        if "\n" in text or "\n" in mine.source:
            raise _Conflict
        blank = " " if mine.start == mine.end and text else ""
        self._cuts.append((mine.start, mine.end, blank + text))

    def _swap(self, mine: Node, new: Node, end: int, new_end: int) -> None:
        """Text of several lines, from where `mine` and `new` start."""
        if self._mine[end : line_end(self._mine, end)].strip():
            raise _Conflict  # a comment behind it would become part of the new value
        lines = " " * new.column + new.text[new.start : new_end]
        text = shifted(lines, mine.column - new.column)[mine.column :]
        self._cuts.append((mine.start, end, text))

    def _insert(self, behind: int, lines: str, shift: int) -> None:
        at = line_end(self._mine, behind)
        newline = "" if self._mine[:at].endswith("\n") else "\n"
        self._cuts.append((at, at, newline + shifted(_ended(lines), shift)))

    def _remove(self, start: int, end: int) -> None:
        first = with_blank_lines_above(self._mine, line_start(self._mine, start))
        self._cuts.append((first, line_end(self._mine, end), ""))


def _ended(lines: str) -> str:
    return lines if lines.endswith("\n") else lines + "\n"


def _has_comment(mine: Node, base: Node) -> bool:
    """The user wrote a comment in or behind it, which would go with it."""
    end = line_end(mine.text, mine.end)
    return mine.text[mine.start : end].count("#") > base.source.count("#")


def _name(item: Node) -> Identity:
    """What an entry is called: its `name`; a test's own name, with or without arguments."""
    if item.kind == "scalar":
        return "entry", str(item.raw.value)
    if item.kind in ("map", "opaque"):
        if "name" in item.pairs:
            return "name", item.pairs["name"][1].plain
        if item.pairs:
            return "entry", next(iter(item.pairs))
    return "value", item.plain


def _ambiguous(sides: Sequence[Sequence[Node]]) -> frozenset[Identity]:
    """Names that several entries of one list have: those are told apart by their whole value."""
    found: set[Identity] = set()
    for side in sides:
        names = [_name(item) for item in side]
        found.update(name for name in names if names.count(name) > 1)
    return frozenset(found)


def _identity(item: Node, ambiguous: frozenset[Identity]) -> Identity:
    name = _name(item)
    return ("value", item.plain) if name in ambiguous else name
