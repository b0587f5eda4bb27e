"""What each sign of an edge counts, in log odds against no edge at all.

Fitted by `python benchmarks/inference.py DIR… --fit` on 140 databases with known
keys: a conditional logit over the parents that each column may have, and none. The benchmark
prints what it reaches on databases left out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bare_entity": -0.82,
    "bare_entity_unproved": 0.73,
    "bare_role": -2.94,
    "begin_unproved": -2.34,
    "bias": -0.76,
    "child_in_key": 0.70,
    "child_is_key": -1.20,
    "composite": -0.00,
    "conflict": -0.94,
    "coverage": -0.22,
    "fails": -0.58,
    "fails_many": -2.74,
    "family_key": 0.46,
    "habit": 1.15,
    "half_holds": -2.62,
    "half_many": 1.62,
    "holds": 1.57,
    "key_word": 0.14,
    "name_begin": 1.56,
    "name_ending": 3.23,
    "name_entity": 4.57,
    "name_key_ending": 1.66,
    "name_key_name": -1.30,
    "name_none": -0.53,
    "name_own_entity": 1.83,
    "name_part": -0.77,
    "name_person": -0.05,
    "name_self": 3.00,
    "name_short": 0.92,
    "name_table": -0.64,
    "name_tail": 1.09,
    "nearly_holds": 1.40,
    "no_data": -0.03,
    "other_key_word": -4.22,
    "other_key_word_unproved": -1.92,
    "parent_larger": -1.06,
    "part_unproved": -0.14,
    "person_key": -0.17,
    "person_unproved": 2.68,
    "ref_not_primary": -4.34,
    "same_name": 2.16,
    "short_unproved": -0.15,
    "surprise": 1.65,
    "table_contains_parent": -0.15,
    "table_unproved": 0.20,
    "tail_unproved": -0.07,
    "written": 3.00,
}
