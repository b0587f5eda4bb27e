"""References whose table stands in a column beside them: (owner_type, owner_id).

The values of the type column name the tables, in any spelling: `Order`, `orders`,
`App\\Models\\Order`. Each becomes a relationship that holds where the type has that value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbt_cartridge import law
from dbt_cartridge.documents.probe import Answer, Inclusion
from dbt_cartridge.documents.schema import Evidence, Relationship
from dbt_cartridge.infer.facts import ColumnFacts, Facts, TableFacts
from dbt_cartridge.infer.keys import TableKeys
from dbt_cartridge.infer.names import NameIndex, normal
from dbt_cartridge.infer.probing import Asker

TYPE_WORDS = frozenset("type kind class entity model table".split())
HOLDS = 0.9
MOST_TYPES = 12


@dataclass(frozen=True)
class Branch:
    """One value of the type column and the table that it names."""

    id_column: str
    type_column: str
    value: str
    table: str
    ref_table: str
    ref_column: str

    def question(self) -> Inclusion:
        return Inclusion(
            relation=self.table,
            columns=(self.id_column,),
            ref_relation=self.ref_table,
            ref_columns=(self.ref_column,),
            where_column=self.type_column,
            where_value=self.value,
        )


def find_polymorphic(
    facts: Facts, names: NameIndex, keys: dict[str, TableKeys], ask: Asker
) -> tuple[Relationship, ...]:
    """Relationships that hold for one value of a type column each."""
    branches = [b for t in facts.tables.values() for b in _branches(t, facts, names, keys)]
    if not branches:
        return ()
    answers = ask([branch.question() for branch in branches])
    found = zip(branches, answers, strict=True)
    return tuple(_relationship(b, a, facts) for b, a in found if _holds(a))


def _branches(
    table: TableFacts, facts: Facts, names: NameIndex, keys: dict[str, TableKeys]
) -> list[Branch]:
    out: list[Branch] = []
    for kind in table.columns.values():
        values = kind.domain
        if not kind.words or kind.words[-1] not in TYPE_WORDS or kind.column.type != "text":
            continue
        partner = _partner(table, kind)
        if partner is None or not values or len(values) > MOST_TYPES:
            continue
        for value in sorted(values):
            parent = _named(value, facts, names)
            primary = keys[parent].primary if parent else None
            if parent and primary and len(primary.columns) == 1:
                out.append(
                    Branch(partner.name, kind.name, value, table.id, parent, primary.columns[0])
                )
    return out


def _partner(table: TableFacts, kind: ColumnFacts) -> ColumnFacts | None:
    """`owner_id` of `owner_type`."""
    stem = kind.words[:-1]
    for column in table.columns.values():
        if stem and column.words[:-1] == stem and column.words[-1] in ("id", "key", "uuid"):
            return column
    return None


def _named(value: str, facts: Facts, names: NameIndex) -> str | None:
    last = re.split(r"[\\/.:]", value.strip())[-1]
    found = names.entity_tables(normal(facts.lexicon.split(last)))
    return found[0] if len(found) == 1 else None


def _holds(answer: Answer) -> bool:
    if answer.status != "answered":
        return True  # named by its own values: kept, and said to be unproved
    return answer.considered > 0 and answer.share >= HOLDS


def _relationship(branch: Branch, answer: Answer, facts: Facts) -> Relationship:
    asked = answer.status == "answered"
    orphans = answer.considered - answer.hits if asked else None
    words = facts.column(branch.table, branch.id_column).words
    text = f"{branch.type_column} names the table: {branch.value}"
    evidence = [Evidence(text=text)]
    if asked:
        said = f"{answer.hits} of {answer.considered} rows of this type are found"
        evidence.append(Evidence(text=said, value=round(answer.share, 6)))
    return Relationship(
        table=branch.table,
        columns=(branch.id_column,),
        ref_table=branch.ref_table,
        ref_columns=(branch.ref_column,),
        kind="polymorphic",
        role="_".join(words[:-1]) or None,
        proved=orphans == 0,
        optional=True,
        rows=answer.considered if asked else None,
        orphans=orphans,
        where_column=branch.type_column,
        where_value=branch.value,
        evidence_class=law.reference_class(
            declared=False,
            asked=asked,
            considered=answer.considered,
            hits=answer.hits,
            witnesses=1,
        ),
        confidence=0.97 if asked else 0.75,
        evidence=tuple(evidence),
    )
