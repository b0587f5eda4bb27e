"""Small relations by hand, for tests of inference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dbt_cartridge.documents.probe import Answer, Probe, Question
from dbt_cartridge.documents.scan import (
    Column,
    Profile,
    Relation,
    TextPatterns,
    TypeFamily,
    ValueCount,
)
from dbt_cartridge.documents.schema import Key, Relationship
from dbt_cartridge.infer.columns import meanings, refined
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.words import Lexicon


def column(
    name: str,
    type: TypeFamily = "text",
    rows: int | None = 1000,
    values: Sequence[str] | None = None,
    **profile: Any,
) -> Column:
    """A column whose profile is full of sensible things. `rows=None` leaves the profile out.

    `values`: all values that it holds, each equally often. `patterns`: a dict of counts.
    """
    if rows is None:
        return Column(name=name, position=1, native_type=type, type=type)
    patterns = profile.pop("patterns", None)
    if values is not None:
        each = rows // max(1, len(values))
        profile.setdefault("distinct", len(values))
        profile["top_values"] = tuple(ValueCount(value=v, count=each) for v in values)
    if type == "text":
        profile["patterns"] = TextPatterns(**(patterns or {}))
        profile.setdefault("mean_length", 8.0)
    profile.setdefault("distinct", rows)
    profile.setdefault("nulls", 0)
    made = Profile(rows=rows, **profile)
    return Column(name=name, position=1, native_type=type, type=type, profile=made)


def number(
    name: str, low: float, high: float, mean: float, rows: int = 1000, **more: Any
) -> Column:
    """Decimals with fractions, unless `fractions=0` is given."""
    more.setdefault("fractions", rows)
    more.setdefault("distinct", rows // 2)
    return column(name, "decimal", rows, min=str(low), max=str(high), mean=mean, **more)


def integer(name: str, low: int = 1, high: int = 1000, rows: int = 1000, **more: Any) -> Column:
    more.setdefault("mean", (low + high) / 2)
    more.setdefault("distinct", min(rows, high - low + 1))
    return column(name, "integer", rows, min=str(low), max=str(high), **more)


def moment(name: str, type: TypeFamily = "timestamp", rows: int = 1000, **more: Any) -> Column:
    more.setdefault("min", "2020-01-01 00:00:00")
    more.setdefault("max", "2023-12-31 00:00:00")
    return column(name, type, rows, **more)


def relation(name: str, *columns: Column, rows: int | None = None) -> Relation:
    if rows is None and columns and columns[0].profile:
        rows = columns[0].profile.rows
    return Relation(schema_name="raw", name=name, rows=rows, columns=columns)


def lexicon(*relations: Relation) -> Lexicon:
    return Lexicon.of({r.name: [c.name for c in r.columns] for r in relations})


def leads(table: str, columns: str, ref_table: str, ref_columns: str, **more: Any) -> Relationship:
    """A foreign key; several columns are parted by blanks."""
    return Relationship(
        table=f"raw.{table}",
        columns=tuple(columns.split()),
        ref_table=f"raw.{ref_table}",
        ref_columns=tuple(ref_columns.split()),
        **more,
    )


def drafts(
    relations: Sequence[Relation],
    keys: dict[str, str],
    relationships: Sequence[Relationship] = (),
    *,
    early: bool = False,
) -> list[Draft]:
    """Drafts with the given keys; `keys` maps table names to key columns, parted by blanks.

    `early`: with the first meanings, as they are before relationships are known.
    """
    words = lexicon(*relations)
    made: list[Draft] = []
    for one in relations:
        key = Key(columns=tuple(keys[one.name].split())) if one.name in keys else None
        own = [r for r in relationships if r.table == one.id]
        first = meanings(one, words)
        known = first if early else refined(first, key, (), own)
        entity = words.entity(one.name)
        made.append(Draft(one, entity, words.meant(one.name, entity), False, known, key))
    return made


class Answers:
    """A probe with the answers given beforehand; what it was asked is kept."""

    def __init__(self, given: dict[Question, Answer] | None = None, share: float = 1.0) -> None:
        self._given = given or {}
        self._share = share
        self.asked: list[Question] = []

    def __call__(self, questions: Sequence[Question]) -> list[Answer]:
        self.asked += questions
        usual = Answer(rows=1000, considered=1000, hits=round(1000 * self._share))
        return [self._given.get(question, usual) for question in questions]


def silent(questions: Sequence[Question]) -> list[Answer]:
    """A probe without a warehouse."""
    return [Answer(status="unasked") for _ in questions]


SILENT: Probe = silent
