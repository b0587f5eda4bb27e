"""Weights of the foreign key model, in log odds.

Fitted by `python benchmarks/inference.py DIR… --fit`: logistic regression with a ridge
over the candidate edges of databases with known keys, each database weighed by the root
of its size. The benchmark prints what the model reaches on a database left out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bare_entity": 0.01,
    "bare_entity_unproved": 0.00,
    "bare_role": -3.29,
    "begin_unproved": -2.78,
    "bias": 0.96,
    "child_in_key": -0.64,
    "child_is_key": -0.25,
    "composite": -0.76,
    "conflict": -2.57,
    "coverage": 1.60,
    "fails": -0.66,
    "fails_many": -2.11,
    "family_key": 3.00,
    "half_holds": -0.01,
    "half_many": -0.06,
    "holds": 0.89,
    "key_word": -0.19,
    "name_begin": -1.59,
    "name_ending": 2.22,
    "name_entity": 4.68,
    "name_key_name": -1.48,
    "name_none": -0.96,
    "name_own_entity": -0.89,
    "name_part": -0.21,
    "name_person": 1.28,
    "name_self": 1.99,
    "name_short": 0.22,
    "name_tail": -0.17,
    "nearly_holds": -0.01,
    "no_data": -0.21,
    "other_key_word": -2.97,
    "other_key_word_unproved": -2.97,
    "parent_larger": -2.18,
    "part_unproved": -0.18,
    "person_key": 0.22,
    "person_unproved": 0.21,
    "ref_not_primary": -4.92,
    "same_name": 1.19,
    "short_unproved": -0.55,
    "surprise": 1.85,
    "table_contains_parent": 0.15,
    "tail_unproved": -0.96,
}
