"""What each sign of an edge counts, in log odds against no edge at all.

Fitted by `python benchmarks/inference.py DIR… --fit` on 140 databases with known
keys: a conditional logit over the parents that each column may have, and none. The benchmark
prints what it reaches on databases left out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bare_entity": 0.16,
    "bare_entity_unproved": -0.27,
    "bare_role": -3.35,
    "begin_unproved": -2.40,
    "bias": -0.68,
    "child_in_key": 0.44,
    "child_is_key": -1.43,
    "composite": -0.00,
    "conflict": -0.99,
    "coverage": -0.11,
    "fails": -0.47,
    "fails_many": -2.68,
    "family_key": 0.45,
    "habit": 1.22,
    "half_holds": -2.43,
    "half_many": 1.51,
    "holds": 1.43,
    "key_word": 0.09,
    "name_begin": 1.25,
    "name_ending": 3.14,
    "name_entity": 4.45,
    "name_key_ending": 2.35,
    "name_key_name": -1.46,
    "name_none": -0.71,
    "name_own_entity": 1.95,
    "name_part": -0.39,
    "name_person": -0.12,
    "name_self": 2.98,
    "name_short": 1.01,
    "name_table": -1.05,
    "name_tail": 1.04,
    "nearly_holds": 1.30,
    "no_data": -0.02,
    "other_key_word": -4.17,
    "other_key_word_unproved": -1.92,
    "parent_larger": -1.09,
    "part_unproved": -0.37,
    "person_key": -0.12,
    "person_unproved": 2.58,
    "ref_not_primary": -4.47,
    "same_name": 2.16,
    "short_unproved": -0.46,
    "surprise": 2.08,
    "table_contains_parent": -0.03,
    "table_unproved": 0.28,
    "tail_unproved": -0.17,
    "written": 3.00,
}
