"""Weights of the foreign key model, in log odds.

Fitted by `python benchmarks/inference.py --fit`; see there for how, and for what the model reaches
on databases that were left out of the fit.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bare_entity": -1.31,
    "bare_role": -4.47,
    "bare_unproved": -1.59,
    "begin_unproved": -2.24,
    "bias": -1.00,
    "child_in_key": -0.98,
    "child_is_key": -0.68,
    "composite": -1.37,
    "conflict": 0.65,
    "coverage": 2.69,
    "fails": 0.23,
    "fails_many": -2.51,
    "far_start": -0.04,
    "half_holds": 0.15,
    "half_many": -0.53,
    "holds": 0.11,
    "key_word": 0.78,
    "name_begin": -2.07,
    "name_ending": 3.15,
    "name_entity": 5.51,
    "name_key_name": 0.07,
    "name_none": 0.93,
    "name_own_entity": 0.01,
    "name_part": -1.96,
    "name_person": -0.80,
    "name_self": 3.38,
    "name_short": 0.71,
    "name_tail": 0.09,
    "nearly_holds": -0.30,
    "no_data": -0.19,
    "other_key_word": -4.93,
    "parent_larger": -1.31,
    "part_unproved": -1.68,
    "person_key": 1.61,
    "person_unproved": 0.53,
    "reach": 0.37,
    "ref_not_primary": -5.66,
    "same_name": 1.36,
    "short_unproved": 0.45,
    "surprise": 2.47,
    "table_contains_parent": 0.52,
    "tail_unproved": -0.31,
    "type_differs": -0.00,
}
