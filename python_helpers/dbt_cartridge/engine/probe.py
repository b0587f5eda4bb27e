"""Questions of inference, put to the warehouse: many to a statement, each failure its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dbt_cartridge.documents.probe import (
    Answer,
    Dependency,
    Inclusion,
    Ordering,
    Probe,
    Product,
    Question,
    Total,
    Unique,
)
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.engine.base import Engine, Reply, Request, Row, in_order

_PER_STATEMENT = 40
# A share of orphans or of rows that add up shows in a million rows as well as in a billion; whether
# a key is unique does not, and is asked of every row.
_SAMPLED_ABOVE = 10_000_000
_SAMPLE_ROWS = 1_000_000
_COMPARABLE = (
    frozenset({"integer", "decimal", "float"}),
    frozenset({"date", "timestamp"}),
)
_WITHOUT_EQUALITY = frozenset({"json", "array", "struct", "geography", "binary", "other"})
Body = dict[str, Any]


def prober(engine: Engine, scan: Scan) -> Probe:
    """The Probe of inference: asks `engine` about the relations and columns that `scan` knows."""

    def probe(questions: Sequence[Question]) -> Sequence[Answer]:
        answers: dict[int, Answer] = {}
        bodies: list[Body] = []
        for number, question in enumerate(questions):
            try:
                bodies.append(_Named(scan).body(number, question))
            except KeyError as unknown:
                answers[number] = Answer(status="failed", reason=f"{unknown.args[0]} is unknown")
        batches = [bodies[i : i + _PER_STATEMENT] for i in range(0, len(bodies), _PER_STATEMENT)]
        failed: list[Body] = []
        for batch, reply in zip(batches, _asked(engine, batches), strict=True):
            if reply.error is None:
                answers.update(_answers(batch, reply.rows))
            elif len(batch) == 1:
                answers[batch[0]["no"]] = Answer(status="failed", reason=reply.error)
            else:
                failed += batch
        for body, reply in zip(failed, _asked(engine, [[body] for body in failed]), strict=True):
            if reply.error is None:
                answers.update(_answers([body], reply.rows))
            else:
                answers[body["no"]] = Answer(status="failed", reason=reply.error)
        return [answers[number] for number in range(len(questions))]

    return probe


def _asked(engine: Engine, batches: Sequence[list[Body]]) -> list[Reply]:
    requests = [Request("questions", {"questions": batch}) for batch in batches]
    return in_order(engine.ask(requests), len(requests))


def _answers(bodies: Sequence[Body], rows: Sequence[Row]) -> dict[int, Answer]:
    sampled = {body["no"] for body in bodies if "sample" in body["relation"]}
    found: dict[int, Answer] = {}
    for row in rows:
        number, total, considered, hits, keys, key_hits = (int(cell or 0) for cell in row)
        found[number] = Answer(
            rows=total or considered,
            considered=considered,
            hits=hits,
            keys=keys,
            key_hits=key_hits,
            sampled=number in sampled,
        )
    return found


class _Named:
    """Puts names and types to a question. Raises KeyError with what the scan does not know."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan

    def body(self, number: int, question: Question) -> Body:
        body: Body = {"no": number, "kind": question.kind}
        by_sample = isinstance(question, Inclusion | Product | Ordering)
        body["relation"] = self._relation(question.relation, by_sample)
        if isinstance(question, Unique):
            keys = self._columns(question.relation, question.columns)
            return body | {"columns": keys, "texts": _texts(keys)}
        if isinstance(question, Inclusion):
            return body | self._inclusion(question)
        if isinstance(question, Product):
            numbers = self._each(question.relation, question, "result left right third")
            return body | numbers | {"form": question.form}
        if isinstance(question, Ordering):
            ends = self._each(question.relation, question, "lower upper")
            return body | ends | {"texts": _texts([ends["lower"]], [ends["upper"]]) * 2}
        if isinstance(question, Total):
            return body | self._total(question)
        return body | self._dependency(question)

    def _inclusion(self, question: Inclusion) -> Body:
        child = self._columns(question.relation, question.columns)
        parent = self._columns(question.ref_relation, question.ref_columns)
        return {
            "columns": child,
            "ref_relation": self._relation(question.ref_relation),
            "ref_columns": parent,
            "texts": _texts(child, parent),
            "where_column": question.where_column,
            "where_value": question.where_value,
        }

    def _total(self, question: Total) -> Body:
        key = self._columns(question.relation, question.key)
        child_key = self._columns(question.child, question.child_key)
        return {
            "key": key,
            "child": self._relation(question.child),
            "child_key": child_key,
            "texts": _texts(key, child_key),
            **self._each(question.relation, question, "total"),
            **self._each(question.child, question, "amount factor discount"),
        }

    def _dependency(self, question: Dependency) -> Body:
        determinant = self._columns(question.relation, question.determinant)
        dependent = self._columns(question.relation, question.dependent)
        return {
            "determinant": determinant,
            "dependent": dependent,
            "texts": _texts(determinant + dependent),
        }

    def _relation(self, identity: str, by_sample: bool = False) -> Body:
        """How the macros name a relation, with the size of the sample where it is to be sampled."""
        relation = self._scan.by_id.get(identity)
        if relation is None:
            raise KeyError(identity)
        named: Body = {
            "database": relation.database,
            "schema": relation.schema_name,
            "name": relation.name,
        }
        if relation.filter_column:
            named["filter"] = list(relation.filter_column)
        if by_sample and (relation.rows or 0) > _SAMPLED_ABOVE:
            named |= {"kind": relation.kind, "rows": relation.rows, "sample": _SAMPLE_ROWS}
        return named

    def _columns(self, identity: str, names: Sequence[str]) -> list[list[str]]:
        return [self._column(identity, name) for name in names]

    def _column(self, identity: str, name: str) -> list[str]:
        relation = self._scan.by_id.get(identity)
        column = relation.by_name.get(name) if relation else None
        if column is None:
            raise KeyError(f"{identity}.{name}")
        return [column.name, column.type]

    def _each(self, identity: str, question: Question, fields: str) -> Body:
        found: Body = {}
        for name in fields.split():
            column = getattr(question, name)
            found[name] = None if column is None else self._column(identity, column)
        return found


def _texts(columns: list[list[str]], others: list[list[str]] | None = None) -> list[bool]:
    """By position: must the column be compared as text?"""
    pairs = zip(columns, others or columns, strict=True)
    return [not _alike(one[1], other[1]) for one, other in pairs]


def _alike(one: str, other: str) -> bool:
    if one in _WITHOUT_EQUALITY or other in _WITHOUT_EQUALITY:
        return False
    return one == other or any({one, other} <= group for group in _COMPARABLE)
