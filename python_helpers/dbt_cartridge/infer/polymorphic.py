"""References to one of several tables: (owner_type, owner_id), and ids without a type.

The values of the type column name the tables, in any spelling: `Order`, `orders`, `sale.order`,
`App\\Models\\Order`. Each becomes a relationship that holds where the type has that value. Where
no column says the type, and some of the values are found in one table and the rest in others, all
of them are suggested, and none is joined.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dbt_cartridge import law
from dbt_cartridge.documents.probe import Answer, Inclusion
from dbt_cartridge.documents.schema import Evidence, Relationship
from dbt_cartridge.infer.evidence import Weighed, suggestion
from dbt_cartridge.infer.facts import ColumnFacts, Facts, TableFacts
from dbt_cartridge.infer.keys import TableKeys
from dbt_cartridge.infer.names import NameIndex, normal
from dbt_cartridge.infer.probing import Asker
from dbt_cartridge.infer.witnesses import by_values

TYPE_WORDS = frozenset("type kind class entity model table".split())
MOST_TYPES = 12
_WHOSE = ("entity", "ending", "own_entity", "self", "person")
"""Likenesses by which a column names the table that it leads to."""


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
        if kind.column.type != "text" or not kind.domain or len(kind.domain) > MOST_TYPES:
            continue
        named = {value: _named(value, facts, names) for value in sorted(kind.domain)}
        parents = {value: parent for value, parent in named.items() if parent}
        said = len(parents) > 1 and len(parents) == len(named)
        for partner in _partners(table, kind, names, said=said):
            for value, parent in parents.items():
                primary = keys[parent].primary
                if primary and len(primary.columns) == 1:
                    out.append(
                        Branch(partner, kind.name, value, table.id, parent, primary.columns[0])
                    )
    return out


def _partners(table: TableFacts, kind: ColumnFacts, names: NameIndex, *, said: bool) -> list[str]:
    """`owner_id` of `owner_type`, `customerid` of `customeridtype`.

    `said`: every value names a scanned table, so that the column is the type of some id, whatever
    it is called: of the one with a key word that is named like it in part, as `res_id` of
    `res_model`, or of `res_id` beside `model`, where every other id says itself whose it is.
    """
    words = kind.words
    if not words or (words[-1] not in TYPE_WORDS and not said):
        return []
    ids = [column for column in table.columns.values() if column.stem and column.has_key_word]
    stem = words[:-1]
    exact = [c.name for c in ids if stem and (c.stem == stem or c.words == stem)]
    if exact or not said:
        return exact[:1]
    ids = [c for c in ids if c.unique is not True and not _says_whose(c, names)]
    return [ids[0].name] if len(ids) == 1 else []


def _says_whose(column: ColumnFacts, names: NameIndex) -> bool:
    return any(named.likeness in _WHOSE for named in names.named(column))


def _named(value: str, facts: Facts, names: NameIndex) -> str | None:
    for text in (value, re.split(r"[\\/.:]", value.strip())[-1]):
        found = names.entity_tables(normal(facts.lexicon.split(text)))
        exact = [t for t in found if facts.tables[t].relation.name.casefold() == text.casefold()]
        if len(found) == 1 or len(exact) == 1:
            return (exact or found)[0]
    return None


def _holds(answer: Answer) -> bool:
    if answer.status != "answered":
        return True  # named by its own values: a suggestion
    return answer.considered > 0 and answer.share >= law.HOLDS


def untyped(weighed: Sequence[Weighed], facts: Facts) -> tuple[Relationship, ...]:
    """Suggestions: columns whose values lead to several tables in parts, together to nearly all."""
    parts: dict[tuple[str, tuple[str, ...]], list[tuple[Weighed, Answer]]] = defaultdict(list)
    for one in weighed:
        answer = one.answer
        if answer is None or answer.status != "answered" or len(one.pair.columns) > 1:
            continue
        if one.pair.ref_is_primary and 0 < answer.hits < law.HOLDS * answer.considered:
            parts[one.pair.child].append((one, answer))
    found: list[Relationship] = []
    for group in parts.values():
        hits = sum(answer.hits for _, answer in group)
        considered = group[0][1].considered
        if len(group) < 2 or not law.HOLDS * considered <= hits <= considered:
            continue
        if all(by_values(one.pair, facts, answer) for one, answer in group):
            found += [_in_part(one, answer) for one, answer in group]
    return tuple(found)


def _in_part(one: Weighed, answer: Answer) -> Relationship:
    text = f"{answer.hits} of {answer.considered} rows are found in {one.pair.ref_table}, "
    evidence = (Evidence(text=text + "the others in another table", value=answer.share),)
    confidence = round(answer.share, 4)
    return suggestion(one.pair, answer, evidence, confidence=confidence, kind="polymorphic")


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
