"""SQL text as tokens, and what kind of word each is, as a linter would sort them.

Nothing is parsed: what is sorted wrongly here is written in another case, and means the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from sqlglot.dialects.dialect import Dialect

Kind = Literal[
    "jinja", "comment", "text", "quoted", "number", "blank", "line", "sign",
    "keyword", "function", "identifier", "literal", "type",
]  # fmt: skip

_TOKEN = r"""
      (?P<jinja>\{\{.*?\}\}|\{%%.*?%%\}|\{\#.*?\#\})
    | (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<text>'%s')
    | (?P<quoted>"(?:[^"]|"")*"|`[^`]*`)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<line>\n)
    | (?P<blank>[^\S\n]+)
    | (?P<sign><>|!=|>=|<=|\|\||::|.)
"""
_LITERALS = frozenset({"null", "true", "false"})
_CASTS = frozenset({"cast", "try_cast", "safe_cast"})
# Words that are SQL's own wherever they stand, and no functions before a bracket.
GRAMMAR = frozenset(
    "all and any as by distinct else exists filter from group in join lateral not on or over "
    "partition qualify select then union using values when where with".split()
)
# Functions without brackets.
_BARE = frozenset({"current_date", "current_time", "current_timestamp", "localtimestamp"})
# Types that stand before a text (`date '2024-01-01'`); elsewhere the word is a keyword.
_MOMENTS = frozenset({"date", "time", "timestamp", "timestamptz"})
_TYPED = {
    "duckdb": _MOMENTS | {"interval"}, "postgres": _MOMENTS | {"interval"}, "redshift": _MOMENTS,
}  # fmt: skip
# Where a name follows, and where a list of names may go on.
_NAMES_FOLLOW = frozenset({"from", "join", "as"})


@dataclass(frozen=True)
class Token:
    kind: Kind
    text: str

    @property
    def is_seen(self) -> bool:
        """Whether the database reads it."""
        return self.kind not in ("blank", "line", "comment")


@lru_cache(maxsize=16)
def _pattern(adapter: str) -> re.Pattern[str]:
    # Jinja in a text is rendered first, quotes and all.
    jinja = r"\{\{.*?\}\}"
    inside = rf"(?:{jinja}|[^'\\]|\\.|'')*" if _has_backslash(adapter) else rf"(?:{jinja}|[^']|'')*"
    return re.compile(_TOKEN % inside, re.VERBOSE | re.DOTALL)


def _has_backslash(adapter: str) -> bool:
    """Whether a backslash in a text makes the next character another."""
    tokenizer: Any = getattr(Dialect.get(adapter), "tokenizer_class", None)
    return tokenizer is not None and "\\" in tokenizer.STRING_ESCAPES


def tokens(sql: str, adapter: str, names: Collection[str] = ()) -> list[Token]:
    """Every character of `sql`, in order.

    Args:
        names: what is known to be the name of a column or a relation, in lower case.
    """
    plain: list[Token] = []
    words: list[int] = []
    for match in _pattern(adapter).finditer(sql):
        if match.lastgroup == "word":
            words.append(len(plain))
            plain.append(Token("keyword", match.group()))
        else:
            plain.append(Token(_kind(match.lastgroup), match.group()))
    known = {*names, *_named(plain, words)}
    for index, kind in _sorted(plain, words, known, _TYPED.get(adapter, frozenset())):
        plain[index] = replace(plain[index], kind=kind)
    return plain


def _kind(group: str | None) -> Kind:
    for kind in ("jinja", "comment", "text", "quoted", "number", "blank", "line"):
        if kind == group:
            return kind
    return "sign"


def _named(plain: Sequence[Token], words: Sequence[int]) -> Iterator[str]:
    """Words that can only be names where they stand: so they are names elsewhere."""
    for index in words:
        word = plain[index].text.lower()
        before, after = _seen(plain, index, -1), _seen(plain, index, +1)
        if after == "(" or word in _LITERALS or word in GRAMMAR or word in _BARE:
            continue
        touching = _beside(plain, index, -1) == "." or _beside(plain, index, +1) == "."
        is_cte = after == "as" and before in ("with", ",", "")
        is_alias = before == "as" and after in (",", "from")
        if touching or is_cte or is_alias or before in ("from", "join"):
            yield word


def _sorted(
    plain: Sequence[Token], words: Sequence[int], known: Collection[str], typed: Collection[str]
) -> Iterator[tuple[int, Kind]]:
    brackets: list[str] = []  # the word before each that is open
    in_type = 0  # how many were open where a type began
    previous = ""
    wanted = set(words)
    for index, token in enumerate(plain):
        if not token.is_seen:
            continue
        word = token.text.lower()
        if token.text == "(":
            touches = _beside(plain, index, -1) == previous
            brackets.append(previous if touches else "")
        elif token.text == ")":
            if in_type == len(brackets):
                in_type = 0
            if brackets:
                brackets.pop()
        elif index in wanted:
            if in_type or previous == "::":
                yield index, "type"
            elif previous == "as" and brackets and brackets[-1] in _CASTS:
                in_type = len(brackets)
                yield index, "type"
            elif word in typed and _is_before_text(plain, index):
                yield index, "type"
            else:
                yield index, _of(plain, index, word, previous, known)
        previous = word


def _of(
    plain: Sequence[Token], index: int, word: str, previous: str, known: Collection[str]
) -> Kind:
    after = _beside(plain, index, +1)
    if "." in (after, _beside(plain, index, -1)):
        return "identifier"
    if word in _BARE or (after == "(" and word not in GRAMMAR):
        return "function"
    if word in _LITERALS:
        return "literal"
    if word in GRAMMAR:
        return "keyword"
    return "identifier" if word in known or previous in _NAMES_FOLLOW else "keyword"


def _beside(plain: Sequence[Token], index: int, step: int) -> str:
    at = index + step
    return plain[at].text.lower() if 0 <= at < len(plain) else ""


def _seen(plain: Sequence[Token], index: int, step: int) -> str:
    at = _next(plain, index, step)
    return "" if at is None else plain[at].text.lower()


def _is_before_text(plain: Sequence[Token], index: int) -> bool:
    """`date '2024-01-01'`, `interval '1 day'`; in `interval '1' day` it is a keyword."""
    at = _next(plain, index, +1)
    return at is not None and plain[at].kind == "text" and not plain[at].text[1:-1].isdigit()


def _next(plain: Sequence[Token], index: int, step: int) -> int | None:
    at = index + step
    while 0 <= at < len(plain):
        if plain[at].is_seen:
            return at
        at += step
    return None
