"""Small tables given by their rows: profiled, and asked about, in plain Python."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.probe import (
    Agreement,
    Answer,
    Exchange,
    Inclusion,
    Par,
    Question,
    Rise,
    Unique,
)
from dbt_cartridge.documents.scan import (
    Column,
    DeclaredForeignKey,
    DeclaredKey,
    Index,
    Profile,
    Relation,
    Scan,
    TextPatterns,
    TypeFamily,
    ValueCount,
)
from dbt_cartridge.documents.schema import Relationship, Schema, Table
from dbt_cartridge.infer import infer

Rows = Mapping[str, Sequence[Any]]  # column → values


class World:
    """A warehouse of a few tables. `us.orders` stands in the schema us, `orders` in raw."""

    def __init__(
        self, tables: Mapping[str, Rows], *, profiled: bool = True, sampled: bool = False
    ) -> None:
        self.tables = tables
        self.asked: list[Question] = []
        self.foreign_keys: dict[str, tuple[DeclaredForeignKey, ...]] = {}
        self.primary_keys: dict[str, DeclaredKey] = {}
        self.comments: dict[str, str] = {}  # by `table.column`
        self.indexes: dict[str, tuple[Index, ...]] = {}
        self._profiled = profiled
        self._sampled = sampled

    @property
    def scan(self) -> Scan:
        relations = [
            Relation(
                schema_name=name.rpartition(".")[0] or "raw",
                name=name.rpartition(".")[2],
                rows=_count(rows) if self._profiled else None,
                columns=tuple(
                    _column(column, values, self._profiled, self._sampled).model_copy(
                        update={"comment": self.comments.get(f"{name}.{column}")}
                    )
                    for column, values in rows.items()
                ),
                primary_key=self.primary_keys.get(name),
                foreign_keys=self.foreign_keys.get(name, ()),
                indexes=self.indexes.get(name, ()),
            )
            for name, rows in self.tables.items()
        ]
        return Scan(adapter="duckdb", relations=tuple(relations))

    def probe(self, questions: Sequence[Question]) -> list[Answer]:
        self.asked += questions
        return [self._answer(question) for question in questions]

    def infer(self, *, probed: bool = True, **settings: Any) -> Schema:
        return infer(self.scan, self.probe if probed else None, Settings(**settings))

    def _answer(self, question: Question) -> Answer:
        if isinstance(question, Unique):
            table = self._rows(question.relation)
            keys = _keys(table, question.columns)
            return Answer(rows=_count(table), considered=len(keys), hits=len(set(keys)))
        if isinstance(question, Inclusion):
            return self._inclusion(question)
        if isinstance(question, Agreement):
            return self._agreement(question)
        if isinstance(question, Rise):
            return self._rise(question)
        if isinstance(question, Par):
            return self._par(question)
        if isinstance(question, Exchange):
            return self._exchange(question)
        return Answer(status="unasked")

    def _par(self, question: Par) -> Answer:
        table = self._rows(question.relation)
        pairs = zip(table[question.currency], table[question.rate], strict=True)
        rates = [r for c, r in pairs if str(c) == question.value and r is not None]
        return Answer(rows=_count(table), considered=len(rates), hits=rates.count(1))

    def _exchange(self, question: Exchange) -> Answer:
        """Row by row, the rate looked for from the row's day backwards."""
        table, quotes = self._rows(question.relation), question.quotes
        theirs = self._rows(quotes.relation)
        base = theirs[quotes.base] if quotes.base else [quotes.home] * _count(theirs)
        known = sorted(
            (_day(since), rate, currency)
            for since, rate, currency, home in zip(
                theirs[quotes.since], theirs[quotes.rate], theirs[quotes.currency], base,
                strict=True,
            )
            if rate and currency and home == quotes.home
        )  # fmt: skip
        results = table[question.result] if question.result else [None] * _count(table)
        rows: list[tuple[Any, ...]] = []
        for currency, at, amount, result in zip(
            table[question.currency], table[question.at], table[question.amount], results,
            strict=True,
        ):  # fmt: skip
            rates = [r for day, r, c in known if c == currency and day <= _day(at)]
            if rates and amount is not None:
                made = amount * rates[-1] if question.form == "plain" else amount / rates[-1]
                rows.append((currency, rates[-1], made, result))
        if question.result:
            told = [row for row in rows if row[1] != 1 and row[3] is not None]
            hits = sum(abs(result - made) <= 0.010001 for _, _, made, result in told)
            return Answer(rows=len(rows), considered=len(told), hits=hits)
        return self._magnitude(question, rows)

    def _magnitude(self, question: Exchange, rows: Sequence[tuple[Any, ...]]) -> Answer:
        table = self._rows(question.relation)
        pairs = zip(table[question.currency], table[question.amount], strict=True)
        home = [amount for currency, amount in pairs if currency == question.quotes.home]
        groups: dict[Any, list[tuple[float, float]]] = {}
        for currency, rate, made, _ in rows:
            groups.setdefault(currency, []).append((rate, made))
        far = [
            sum(made for _, made in group) / len(group)
            for group in groups.values()
            for rate in [sum(rate for rate, _ in group) / len(group)]
            if min(len(group), len(home)) >= 10 and (rate >= 3 or rate * 3 <= 1)
        ]
        usual = sum(home) / len(home) if home else 0
        hits = sum(usual / 3 <= mean <= usual * 3 for mean in far)
        return Answer(considered=len(far), hits=hits)

    def _rise(self, question: Rise) -> Answer:
        table = self._rows(question.relation)
        keys = zip(*(table[name] for name in question.key), strict=True) if question.key else ()
        series: dict[Any, list[tuple[Any, Any]]] = {}
        placed = list(keys) or [()] * _count(table)
        for key, at, value in zip(
            placed, table[question.order], table[question.column], strict=True
        ):
            series.setdefault(key, []).append((at, value))
        pairs = [
            (before[1], after[1])
            for values in series.values()
            for before, after in itertools.pairwise(sorted(values))
        ]
        changed = [(before, after) for before, after in pairs if before != after]
        return Answer(
            rows=_count(table),
            considered=len(changed),
            hits=sum(before < after for before, after in changed),
        )

    def _agreement(self, question: Agreement) -> Answer:
        table = self._rows(question.relation)
        groups: dict[tuple[Any, ...], list[Any]] = {}
        keys = zip(*(table[name] for name in question.key), strict=True)
        for key, value in zip(keys, table[question.column], strict=True):
            if None not in key:
                groups.setdefault(key, []).append(value)
        several = [values for values in groups.values() if len(values) > 1]
        return Answer(
            rows=sum(map(len, groups.values())),
            considered=len(several),
            hits=sum(len(set(values)) == 1 for values in several),
        )

    def _rows(self, relation: str) -> Rows:
        return self.tables[relation.removeprefix("raw.")]

    def _inclusion(self, question: Inclusion) -> Answer:
        child = self._rows(question.relation)
        parent = self._rows(question.ref_relation)
        known = set(_keys(parent, question.ref_columns))
        keys = _keys(child, question.columns, question.where_column, question.where_value)
        distinct = set(keys)
        return Answer(
            rows=_count(child),
            considered=len(keys),
            hits=sum(key in known for key in keys),
            keys=len(distinct),
            key_hits=len(distinct & known),
        )


def table(schema: Schema, name: str) -> Table:
    return schema.by_id[f"raw.{name}"]


def key(schema: Schema, name: str) -> tuple[str, ...]:
    found = table(schema, name).primary_key
    return found.columns if found else ()


def edges(schema: Schema) -> dict[str, str]:
    """`orders(customer_id)` → `customers(id)`."""
    return {_end(r.table, r.columns): _end(r.ref_table, r.ref_columns)
            for r in schema.relationships}  # fmt: skip


def edge(schema: Schema, start: str) -> Relationship:
    return next(r for r in schema.relationships if _end(r.table, r.columns) == start)


def _end(relation: str, columns: Sequence[str]) -> str:
    return f"{relation.split('.', 1)[1]}({', '.join(columns)})"


def _count(rows: Rows) -> int:
    return max((len(values) for values in rows.values()), default=0)


def _day(time: Any) -> date:
    return time.date() if isinstance(time, datetime) else time


def _keys(
    rows: Rows, columns: Sequence[str], where: str | None = None, value: str | None = None
) -> list[tuple[str, ...]]:
    picked = zip(*(rows[name] for name in columns), strict=True)
    asked = rows[where] if where else [value] * _count(rows)
    return [
        tuple(map(str, key))
        for key, said in zip(picked, asked, strict=True)
        if None not in key and said == value
    ]


def _column(name: str, values: Sequence[Any], profiled: bool, sampled: bool) -> Column:
    filled = [value for value in values if value is not None]
    family = _family(filled)
    if not profiled:
        return Column(name=name, position=1, native_type=family, type=family)
    counts = Counter(map(str, filled))
    numbers = [v for v in filled if isinstance(v, (int, float)) and not isinstance(v, bool)]
    texts = [v for v in filled if isinstance(v, str)]
    profile = Profile(
        rows=len(values),
        sampled=sampled,
        nulls=len(values) - len(filled),
        distinct=len(counts),
        min=str(min(filled)) if filled else None,
        max=str(max(filled)) if filled else None,
        mean=sum(numbers) / len(numbers) if numbers else None,
        fractions=sum(v != int(v) for v in numbers),
        min_length=min(map(len, texts)) if texts else None,
        max_length=max(map(len, texts)) if texts else None,
        mean_length=sum(map(len, texts)) / len(texts) if texts else None,
        patterns=_patterns(texts) if texts else None,
        top_values=tuple(ValueCount(value=v, count=n) for v, n in counts.most_common(12)),
    )
    return Column(name=name, position=1, native_type=family, type=family, profile=profile)


def _patterns(texts: Sequence[str]) -> TextPatterns:
    return TextPatterns(
        spaced=sum(" " in v for v in texts),
        integer=sum(v.isdecimal() for v in texts),
        leading_zero=sum(len(v) > 1 and v.startswith("0") for v in texts),
    )


def _family(values: Sequence[Any]) -> TypeFamily:
    first = values[0] if values else ""
    if isinstance(first, bool):
        return "boolean"
    if isinstance(first, int):
        return "integer"
    if isinstance(first, float):
        return "decimal"
    if isinstance(first, datetime):
        return "timestamp"
    return "date" if isinstance(first, date) else "text"
