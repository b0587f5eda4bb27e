"""Questions of inference as the macros take them: with names and types, several to one pass.

What one pass over a table can tell is asked together: all formulas within its rows, and all totals
of a header over the same lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dbt_cartridge.documents.probe import (
    Agreement,
    Answer,
    Exchange,
    Inclusion,
    Ordering,
    Par,
    Product,
    Question,
    Rise,
    Total,
    Unique,
)
from dbt_cartridge.documents.scan import Column, Relation, Scan
from dbt_cartridge.engine.base import Row

MOST_PAIRS = 6
"""Formulas that one pass answers."""

# A share of orphans or of rows that add up shows in a million rows as well as in a billion; whether
# a key is unique does not, and is asked of every row.
_SAMPLED_ABOVE = 10_000_000
_SAMPLE_ROWS = 1_000_000
_COMPARABLE = (
    frozenset({"integer", "decimal", "float"}),
    frozenset({"date", "timestamp"}),
)
_SORTED = frozenset({"integer", "decimal", "float", "date", "timestamp", "text"})
_WITHOUT_EQUALITY = frozenset({"json", "array", "struct", "geography", "binary", "other"})
Body = dict[str, Any]


@dataclass(frozen=True)
class Pass:
    """Questions that one pass answers, with their numbers; more than one are of one kind."""

    numbers: tuple[int, ...]
    questions: tuple[Question, ...]
    sampled: bool

    def alone(self) -> list[Pass]:
        """One pass for each of its questions: where one of them fails, the others shall not."""
        pairs = zip(self.numbers, self.questions, strict=True)
        return [Pass((number,), (question,), self.sampled) for number, question in pairs]

    def answers(self, row: Row) -> dict[int, Answer]:
        """The answers by the number of their question; `row` as the macro describes it."""
        rows, *counts = (int(cell or 0) for cell in row[1:])
        found: dict[int, Answer] = {}
        for place, (number, question) in enumerate(zip(self.numbers, self.questions, strict=True)):
            considered, hits = counts[2 * place : 2 * place + 2]
            keys, key_hits = counts[2:4] if isinstance(question, Inclusion) else (0, 0)
            found[number] = Answer(
                rows=rows or considered,
                considered=considered,
                hits=hits,
                keys=keys,
                key_hits=key_hits,
                sampled=self.sampled,
            )
        return found


def passes(questions: Sequence[Question], scan: Scan) -> tuple[list[Pass], dict[int, Answer]]:
    """The passes that answer the questions, and the answers of what the scan knows nothing of."""
    together: dict[tuple[object, ...], list[int]] = {}
    refused: dict[int, Answer] = {}
    for number, question in enumerate(questions):
        try:
            Statement(scan).add(Pass((number,), (question,), False))
        except KeyError as unknown:
            refused[number] = Answer(status="failed", reason=f"{unknown.args[0]} is unknown")
            continue
        together.setdefault(_shared(number, question), []).append(number)
    found: list[Pass] = []
    for numbers in together.values():
        for start in range(0, len(numbers), MOST_PAIRS):
            some = numbers[start : start + MOST_PAIRS]
            asked = tuple(questions[number] for number in some)
            found.append(Pass(tuple(some), asked, _is_sampled(asked[0], scan)))
    return found, refused


def _shared(number: int, question: Question) -> tuple[object, ...]:
    """What questions have in common that one pass answers."""
    if isinstance(question, Product | Ordering):
        return ("rows", question.relation)
    if isinstance(question, Agreement):
        return ("agreements", question.relation, question.key)
    if isinstance(question, Rise):
        return ("rises", question.relation, question.key, question.order)
    if isinstance(question, Par):
        return ("pars", question.relation, question.currency, question.rate)
    if isinstance(question, Exchange):
        by_row = question.result is not None
        rows = (question.relation, question.currency, question.at)
        return ("exchanges" if by_row else "magnitudes", *rows, question.quotes)
    if isinstance(question, Total):
        return ("totals", question.relation, question.key, question.child, question.child_key)
    return (number,)


def _is_sampled(question: Question, scan: Scan) -> bool:
    by_sample = isinstance(question, Inclusion | Product | Ordering | Exchange)
    return by_sample and (scan.by_id[question.relation].rows or 0) > _SAMPLED_ABOVE


@dataclass
class Statement:
    """One request for `_cartridge_questions_sql`, filled pass by pass."""

    scan: Scan
    bodies: list[Body] = field(default_factory=list[Body])
    _tables: dict[tuple[str, bool], int] = field(default_factory=dict[tuple[str, bool], int])
    _values: dict[tuple[str, str, str], int] = field(
        default_factory=dict[tuple[str, str, str], int]
    )

    def request(self) -> Body:
        """The request's body."""
        tables = [self._table(*place) for place in self._tables]
        names = [table[part] for table in tables for part in ("database", "schema", "name")]
        names += [name for _, name, _ in self._values]
        return {
            "names": list(dict.fromkeys(name for name in names if name)),
            "tables": tables,
            "values": [list(value) for value in self._values],
            "pairs": max((body["pairs"] for body in self.bodies), default=1),
            "questions": self.bodies,
        }

    def add(self, one: Pass) -> None:
        """Ask this too. Raises KeyError with what the scan does not know."""
        first = one.questions[0]
        body: Body = {"no": len(self.bodies), "pairs": len(one.questions)}
        body["table"] = self._place(first.relation, one.sampled)
        if isinstance(first, Unique):
            columns = self._columns(first.relation, first.columns)
            body |= {"kind": "unique", "keys": self._keys(columns, columns)}
        elif isinstance(first, Inclusion):
            body |= self._inclusion(first)
        elif isinstance(first, Agreement):
            body |= self._agreements([q for q in one.questions if isinstance(q, Agreement)])
        elif isinstance(first, Rise):
            body |= self._rises([q for q in one.questions if isinstance(q, Rise)])
        elif isinstance(first, Par):
            body |= self._pars([q for q in one.questions if isinstance(q, Par)])
        elif isinstance(first, Exchange):
            body |= self._exchanges([q for q in one.questions if isinstance(q, Exchange)])
        elif isinstance(first, Total):
            body |= self._totals([q for q in one.questions if isinstance(q, Total)])
        else:
            body |= self._rows([q for q in one.questions if isinstance(q, Product | Ordering)])
        self.bodies.append(body)

    def _inclusion(self, question: Inclusion) -> Body:
        child = self._columns(question.relation, question.columns)
        parent = self._columns(question.ref_relation, question.ref_columns)
        where = question.where_column
        narrowed = None if where is None else self._columns(question.relation, (where,))[0]
        return {
            "kind": "inclusion",
            "pairs": 2,
            "keys": self._keys(child, parent),
            "columns": self._plain(child),
            "ref_table": self._place(question.ref_relation),
            "ref_keys": self._keys(parent, child),
            "ref_columns": self._plain(parent),
            "where": None if narrowed is None else self._value("text", narrowed),
            "value": question.where_value,
        }

    def _agreements(self, questions: Sequence[Agreement]) -> Body:
        """Values that a warehouse may be unable to sort are compared as text."""
        key = self._columns(questions[0].relation, questions[0].key)
        own = self._columns(questions[0].relation, [question.column for question in questions])
        return {
            "kind": "agreements",
            "keys": self._keys(key, key),
            "columns": self._plain(key),
            "values": [self._value("plain" if c.type in _SORTED else "text", c) for c in own],
        }

    def _rises(self, questions: Sequence[Rise]) -> Body:
        first = questions[0]
        key = self._columns(first.relation, first.key)
        order = self._columns(first.relation, (first.order,))
        own = self._columns(first.relation, [question.column for question in questions])
        return {
            "kind": "rises",
            "keys": self._keys(key, key),
            "order": self._keys(order, order)[0],
            "columns": self._plain([*key, *order]),
            "values": [self._value("number", column) for column in own],
        }

    def _pars(self, questions: Sequence[Par]) -> Body:
        first = questions[0]
        currency, rate = self._columns(first.relation, (first.currency, first.rate))
        return {
            "kind": "pars",
            "currency": self._value("text", currency),
            "rate": self._value("number", rate),
            "values": [question.value for question in questions],
        }

    def _exchanges(self, questions: Sequence[Exchange]) -> Body:
        first = questions[0]
        quotes = first.quotes
        own, at = self._columns(first.relation, (first.currency, first.at))
        theirs, since, rate = self._columns(
            quotes.relation, (quotes.currency, quotes.since, quotes.rate)
        )
        base = self._columns(quotes.relation, (quotes.base,))[0] if quotes.base else None
        amounts = _Places()
        formulas: list[list[object]] = []
        for question in questions:
            names = (question.amount, question.result)
            columns = self._columns(question.relation, [name for name in names if name])
            places = [amounts.of(self._value("number", column)) for column in columns]
            formulas.append([question.form, places])
        return {
            "kind": "exchanges" if first.result is not None else "magnitudes",
            "key": self._keys((own,), (theirs,))[0],
            "named": self._value("text", own),
            "columns": self._plain((own, at)),
            "values": amounts.listed,
            "formulas": formulas,
            "home": quotes.home,
            "rates": self._place(quotes.relation),
            "rates_key": self._keys((theirs,), (own,))[0],
            "rates_columns": self._plain((theirs, since)),
            "rate": self._value("number", rate),
            "base": None if base is None else self._value("text", base),
        }

    def _rows(self, questions: Sequence[Product | Ordering]) -> Body:
        own = _Places()
        formulas: list[list[object]] = []
        for question in questions:
            if isinstance(question, Ordering):
                ends = self._columns(question.relation, (question.lower, question.upper))
                places = self._plain(ends) if question.by_day else self._keys(ends, ends[::-1])
                form = "by_day" if question.by_day else "ordering"
                formulas.append([form, [own.of(place) for place in places]])
                continue
            names = (question.result, question.left, question.right, question.third)
            operands = self._columns(question.relation, [name for name in names if name])
            places = [self._value("number", column) for column in operands]
            formulas.append([question.form, [own.of(place) for place in places]])
        return {"kind": "rows", "formulas": formulas, "values": own.listed}

    def _totals(self, questions: Sequence[Total]) -> Body:
        first = questions[0]
        key = self._columns(first.relation, first.key)
        child_key = self._columns(first.child, first.child_key)
        totals, amounts = _Places(), _Places()

        def amount(question: Total, name: str | None) -> int | None:
            if name is None:
                return None
            column = self._columns(question.child, (name,))[0]
            return amounts.of(self._value("number", column))

        sums: list[list[int | None]] = []
        for question in questions:
            total = self._columns(question.relation, (question.total,))[0]
            parts = (question.amount, question.factor, question.discount)
            place = totals.of(self._value("number", total))
            sums.append([place, *(amount(question, part) for part in parts)])
        return {
            "kind": "totals",
            "keys": self._keys(key, child_key),
            "columns": self._plain(key),
            "child": self._place(first.child),
            "child_keys": self._keys(child_key, key),
            "child_columns": self._plain(child_key),
            "totals": totals.listed,
            "amounts": amounts.listed,
            "sums": sums,
        }

    # ---------------------------------------------------------------- places in the lists

    def _place(self, identity: str, sampled: bool = False) -> int:
        if identity not in self.scan.by_id:
            raise KeyError(identity)
        return self._tables.setdefault((identity, sampled), len(self._tables))

    def _table(self, identity: str, sampled: bool) -> Body:
        """How the macros name a relation, with the size of the sample where it is to be sampled."""
        relation: Relation = self.scan.by_id[identity]
        named: Body = dict(relation.read_as)
        if relation.filter_column:
            named["filter"] = list(relation.filter_column)
        if sampled:
            named |= {
                "kind": relation.kind,
                "rows": relation.rows,
                "bytes": relation.bytes,
                "sample": _SAMPLE_ROWS,
            }
        return named

    def _columns(self, identity: str, names: Sequence[str]) -> list[Column]:
        relation = self.scan.by_id.get(identity)
        found: list[Column] = []
        for name in names:
            column = relation.by_name.get(name) if relation else None
            if column is None:
                raise KeyError(f"{identity}.{name}")
            found.append(column)
        return found

    def _keys(self, columns: Sequence[Column], others: Sequence[Column]) -> list[int]:
        """The columns as they are where they can be compared with the others, else as text."""
        return [
            self._value("plain" if _alike(one.type, other.type) else "text", one)
            for one, other in zip(columns, others, strict=True)
        ]

    def _plain(self, columns: Sequence[Column]) -> list[int]:
        return [self._value("plain", column) for column in columns]

    def _value(self, form: str, column: Column) -> int:
        family = str(column.type) if form == "number" else ""
        return self._values.setdefault((form, column.name, family), len(self._values))


class _Places:
    """A list of its own of places in the statement's list, each once."""

    def __init__(self) -> None:
        self.listed: list[int] = []

    def of(self, place: int) -> int:
        if place not in self.listed:
            self.listed.append(place)
        return self.listed.index(place)


def _alike(one: str, other: str) -> bool:
    if one in _WITHOUT_EQUALITY or other in _WITHOUT_EQUALITY:
        return False
    return one == other or any({one, other} <= group for group in _COMPARABLE)
