"""A scan whose names say nothing, to see what the data alone can tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.documents.probe import Answer, Probe, Question
from dbt_cartridge.documents.scan import Column, Relation, Scan
from dbt_cartridge.documents.schema import Schema

D = TypeVar("D", bound=Frozen)
_NAMED = re.compile(r"raw\.t\d+x|\bc\d+x\b")


@dataclass(frozen=True)
class Masked:
    """Tables `t1x`, `t2x`, …, columns `c1x`, `c2x`, …: words of nothing."""

    scan: Scan
    names: dict[str, str]  # masked → real; tables as ids

    def probe(self, probe: Probe) -> Probe:
        """Asks in the real names."""

        def asking(questions: Sequence[Question]) -> Sequence[Answer]:
            return probe([self._real(question) for question in questions])

        return asking

    def uncovered(self, schema: Schema) -> Schema:
        """What was found, in the real names."""
        return Schema.model_validate_json(
            _NAMED.sub(lambda m: _escaped(self.names[m[0]]), schema.model_dump_json())
        )

    def _real(self, question: Question) -> Question:
        text = _NAMED.sub(lambda m: _escaped(self.names[m[0]]), question.model_dump_json())
        return type(question).model_validate_json(text)


def masked(scan: Scan) -> Masked:
    """Every table and column under a name of its own."""
    names: dict[str, str] = {}
    relations: list[Relation] = []
    count = 0
    for at, relation in enumerate(scan.relations, 1):
        columns: list[Column] = []
        for column in relation.columns:
            count += 1
            names[f"c{count}x"] = column.name
            columns.append(changed(column, name=f"c{count}x", comment=None))
        names[f"raw.t{at}x"] = relation.id
        relations.append(changed(relation, name=f"t{at}x", columns=tuple(columns), comment=None))
    return Masked(changed(scan, relations=tuple(relations)), names)


def without_profile(scan: Scan) -> Scan:
    """The same relations, as if no row had been read."""
    bare = [
        changed(
            relation,
            rows=None,
            columns=tuple(changed(column, profile=None) for column in relation.columns),
        )
        for relation in scan.relations
    ]
    return changed(scan, relations=tuple(bare), profile="none")


def changed(document: D, **values: object) -> D:
    """A copy, validated, as `model_copy` is not."""
    fields = {name: getattr(document, name) for name in type(document).model_fields}
    return type(document)(**{**fields, **values})


def _escaped(text: str) -> str:
    """Inside a JSON string."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
