"""Foreign keys: candidates are weighed by names and profile, probed, weighed again, chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dbt_cartridge import law
from dbt_cartridge.documents.evidence import EvidenceClass
from dbt_cartridge.documents.probe import Answer
from dbt_cartridge.documents.scan import DeclaredForeignKey
from dbt_cartridge.documents.schema import Candidate, Evidence, Relationship
from dbt_cartridge.frozen import replaced
from dbt_cartridge.infer.candidates import Pair, composite_pairs, pairs
from dbt_cartridge.infer.choice import Chosen, choose, standings
from dbt_cartridge.infer.evidence import (
    Weighed,
    features,
    if_it_held,
    suggestion,
    with_habit,
    with_written,
)
from dbt_cartridge.infer.facts import Facts, TableFacts
from dbt_cartridge.infer.habits import habits
from dbt_cartridge.infer.key_columns import TINY, Meanings
from dbt_cartridge.infer.keys import TableKeys
from dbt_cartridge.infer.links import links
from dbt_cartridge.infer.model import probability
from dbt_cartridge.infer.names import Named, NameIndex, normal
from dbt_cartridge.infer.polymorphic import find_polymorphic, untyped
from dbt_cartridge.infer.probing import Asker, inclusion
from dbt_cartridge.infer.scoped import scoped_pairs
from dbt_cartridge.infer.spelling import spelling
from dbt_cartridge.infer.witnesses import (
    FEW,
    HINTS,
    admitted,
    by_values,
    plays_for_want_of_users,
    stands_for_none,
    without_none,
    witnesses,
)
from dbt_cartridge.infer.written import written

HABIT = 3
"""Tables from which on what each of them does is what the schema does."""
WORTH_ASKING = 0.06
"""What a candidate must reach if the warehouse agreed, to be worth a question."""

Scorer = Callable[[dict[str, float]], float]
Child = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class References:
    """Foreign keys, each group ordered by table and columns."""

    joined: tuple[Relationship, ...]
    suggested: tuple[Relationship, ...]  # worth a line in the report, and no more


def find_relationships(
    facts: Facts,
    names: NameIndex,
    keys: dict[str, TableKeys],
    meanings: Meanings,
    ask: Asker,
) -> References:
    """All foreign keys, parted by what the law of evidence lets them do."""
    declared = _declared(facts, keys, ask)
    settled = {(one.table, one.columns) for one in declared}
    polymorphic = [
        one for one in find_polymorphic(facts, names, keys, ask)
        if (one.table, one.columns) not in settled
    ]  # fmt: skip
    settled |= {(one.table, one.columns) for one in polymorphic}
    documented = _documented(facts, keys, ask)
    settled |= {(one.table, one.columns) for one in documented}
    weighed = weigh(facts, names, keys, meanings, ask)
    weighed = [one for one in weighed if one.pair.child not in settled]
    in_part = untyped(weighed, facts)
    several = {(one.table, one.columns) for one in in_part}
    hints = _misspelt(weighed, facts)
    standing = standings(weighed)
    weighed = [one for one in weighed if one.pair.child not in several]
    weighed = admitted(weighed, facts, keys)
    rows = {table.id: table.rows or 0 for table in facts.tables.values()}
    chosen = _whole(choose(weighed, keys, rows, standing))
    found = [*declared, *documented, *(_relationship(one, facts, keys) for one in chosen)]
    joined = {(one.table, one.columns) for one in found}
    hints = [one for one in hints if (one.table, one.columns) not in joined]
    found = [*_with_roles(found, facts), *polymorphic, *in_part, *hints]
    found.sort(key=lambda r: (r.table, r.columns, r.ref_table, r.where_value or ""))
    return References(
        joined=tuple(r for r in found if law.allows(r.evidence_class, "join")),
        suggested=tuple(r for r in found if not law.allows(r.evidence_class, "join")),
    )


def _declared(facts: Facts, keys: dict[str, TableKeys], ask: Asker) -> list[Relationship]:
    """Foreign keys of the catalogue: believed, and counted all the same."""
    pairs_of: list[tuple[Pair, bool]] = []
    out: list[Relationship] = []
    for table in facts.tables.values():
        for key in table.relation.foreign_keys:
            parent = f"{key.ref_schema}.{key.ref_table}"
            if any(name not in table.columns for name in key.columns):
                continue
            if parent not in facts.tables:
                out.append(_outside(table, key, parent))
                continue
            primary = keys[parent].primary
            ref_columns = key.ref_columns or (primary.columns if primary else key.columns)
            if len(ref_columns) != len(key.columns):
                continue
            role = _role_words(facts, table.id, key.columns, parent)
            named = Named(parent, "declared", role)
            is_primary = primary is not None and set(primary.columns) == set(ref_columns)
            pair = Pair(table.id, key.columns, parent, ref_columns, named, False, is_primary)
            pairs_of.append((pair, key.enforced))
    answers = _asked([pair for pair, _ in pairs_of], facts, ask)
    for pair, enforced in pairs_of:
        answer = answers.get(pair)
        share = answer.share if answer and answer.considered else 1.0
        confidence = 1.0 if enforced or share == 1.0 else min(0.97, share)
        one = Weighed(pair, {}, answer, confidence, confidence)
        found = _relationship(Chosen(one), facts, keys)
        out.append(
            found.model_copy(
                update={
                    "declared": True,
                    "evidence_class": "declared",
                    "proved": found.proved or enforced,
                }
            )
        )
    return out


def _documented(facts: Facts, keys: dict[str, TableKeys], ask: Asker) -> list[Relationship]:
    """Links that a load tool wrote, where they hold."""
    found = links(facts, keys)
    answers = _asked(found, facts, ask)
    weighed = [Weighed(pair, {}, answers.get(pair), 0.97, 0.97) for pair in found]
    return [_relationship(Chosen(one), facts, keys) for one in admitted(weighed, facts, keys)]


def _outside(table: TableFacts, key: DeclaredForeignKey, parent: str) -> Relationship:
    """Declared to lead to a table that was not scanned."""
    return Relationship(
        table=table.id,
        columns=key.columns,
        ref_table=parent,
        ref_columns=key.ref_columns,
        kind="external",
        declared=True,
        evidence_class="declared",
        proved=key.enforced,
        optional=any(table.columns[name].nullable for name in key.columns),
        evidence=(Evidence(text=f"declared in the catalogue; {parent} was not scanned"),),
    )


def _role_words(facts: Facts, table: str, columns: tuple[str, ...], parent: str) -> tuple[str, ...]:
    """`billing` of a declared `billing_address_id`."""
    stem = normal(facts.column(table, columns[0]).stem)
    entity = normal(facts.tables[parent].entity)
    own_words = stem[: -len(entity)] if stem[-len(entity) :] == entity else ()
    return own_words if len(columns) == 1 else ()


def weigh(
    facts: Facts,
    names: NameIndex,
    keys: dict[str, TableKeys],
    meanings: Meanings,
    ask: Asker,
    score: Scorer = probability,
) -> list[Weighed]:
    """Candidates with their evidence: the probe is asked where the answer could matter."""
    claimed = written(facts, keys)
    several = [*composite_pairs(facts, keys), *scoped_pairs(facts, names, keys)]
    candidates = [*pairs(facts, names, keys, meanings), *several]
    says = {_ends(pair): texts for pair, texts in claimed.items()}
    named = {_ends(pair) for pair in candidates}
    candidates += [pair for pair in claimed if _ends(pair) not in named]
    drafts: list[Weighed] = []
    for pair in candidates:
        said = says.get(_ends(pair), ())
        found = with_written(features(pair, facts, keys, None), said)
        prior = score(found)
        drafts.append(Weighed(pair, found, None, prior, prior, written=said))
    asking = [
        d for d in drafts
        if score(if_it_held(d.features)) >= WORTH_ASKING
    ]  # fmt: skip
    asking.sort(key=lambda d: -d.prior)
    answers = _asked([d.pair for d in asking], facts, ask)
    out: list[Weighed] = []
    for draft in drafts:
        answer = answers.get(draft.pair)
        if answer is None or answer.status != "answered":
            out.append(replaced(draft, answer=answer))
            continue
        found = with_written(features(draft.pair, facts, keys, answer), draft.written)
        out.append(replaced(draft, features=found, answer=answer, probability=score(found)))
    return _with_habits(out, score)


def _ends(pair: Pair) -> tuple[str, tuple[str, ...], str, tuple[str, ...]]:
    return pair.table, pair.columns, pair.ref_table, pair.ref_columns


def _with_habits(weighed: Sequence[Weighed], score: Scorer) -> list[Weighed]:
    """With what other tables say of those whose names only hint at the parent."""
    known = habits(weighed)
    out: list[Weighed] = []
    for one in weighed:
        habit = known.get(one.pair, 0) if one.pair.named.likeness in HINTS else 0
        if habit and one.answer is not None and one.answer.status == "answered":
            found = with_habit(one.features, habit)
            one = replaced(one, features=found, habit=habit, probability=score(found))
        out.append(one)
    return out


def _asked(found: Sequence[Pair], facts: Facts, ask: Asker) -> dict[Pair, Answer]:
    askable = [pair for pair in found if _can_be_asked(pair, facts)]
    questions = [
        inclusion(pair.table, pair.columns, pair.ref_table, pair.ref_columns) for pair in askable
    ]
    return dict(zip(askable, ask(questions), strict=True))


def _can_be_asked(pair: Pair, facts: Facts) -> bool:
    """Both sides hold rows, and the child a value."""
    child = facts.tables[pair.table]
    parent = facts.tables[pair.ref_table]
    filled = all(child.columns[name].filled for name in pair.columns)
    return child.has_data and parent.has_data and filled


def _relationship(chosen: Chosen, facts: Facts, keys: dict[str, TableKeys]) -> Relationship:
    best = chosen.best
    pair, answer = best.pair, best.answer
    columns = [facts.column(pair.table, name) for name in pair.columns]
    asked = answer is not None and answer.status == "answered" and answer.considered > 0
    none = stands_for_none(pair, answer, facts)
    answer = without_none(pair, answer, facts)
    orphans = answer.considered - answer.hits if asked and answer else None
    unique = _is_unique(pair, facts, keys)
    kind = "self" if pair.table == pair.ref_table else "reference"
    if kind == "reference" and unique and _is_primary(pair, keys):
        kind = "extension"
    return Relationship(
        table=pair.table,
        columns=pair.columns,
        ref_table=pair.ref_table,
        ref_columns=pair.ref_columns,
        kind=kind,
        role="_".join(pair.named.role) or None,
        proved=orphans == 0 and answer is not None and not answer.sampled,
        one_to_one=unique,
        optional=any(column.nullable for column in columns),
        rows=answer.considered if asked and answer else None,
        orphans=orphans,
        none_value=none,
        evidence_class=_class_of(best, facts),
        confidence=round(best.probability, 4),
        evidence=tuple(_evidence(best)),
        candidates=_candidates(chosen),
    )


def _class_of(one: Weighed, facts: Facts) -> EvidenceClass:
    pair, answer = one.pair, without_none(one.pair, one.answer, facts)
    asked = answer is not None and answer.status == "answered"
    hints = (
        pair.named.likeness in HINTS
        and not by_values(pair, facts, answer)
        and not (pair.same_name and pair.ref_is_primary)  # the parent's key says it too
        and one.habit + 1 < HABIT
        and not one.written
    )
    counts = facts.column(pair.ref_table, pair.ref_columns[0]).family == "integer"
    few = counts and pair.named.likeness != "short" and (answer.key_hits if answer else 0) <= FEW
    if hints and (few or (facts.tables[pair.ref_table].rows or 0) <= FEW):
        asked = False  # one or two values, or one of two rows, are found by accident
    if hints and counts and plays_for_want_of_users(pair, facts):
        asked = False
    found = law.reference_class(
        declared=False,
        asked=asked,
        considered=answer.considered if answer else 0,
        hits=answer.hits if answer else 0,
        witnesses=witnesses(pair, facts, answer) + int(bool(one.written)),
    )
    return "observed" if one.ambiguous and found == "structural" else found


def _misspelt(weighed: Sequence[Weighed], facts: Facts) -> list[Relationship]:
    """References by name that fail because the two tables write the same values differently."""
    found: list[Relationship] = []
    for one in weighed:
        pair, answer = one.pair, one.answer
        if answer is None or answer.status != "answered" or len(pair.columns) != 1:
            continue
        if not law.is_refuted(answer.considered, answer.hits) or pair.named.likeness in HINTS:
            continue
        difference = spelling(
            facts.column(pair.table, pair.columns[0]),
            facts.column(pair.ref_table, pair.ref_columns[0]),
        )
        if difference is not None:
            said = f"no join as it stands: {difference}"
            evidence = (*_evidence(one)[:2], Evidence(text=said))
            found.append(suggestion(pair, answer, evidence, confidence=0.5))
    return found


def _whole(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Without references by a part of the columns by which the same parent is referred to."""
    wide = [one.best.pair for one in chosen if len(one.best.pair.columns) > 1]
    return [
        one for one in chosen
        if not any(
            pair.table == one.best.pair.table
            and pair.ref_table == one.best.pair.ref_table
            and set(one.best.pair.columns) < set(pair.columns)
            for pair in wide
        )
    ]  # fmt: skip


def _is_primary(pair: Pair, keys: dict[str, TableKeys]) -> bool:
    primary = keys[pair.table].primary
    return primary is not None and set(primary.columns) == set(pair.columns)


def _is_unique(pair: Pair, facts: Facts, keys: dict[str, TableKeys]) -> bool:
    if _is_primary(pair, keys):
        return True
    rows = facts.tables[pair.table].rows or 0
    if len(pair.columns) != 1 or rows < TINY:
        return False  # a few rows are unique by accident
    primary = keys[pair.table].primary
    if primary is not None and set(pair.columns) < set(primary.columns):
        return False  # half a key comes back one day
    return facts.column(pair.table, pair.columns[0]).unique is True


_NAME_TEXT: dict[str, str] = {
    "declared": "declared in the catalogue",
    "entity": "named after the table",
    "ending": "its name ends with the table's",
    "own_entity": "its table's name and its own make the other table's name",
    "begin": "its name begins with the table's",
    "tail": "named after the last words of the table's name",
    "part": "named after a part of the table's name",
    "short": "a short form of the table's name",
    "key_name": "called like the other table's key",
    "key_ending": "its name ends with that of the other table's key",
    "table": "its own table's name holds the other's",
    "self": "leads back to its own table by name",
    "person": "names a part that a person plays",
    "written": "what is written says the table, its name does not",
    "link": "the load tool's link to the parent",
    "none": "nothing in the name; found by its values",
}


def _evidence(one: Weighed) -> list[Evidence]:
    found = [Evidence(text=_NAME_TEXT[one.pair.named.likeness])]
    answer = one.answer
    if answer is None or answer.status != "answered":
        reason = answer.reason if answer and answer.reason else "not asked of the warehouse"
        found.append(Evidence(text=f"unproved: {reason}"))
    elif answer.considered:
        found.append(
            Evidence(
                text=f"{answer.hits} of {answer.considered} rows with a value are found in "
                f"{one.pair.ref_table}",
                value=round(answer.share, 6),
            )
        )
        found.append(
            Evidence(
                text=f"{answer.key_hits} of {answer.keys} distinct values are found",
                value=round(answer.key_hits / answer.keys, 6) if answer.keys else None,
            )
        )
    found += [Evidence(text=text) for text in one.written]
    if one.habit:
        found.append(Evidence(text="other tables in which the like holds", value=one.habit))
    if one.ambiguous:
        found.append(Evidence(text=f"{', '.join(one.ambiguous)} fits as well"))
    found.append(Evidence(text="probability by names and profile alone", value=round(one.prior, 4)))
    return found


def _candidates(chosen: Chosen) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            text=f"{one.pair.ref_table}({', '.join(one.pair.ref_columns)})",
            score=round(one.probability, 4),
            why="; ".join(e.text for e in _evidence(one)),
        )
        for one in (chosen.best, *chosen.rivals)
    )


def _with_roles(found: Sequence[Relationship], facts: Facts) -> list[Relationship]:
    """A role where it is needed or said: several edges to one parent, or words left over."""
    counts: dict[tuple[str, str], int] = {}
    for one in found:
        ends = (one.table, one.ref_table)
        counts[ends] = counts.get(ends, 0) + 1
    out: list[Relationship] = []
    for one in found:
        role = one.role
        if role is None and counts[one.table, one.ref_table] > 1 and len(one.columns) == 1:
            column = facts.column(one.table, one.columns[0])
            entity = facts.tables[one.ref_table].entity
            stem = column.stem or column.words
            role = None if stem == entity else "_".join(stem)
        out.append(one.model_copy(update={"role": role}))
    return out
