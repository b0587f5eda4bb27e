"""Weights of the foreign key model, in log odds.

Fitted by `python benchmarks/inference.py --fit`; see there for how, and for what the model reaches
on databases that were left out of the fit.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bare_entity": -1.31,
    "bare_role": -4.51,
    "bare_unproved": -1.57,
    "begin_unproved": -2.23,
    "bias": -0.98,
    "child_in_key": -0.78,
    "child_is_key": -0.64,
    "composite": -1.34,
    "conflict": 0.67,
    "coverage": 2.83,
    "fails": 0.12,
    "fails_many": -2.36,
    "far_start": -0.14,
    "half_holds": 0.14,
    "half_many": -0.53,
    "holds": 0.14,
    "key_word": 0.75,
    "name_begin": -2.11,
    "name_ending": 3.17,
    "name_entity": 5.48,
    "name_key_name": 0.03,
    "name_none": 0.93,
    "name_own_entity": -0.02,
    "name_part": -2.03,
    "name_person": -0.55,
    "name_self": 3.36,
    "name_short": 0.72,
    "name_tail": 0.13,
    "nearly_holds": -0.22,
    "no_data": -0.19,
    "other_key_word": -4.90,
    "parent_larger": -1.33,
    "part_unproved": -1.67,
    "person_key": 1.71,
    "person_unproved": 0.22,
    "reach": 0.21,
    "ref_not_primary": -5.59,
    "same_name": 1.35,
    "short_unproved": 0.45,
    "surprise": 2.29,
    "table_contains_parent": 0.45,
    "tail_unproved": -0.34,
    "type_differs": -0.00,
}
