"""Weights of the foreign key model, in log odds.

Fitted by `python benchmarks/inference.py --fit`; see there for how, and for what the model reaches
on databases that were left out of the fit.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bare_entity": -1.13,
    "bare_entity_unproved": -1.22,
    "bare_role": -3.85,
    "begin_unproved": -2.28,
    "bias": -0.91,
    "child_in_key": -0.82,
    "child_is_key": -0.56,
    "composite": -1.30,
    "conflict": -1.03,
    "coverage": 2.17,
    "fails": -0.04,
    "fails_many": -2.22,
    "half_holds": 0.11,
    "half_many": -0.31,
    "holds": 0.42,
    "key_word": 0.85,
    "name_begin": -1.90,
    "name_ending": 2.73,
    "name_entity": 4.97,
    "name_key_name": 0.15,
    "name_none": 0.90,
    "name_own_entity": -0.13,
    "name_part": -1.90,
    "name_person": -0.85,
    "name_self": 2.87,
    "name_short": 0.47,
    "name_tail": 0.02,
    "nearly_holds": -0.29,
    "no_data": -0.20,
    "other_key_word": -2.66,
    "other_key_word_unproved": -2.66,
    "parent_larger": -2.16,
    "part_unproved": -2.00,
    "person_key": 1.43,
    "person_unproved": 0.49,
    "ref_not_primary": -4.78,
    "same_name": 1.12,
    "short_unproved": 0.40,
    "surprise": 1.96,
    "table_contains_parent": 0.50,
    "tail_unproved": -0.55,
}
