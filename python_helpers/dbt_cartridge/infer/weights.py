"""Weights of the foreign key model, in log odds.

Fitted by `python benchmarks/inference.py --fit`; see there for how, and for what the model reaches
on databases that were left out of the fit.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bare_entity": -1.59,
    "bare_role": -4.90,
    "bare_unproved": -1.78,
    "begin_unproved": -2.52,
    "bias": -0.29,
    "child_in_key": -0.79,
    "child_is_key": -0.99,
    "composite": -0.92,
    "conflict": 0.28,
    "coverage": 2.58,
    "fails": -0.29,
    "fails_many": -2.11,
    "half_holds": -0.18,
    "half_many": -0.36,
    "holds": 0.48,
    "holds_many": -1.22,
    "key_word": 0.29,
    "name_begin": -1.85,
    "name_ending": 3.24,
    "name_entity": 5.57,
    "name_key_name": -0.02,
    "name_none": 0.91,
    "name_own_entity": 0.09,
    "name_part": -0.81,
    "name_person": -0.65,
    "name_self": 2.01,
    "name_short": 0.97,
    "nearly_holds": 0.42,
    "nearly_many": 0.14,
    "no_data": -0.43,
    "other_key_word": -4.88,
    "parent_larger": -1.38,
    "part_unproved": -1.76,
    "person_key": 2.04,
    "person_unproved": -0.04,
    "ref_not_primary": -6.14,
    "same_name": 0.91,
    "short_unproved": 0.47,
    "surprise": 1.53,
    "table_contains_parent": 0.51,
    "type_differs": -0.00,
}
