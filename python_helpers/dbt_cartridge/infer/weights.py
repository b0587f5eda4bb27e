"""Weights of the foreign key model, in log odds.

Fitted by `python benchmarks/inference.py --fit`; see there for how, and for what the model reaches
on databases that were left out of the fit.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bare_entity": -1.49,
    "bare_role": -4.79,
    "bare_unproved": -1.70,
    "begin_unproved": -2.27,
    "bias": -0.92,
    "child_in_key": -0.75,
    "child_is_key": -0.48,
    "composite": -1.15,
    "conflict": 0.27,
    "coverage": 2.75,
    "fails": 0.05,
    "fails_many": -2.64,
    "far_start": 0.03,
    "half_holds": 0.21,
    "half_many": -0.50,
    "holds": 0.21,
    "key_word": 0.41,
    "name_begin": -1.82,
    "name_ending": 3.46,
    "name_entity": 5.78,
    "name_key_name": 0.08,
    "name_none": 0.96,
    "name_own_entity": 0.26,
    "name_part": -1.20,
    "name_person": -0.67,
    "name_self": 2.22,
    "name_short": 0.79,
    "nearly_holds": -0.27,
    "no_data": -0.20,
    "other_key_word": -4.94,
    "parent_larger": -1.28,
    "part_unproved": -1.35,
    "person_key": 2.00,
    "person_unproved": 0.32,
    "reach": 0.36,
    "ref_not_primary": -5.53,
    "same_name": 1.33,
    "short_unproved": 0.48,
    "surprise": 2.21,
    "table_contains_parent": 0.48,
    "type_differs": -0.00,
}
