"""Long SQL expressions over several lines, as sqlfluff and jaffle-shop would have them.

Works on the text of one expression: only white space between its tokens is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Union

from dbt_cartridge.frozen import frozen

WIDTH = 80
_INDENT = "    "

_TOKEN = re.compile(
    r"""
      (?P<string>[a-zA-Z]*'(?:[^'\\]|\\.|'')*')
    | (?P<name>"(?:[^"]|"")*"|`(?:[^`\\]|\\.)*`)
    | (?P<word>[^\s'"`(),]+)
    | (?P<sign>[(),])
    """,
    re.VERBOSE | re.DOTALL,
)
_BREAK_BEFORE: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "<>", "!=", "<", ">", "<=", ">=", "is", "in", "not", "like", "between"}),
    frozenset({"+", "-", "||"}),
    frozenset({"*", "/", "%"}),
)
_CLAUSES = frozenset({"partition", "order", "rows", "range"})
_SIGNS = ("(", "(f", ",", ")")
_GLUE = "\0"  # stands before a bracket that touches what is before it: a call


@frozen
class Group:
    """`head(item, item)`, with whatever stands between the brackets."""

    items: tuple[Sequence, ...]


@dataclass(frozen=True)
class Case:
    """`case … end`; each branch is a keyword and what follows it."""

    operand: Sequence
    branches: tuple[tuple[str, Sequence], ...]


Part = Union[str, "Group", "Case"]
Sequence = tuple[Part, ...]


def wrap(sql: str, indent: str, width: int = WIDTH, reserve: int = 0) -> str:
    """`sql` over as many lines as it needs; those after the first start with `indent`.

    Args:
        reserve: columns that the caller puts behind the last line (` as order_total,`).
    """
    if "\n" not in sql and len(indent) + len(sql) + reserve <= width:
        return sql
    return f"\n{indent}".join(_lines(parse(sql), width - len(indent), reserve, within=False))


# ---------------------------------------------------------------- text to tree


def parse(sql: str) -> Sequence:
    glued: list[str] = []
    end = -1
    for match in _TOKEN.finditer(sql):
        token = match.group()
        # Where one token touched the next, it goes on touching it: `a.b`, `x::int`, `f(`.
        touches = match.start() == end
        end = match.end()
        if touches and token not in "()," and glued[-1] not in _SIGNS:
            glued[-1] += token
        elif touches and token == "(" and glued[-1] not in ("(", "(f", ","):
            glued.append("(f")  # a call: no blank before the bracket
        else:
            glued.append(token)
    sequence, rest = _sequence(glued, 0, frozenset())
    return sequence if rest == len(glued) else (sql,)


def _sequence(tokens: list[str], at: int, until: frozenset[str]) -> tuple[Sequence, int]:
    parts: list[Part] = []
    while at < len(tokens) and tokens[at] not in until and tokens[at] not in (")", ","):
        token = tokens[at]
        if token in ("(", "(f"):
            group, at = _group(tokens, at + 1)
            if token == "(f":
                parts.append(_GLUE)
            parts.append(group)
        elif token == "case":
            case, at = _case(tokens, at + 1)
            parts.append(case)
        else:
            parts.append(token)
            at += 1
    return tuple(parts), at


def _group(tokens: list[str], at: int) -> tuple[Group, int]:
    items: list[Sequence] = []
    while True:
        item, at = _sequence(tokens, at, frozenset())
        items.append(item)
        if at >= len(tokens) or tokens[at] == ")":
            return Group(tuple(items)), at + 1
        at += 1


def _case(tokens: list[str], at: int) -> tuple[Case, int]:
    stops = frozenset({"when", "then", "else", "end"})
    operand, at = _sequence(tokens, at, stops)
    branches: list[tuple[str, Sequence]] = []
    while at < len(tokens) and tokens[at] in stops and tokens[at] != "end":
        keyword = tokens[at]
        body, at = _sequence(tokens, at + 1, stops)
        branches.append((keyword, body))
    return Case(operand, tuple(branches)), at + 1


# ---------------------------------------------------------------- tree to lines


def flat(sequence: Sequence) -> str:
    out: list[str] = []
    blank = False
    for part in sequence:
        if part == _GLUE:
            blank = False
            continue
        if blank:
            out.append(" ")
        out.append(_flat(part))
        blank = True
    return "".join(out)


def _flat(part: Part) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Group):
        return "(" + ", ".join(flat(item) for item in part.items) + ")"
    words = ["case", flat(part.operand)]
    for keyword, body in part.branches:
        words += [keyword, flat(body)]
    return " ".join(word for word in [*words, "end"] if word)


def _lines(sequence: Sequence, width: int, reserve: int, *, within: bool = True) -> list[str]:
    """Args:
    within: the sequence is a part of another, and begins a line of its own.
    """
    one = flat(sequence)
    if len(one) + reserve <= width:
        return [one]
    pieces = _pieces(sequence)
    if len(pieces) > 1:
        lines: list[str] = []
        for index, piece in enumerate(pieces):
            lines += _lines(piece, width, reserve if index == len(pieces) - 1 else 0)
        return lines
    return _open(sequence, width, reserve, within)


def _pieces(sequence: Sequence) -> list[Sequence]:
    """The operands at the loosest operator, each behind its operator."""
    for operators in _BREAK_BEFORE:
        cuts = list(_cuts(sequence, operators))
        if cuts:
            edges = [0, *cuts, len(sequence)]
            return [sequence[a:b] for a, b in pairwise(edges)]
    return [sequence]


def _cuts(sequence: Sequence, operators: frozenset[str]) -> Iterator[int]:
    between = False
    for index, part in enumerate(sequence):
        if part == "between":
            between = True
        if index == 0 or part not in operators:
            continue
        if part == "and" and between:  # the `and` of a `between` belongs to it
            between = False
            continue
        if part == "in" and sequence[index - 1] == "not":
            continue
        yield index


def _open(sequence: Sequence, width: int, reserve: int, within: bool) -> list[str]:
    """Break inside the last bracket or `case` of a sequence that has no operator to break at."""
    for index in range(len(sequence) - 1, -1, -1):
        part = sequence[index]
        if isinstance(part, str):
            continue
        before, after = flat(sequence[:index]), flat(sequence[index + 1 :])
        if isinstance(part, Group):
            glued = index > 0 and sequence[index - 1] == _GLUE
            head = before + ("" if glued or not before else " ") + "("
            if within and before.endswith(" over"):  # sqlfluff's LT02: a window is one level in
                inner = [f"{_INDENT}{line}" for line in _items(part, width - 2 * len(_INDENT))]
                lines = ["over (", *inner, ")" + (after and f" {after}")]
                return [before.removesuffix(" over"), *(_INDENT + line for line in lines)]
            inner = _items(part, width - len(_INDENT))
            return [head, *(_INDENT + line for line in inner), ")" + (after and f" {after}")]
        inner = _branches(part, width)
        return [
            f"{before} {inner[0]}".strip(),
            *inner[1:-1],
            "end" + (after and f" {after}"),
        ]
    return [flat(sequence)]


def _items(group: Group, width: int) -> list[str]:
    clauses = _clauses(group)
    if len(clauses) > 1:
        return [line for clause in clauses for line in _clause(clause, width)]
    lines: list[str] = []
    for index, item in enumerate(group.items):
        last = index == len(group.items) - 1
        of_item = _lines(item, width, 0 if last else 1)
        of_item[-1] += "" if last else ","
        lines += of_item
    return lines


def _clauses(group: Group) -> list[list[Sequence]]:
    """The `partition by …`, `order by …` of a window, each as its items."""
    clauses: list[list[Sequence]] = [[]]
    for item in group.items:
        cuts = [i for i, part in enumerate(item) if isinstance(part, str) and part in _CLAUSES]
        edges = [0, *cuts, len(item)]
        for number, (a, b) in enumerate(pairwise(edges)):
            if number and clauses[-1]:
                clauses.append([])
            if a < b:
                clauses[-1].append(item[a:b])
    return clauses


def _clause(items: list[Sequence], width: int) -> list[str]:
    one = ", ".join(flat(item) for item in items)
    if len(one) <= width or len(items) == 1:
        return [one]
    head, first = items[0][:2], items[0][2:]
    lines = [flat(item) for item in [first, *items[1:]]]
    return [flat(head), *(_INDENT + line + "," for line in lines[:-1]), _INDENT + lines[-1]]


def _branches(case: Case, width: int) -> list[str]:
    lines = [" ".join(word for word in ("case", flat(case.operand)) if word)]
    index = 0
    while index < len(case.branches):
        keyword, body = case.branches[index]
        if keyword == "when" and index + 1 < len(case.branches):
            lines += _when(body, case.branches[index + 1][1], width - len(_INDENT))
            index += 2
        else:
            lines += _behind(keyword, body, width - len(_INDENT))
            index += 1
    return [lines[0], *(_INDENT + line for line in lines[1:]), "end"]


def _when(condition: Sequence, result: Sequence, width: int) -> list[str]:
    one = f"when {flat(condition)} then {flat(result)}"
    if len(one) <= width:
        return [one]
    behind = _behind("then", result, width - len(_INDENT))
    return [*_behind("when", condition, width), *(_INDENT + line for line in behind)]


def _behind(keyword: str, body: Sequence, width: int) -> list[str]:
    one = f"{keyword} {flat(body)}"
    if len(one) <= width:
        return [one]
    inner = _lines(body, width - len(_INDENT), 0)
    return [keyword, *(_INDENT + line for line in inner)]
