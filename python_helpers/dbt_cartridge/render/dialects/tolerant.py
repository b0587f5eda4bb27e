"""`try_cast(text as type)`: the value where the whole text is written as that type, else NULL.

The same on every warehouse. None of them says it by itself: DuckDB and Snowflake round `'12.7'` to
a whole number and take the day out of a time, PostgreSQL drops an offset without a word, and
PostgreSQL and MySQL have no cast that forgives. So each cast stands behind the form that its text
must have; where nothing forgives a 30th of February, the form knows the calendar too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from dbt_cartridge.render.dialects.nodes import Node

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CALENDAR = (
    "([12][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    "|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    "|([12][0-9](0[48]|[2468][048]|[13579][26])|(12|16|20|24|28)00)-02-29)"
)
_TIME = "[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?"
_ZONE = " ?(Z|UTC|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)"


def matches(value: Node, form: str) -> Node:
    return exp.RegexpLike(this=value, expression=exp.Literal.string(form))


def form_of(to: Node, strict: bool) -> str | None:
    """How text of the type is written; None where any text may be tried.

    Args:
        strict: the cast fails on a day that does not exist.
    """
    day = _CALENDAR if strict else _DAY
    if to.is_type("bigint", "int", "smallint"):
        return "^[+-]?[0-9]{1,18}$"
    if to.is_type("decimal"):
        return "^[+-]?[0-9]{1,14}([.][0-9]{1,4})?$"
    if to.is_type("double", "float"):
        return "^[+-]?([0-9]{1,30}([.][0-9]{0,20})?|[.][0-9]{1,20})([eE][+-]?[0-9]{1,2})?$"
    if to.is_type("boolean"):
        return "^(true|false)$"
    if to.is_type("date"):
        return f"^{day}$"
    if to.is_type("timestamptz"):
        return f"^{day}{_TIME}{_ZONE}$"
    if to.is_type("timestamp", "timestampntz", "datetime"):
        return f"^{day}({_TIME})?$"
    return None


def called(name: str) -> Callable[[Node, Node], Node]:
    """A function of text and format."""

    def reader(value: Node, format: Node) -> Node:
        return exp.Anonymous(this=name, expressions=[value, format])

    return reader


def as_it_is(node: Node) -> Node:
    return node


@dataclass(frozen=True)
class Tolerance:
    """What a warehouse has to read text with."""

    forgiving: bool  # a cast of its own gives NULL
    day: Callable[[Node, Node], Node]  # reads a text by a format, forgiving if the cast is
    words: tuple[str, str, str] = ("YYYY", "MM", "DD")  # of that format, for %Y, %m and %d
    cast: Callable[[Node], Node] = as_it_is  # what the dialect makes of a plain cast
    holds: Callable[[Node, str], Node] = matches  # the value's text has the form

    def __call__(self, node: Node) -> Node:
        """A `TryCast` as the warehouse has to say it."""
        if isinstance(node.this, exp.StrToTime):
            return self._day(node.this)
        value, to = node.this, node.to
        form = form_of(to, strict=not self.forgiving)
        if self.forgiving:
            inner: Node = exp.TryCast(this=value.copy(), to=to.copy(), requires_string=True)
        else:
            inner = exp.Cast(this=value.copy(), to=to.copy())
        inner = self.cast(inner)
        if form is None:
            return inner
        return exp.Case(ifs=[exp.If(this=self.holds(value.copy(), form), true=inner)])

    def _day(self, node: Node) -> Node:
        """`try_cast(strptime(text, '%d.%m.%Y') as date)`."""
        value, format = node.this, str(node.args["format"].name)
        spelt = format
        for ours, theirs in zip(("%Y", "%m", "%d"), self.words, strict=True):
            spelt = spelt.replace(ours, theirs)
        read = self.day(value.copy(), exp.Literal.string(spelt))
        form = _day_form(format, strict=not self.forgiving)
        return exp.Case(ifs=[exp.If(this=self.holds(value.copy(), form), true=read)])


def _day_form(format: str, strict: bool) -> str:
    """The regular expression of days that are written so; `strict`: of those that exist."""
    sign = "" if format[2] == "%" else f"[{format[2]}]"
    order = [letter for letter in format if letter.isalpha()]
    zero = "0" if not sign or order[0] == "Y" else "0?"

    def one(year: str, month: str, day: str) -> str:
        pieces = {"Y": year, "m": month, "d": day}
        return sign.join(pieces[letter] for letter in order)

    digits = "[0-9]{2}" if zero == "0" else "[0-9]{1,2}"
    if not strict:
        return f"^{one('[0-9]{4}', digits, digits)}$"
    year, leap = "[12][0-9]{3}", ("([12][0-9](0[48]|[2468][048]|[13579][26])|(12|16|20|24|28)00)")
    usual = one(year, f"({zero}[1-9]|1[0-2])", f"({zero}[1-9]|1[0-9]|2[0-8])")
    late = one(year, f"({zero}[13-9]|1[0-2])", "(29|30)")
    last = one(year, f"({zero}[13578]|1[02])", "31")
    return f"^({usual}|{late}|{last}|{one(leap, f'{zero}2', '29')})$"
