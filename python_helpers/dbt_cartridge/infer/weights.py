"""What each sign of an edge counts, in log odds against no edge at all.

Fitted by `python benchmarks/inference.py DIR… --fit` on 140 databases with known
keys: a conditional logit over the parents that each column may have, and none. The benchmark
prints what it reaches on databases left out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bare_entity": 0.16,
    "bare_entity_unproved": -0.17,
    "bare_role": -2.95,
    "begin_unproved": -2.32,
    "bias": -0.66,
    "child_in_key": 0.46,
    "child_is_key": -1.24,
    "composite": -0.00,
    "conflict": -1.14,
    "coverage": -0.49,
    "fails": -0.58,
    "fails_many": -2.69,
    "family_key": 0.38,
    "habit": 1.13,
    "half_holds": -2.55,
    "half_many": 1.47,
    "holds": 1.63,
    "key_word": 0.15,
    "name_begin": 1.28,
    "name_ending": 3.18,
    "name_entity": 4.51,
    "name_key_ending": 2.58,
    "name_key_name": -1.39,
    "name_none": -0.88,
    "name_own_entity": 1.97,
    "name_part": -0.33,
    "name_person": -0.13,
    "name_self": 3.03,
    "name_short": 0.98,
    "name_table": -1.14,
    "name_tail": 1.08,
    "nearly_holds": 1.49,
    "no_data": -0.15,
    "other_key_word": -4.19,
    "other_key_word_unproved": -1.90,
    "parent_larger": -1.21,
    "part_unproved": -0.10,
    "person_key": -0.17,
    "person_unproved": 2.70,
    "ref_not_primary": -4.51,
    "same_name": 2.18,
    "short_unproved": -0.37,
    "surprise": 2.12,
    "table_contains_parent": -0.05,
    "table_unproved": 0.58,
    "tail_unproved": -0.03,
    "written": 3.00,
}
