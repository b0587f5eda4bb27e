"""What each sign of an edge counts, in log odds against no edge at all.

Fitted by `python benchmarks/inference.py DIR… --fit` on 140 databases with known
keys: a conditional logit over the parents that each column may have, and none. The benchmark
prints what it reaches on databases left out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bare_entity": -0.73,
    "bare_entity_unproved": 0.50,
    "bare_role": -2.99,
    "begin_unproved": -2.35,
    "bias": -0.67,
    "child_in_key": 0.68,
    "child_is_key": -1.63,
    "composite": -0.00,
    "conflict": -0.91,
    "coverage": -0.40,
    "fails": -0.52,
    "fails_many": -2.53,
    "family_key": 0.51,
    "half_holds": -2.52,
    "half_many": 1.56,
    "holds": 1.77,
    "key_word": 0.09,
    "name_begin": 0.96,
    "name_ending": 3.14,
    "name_entity": 4.38,
    "name_key_ending": 2.26,
    "name_key_name": -1.73,
    "name_none": -0.74,
    "name_own_entity": 1.68,
    "name_part": -0.45,
    "name_person": 0.22,
    "name_self": 2.92,
    "name_short": 0.93,
    "name_table": -0.44,
    "name_tail": 1.70,
    "nearly_holds": 1.15,
    "no_data": -0.05,
    "other_key_word": -4.20,
    "other_key_word_unproved": -1.83,
    "parent_larger": -1.16,
    "part_unproved": -0.53,
    "person_key": -0.23,
    "person_unproved": 2.32,
    "ref_not_primary": -4.72,
    "same_name": 2.33,
    "short_unproved": -0.50,
    "surprise": 2.06,
    "table_contains_parent": -0.02,
    "table_unproved": 0.31,
    "tail_unproved": -0.53,
}
