"""Weights of the foreign key model, in log odds.

Fitted by `python benchmarks/inference.py DIR… --fit`: logistic regression with a ridge
over the candidate edges of databases with known keys, each database weighed by the root
of its size. The benchmark prints what the model reaches on a database left out.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bare_entity": -1.21,
    "bare_entity_unproved": -1.30,
    "bare_role": -4.04,
    "begin_unproved": -2.77,
    "bias": -0.26,
    "child_in_key": -0.62,
    "child_is_key": -0.92,
    "composite": -0.67,
    "conflict": -2.29,
    "coverage": 1.82,
    "fails": -0.32,
    "fails_many": -1.97,
    "half_holds": 0.29,
    "half_many": 0.00,
    "holds": 0.56,
    "key_word": 0.72,
    "name_begin": -1.31,
    "name_ending": 2.32,
    "name_entity": 4.55,
    "name_key_name": -1.60,
    "name_none": -0.24,
    "name_own_entity": -0.56,
    "name_part": -0.29,
    "name_person": -1.50,
    "name_self": 2.49,
    "name_short": 0.30,
    "name_tail": -0.10,
    "nearly_holds": -0.27,
    "no_data": -0.26,
    "other_key_word": -2.71,
    "other_key_word_unproved": -2.71,
    "parent_larger": -2.05,
    "part_unproved": -0.13,
    "person_key": 1.48,
    "person_unproved": 0.62,
    "ref_not_primary": -5.01,
    "same_name": 1.54,
    "short_unproved": -0.01,
    "surprise": 2.54,
    "table_contains_parent": 0.32,
    "tail_unproved": -0.74,
}
