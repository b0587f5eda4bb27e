"""Weights of the foreign key model, in log odds.

Fitted by `python benchmarks/inference.py --fit`; see there for how, and for what the model reaches
on databases that were left out of the fit.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bare_entity": 0.05,
    "bare_entity_unproved": 0.04,
    "bare_role": -3.09,
    "begin_unproved": -2.85,
    "bias": 0.86,
    "child_in_key": -0.69,
    "child_is_key": -0.21,
    "composite": -1.23,
    "conflict": -2.73,
    "coverage": 1.58,
    "fails": -0.37,
    "fails_many": -2.26,
    "half_holds": -0.16,
    "half_many": -0.27,
    "holds": 0.79,
    "key_word": 0.05,
    "name_begin": -1.62,
    "name_ending": 2.02,
    "name_entity": 4.44,
    "name_key_name": -1.43,
    "name_none": -0.57,
    "name_own_entity": -1.02,
    "name_part": -0.23,
    "name_person": 1.32,
    "name_self": 1.98,
    "name_short": 0.24,
    "name_tail": -0.21,
    "nearly_holds": -0.06,
    "no_data": -0.21,
    "other_key_word": -2.93,
    "other_key_word_unproved": -2.93,
    "parent_larger": -2.36,
    "part_unproved": -0.01,
    "person_key": 0.08,
    "person_unproved": 0.11,
    "ref_not_primary": -5.31,
    "same_name": 1.60,
    "short_unproved": -0.47,
    "surprise": 1.75,
    "table_contains_parent": 0.17,
    "tail_unproved": -1.08,
}
