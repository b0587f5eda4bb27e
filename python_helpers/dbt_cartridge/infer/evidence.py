"""What speaks for and against one candidate, as numbers. Each has a name and a meaning."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dbt_cartridge.documents.probe import Answer
from dbt_cartridge.documents.schema import Evidence, Relationship, RelationshipKind
from dbt_cartridge.frozen import frozen
from dbt_cartridge.infer.candidates import Pair, fits
from dbt_cartridge.infer.facts import SURROGATE_WORDS, ColumnFacts, Facts
from dbt_cartridge.infer.keys import TableKeys

Features = dict[str, float]


@frozen
class Weighed:
    """A candidate with its evidence."""

    pair: Pair
    features: Features
    answer: Answer | None  # of the inclusion probe
    prior: float = 0.0  # probability by names and profile alone
    probability: float = 0.0
    ambiguous: tuple[str, ...] = ()  # tables that fit as well, so that none can be told
    habit: int = 0  # other tables in which what it claims holds
    written: tuple[str, ...] = ()  # what people wrote that says so, in words


def features(
    pair: Pair, facts: Facts, keys: dict[str, TableKeys], answer: Answer | None
) -> Features:
    """The evidence of a pair; with `answer` None, of the names and the profile alone."""
    child = facts.column(pair.table, pair.columns[0])
    parent = facts.column(pair.ref_table, pair.ref_columns[0])
    found: Features = {"bias": 1.0}
    found.update(_name_features(pair, child, parent, facts))
    found.update(_place_features(pair, facts, keys))
    if len(pair.columns) > 1:
        found["composite"] = 1.0
    if answer is not None and answer.status == "answered" and answer.keys:
        found.update(_probe_features(pair, answer, child, parent, facts))
    elif child.filled and parent.filled and len(pair.columns) == 1:
        fit = fits(child, parent)
        found["bounds_fit"] = float(fit is True)
        found["bounds_break"] = float(fit is False)
    else:
        found["no_data"] = 1.0
    holds = found.get("holds", 0.0) + found.get("nearly_holds", 0.0)
    for likeness in ("begin", "part", "tail", "person", "short", "table"):
        if f"name_{likeness}" in found and not holds:
            found[f"{likeness}_unproved"] = 1.0
    for name in ("bare_entity", "other_key_word"):
        if found.get(name) and not holds:
            found[f"{name}_unproved"] = 1.0
    return {name: value for name, value in found.items() if value}


def with_written(found: Features, says: Sequence[str]) -> Features:
    """The evidence, and that something written says so."""
    return {**found, "written": 1.0} if says else found


def with_habit(found: Features, habit: int) -> Features:
    """The evidence, and what the schema does elsewhere: seven other tables say all."""
    return {**found, "habit": min(1.0, math.log2(1 + habit) / 3)} if habit else found


def if_it_held(found: Features) -> Features:
    """The evidence as it would be if the warehouse found every value in the parent.

    Bounds that already contradict stay: a number outside the parent's range will not be found.
    """
    hoped = {
        name: value for name, value in found.items()
        if not name.endswith("_unproved") and name not in ("no_data", "bounds_fit")
    }  # fmt: skip
    if "bounds_break" in found:
        return {**hoped, "half_holds": 1.0, "half_many": 1.0}
    return {**hoped, "holds": 1.0, "coverage": 0.7, "surprise": 0.5}


def suggestion(
    pair: Pair,
    answer: Answer,
    evidence: Sequence[Evidence],
    *,
    confidence: float,
    kind: RelationshipKind = "reference",
) -> Relationship:
    """A reference that was counted and is not believed: told, and never joined."""
    return Relationship(
        table=pair.table,
        columns=pair.columns,
        ref_table=pair.ref_table,
        ref_columns=pair.ref_columns,
        kind=kind,
        rows=answer.considered,
        orphans=answer.considered - answer.hits,
        evidence_class="observed",
        confidence=confidence,
        evidence=tuple(evidence),
    )


def _name_features(pair: Pair, child: ColumnFacts, parent: ColumnFacts, facts: Facts) -> Features:
    named = pair.named
    found: Features = {}
    likeness = named.likeness
    graded = likeness in ("part", "tail", "short", "begin", "own_entity")
    found[f"name_{likeness}"] = named.strength if graded else 1.0
    found["conflict"] = float(named.conflict)
    last = child.words[-1] if child.words else ""
    known = parent.words[-1:] == (last,) or parent.words[-1:] == ()
    found["other_key_word"] = float(
        child.has_key_word and last not in SURROGATE_WORDS and not known
    )
    found["person_key"] = float(likeness == "person" and child.has_key_word)
    found["bare_role"] = float(not child.has_key_word and likeness == "ending")
    found["same_name"] = float(pair.same_name)
    found["key_word"] = float(child.has_key_word)
    found["bare_entity"] = float(not child.has_key_word and likeness in ("entity", "own_entity"))
    found["table_contains_parent"] = float(_begins_with(facts, pair))
    return found


def _place_features(pair: Pair, facts: Facts, keys: dict[str, TableKeys]) -> Features:
    # What ends in the whole name of a second key means it, as what ends in `order_id` means orders.
    second = not pair.ref_is_primary and pair.named.likeness != "key_ending"
    found: Features = {"ref_not_primary": float(second)}
    primary = keys[pair.table].primary
    found["child_is_key"] = float(primary is not None and primary.columns == pair.columns)
    found["child_in_key"] = float(
        primary is not None
        and len(primary.columns) > 1
        and set(pair.columns) <= set(primary.columns)
    )
    child, parent = facts.tables[pair.table], facts.tables[pair.ref_table]
    if child.rows and parent.rows:
        # A dimension larger than what refers to it is rare, and the rarer the larger.
        found["parent_larger"] = max(0.0, min(1.0, math.log10(parent.rows / child.rows) / 1.5))
    return found


def _probe_features(
    pair: Pair, answer: Answer, child: ColumnFacts, parent: ColumnFacts, facts: Facts
) -> Features:
    share = answer.key_hits / answer.keys
    by_rows = answer.share
    size = min(1.0, math.log2(1 + answer.keys) / 6)  # 1.0 from 63 distinct keys on
    found: Features = {}
    if share == 1.0:
        found["holds"] = 1.0
    elif max(share, by_rows) >= 0.9:
        found["nearly_holds"] = 1.0
    elif max(share, by_rows) >= 0.5:
        found["half_holds"] = 1.0
        found["half_many"] = size
    else:
        found["fails"] = 1.0
        found["fails_many"] = size
    if max(share, by_rows) >= 0.9:
        found["surprise"] = surprise(child, parent, answer)
        found["family_key"] = float(
            pair.named.likeness == "none"
            and child.words == parent.words
            and found["surprise"] == 1.0
            and _begins_with(facts, pair)
        )
        found["coverage"] = min(1.0, answer.key_hits / max(1, parent.distinct or answer.key_hits))
    return found


def _begins_with(facts: Facts, pair: Pair) -> bool:
    """`email_event_click` and `email_event`."""
    own, other = facts.tables[pair.table].entity, facts.tables[pair.ref_table].entity
    return pair.table != pair.ref_table and own[: len(other)] == other


def surprise(child: ColumnFacts, parent: ColumnFacts, answer: Answer) -> float:
    """How unlikely the inclusion is by accident, 0 to 1, growing with the log of the odds.

    Small integers are among the keys 1…n of any table. Codes, and numbers with gaps between them,
    are not there by chance: each distinct value found tells as much as the keys are sparse.
    """
    density = code_density(parent)
    if child.low is not None and parent.low is not None and parent.high is not None:
        width = parent.high - parent.low + 1
        density = min(1.0, (parent.distinct or 0) / max(1.0, width))
    per_value = math.log10(1 / max(1e-6, density))
    return min(1.0, answer.key_hits * per_value / 6)


def code_density(parent: ColumnFacts) -> float:
    """The share of all codes of this length that the parent holds: high for two letters.

    Numbers held as text have no bounds to go by; they are taken to be dense.
    """
    if parent.family == "integer":
        return 1.0
    profile = parent.column.profile
    longest = (profile.max_length if profile else None) or 8
    return min(1.0, max(0.01, (parent.distinct or 1) / 26.0**longest))
