"""The probability of a foreign key from its evidence: one model, its numbers in view.

    odds = exp(Σ weight × sign)      against no reference at all

The weights are fitted by `benchmarks/inference.py --fit`: a conditional logit over the parents that
a column may have, and none. The benchmark prints what the model reaches on databases left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from dbt_cartridge.infer.weights import WEIGHTS


def probability(features: Mapping[str, float]) -> float:
    """Between 0 and 1. A feature without a weight counts nothing."""
    total = 0.0
    for name, value in features.items():
        total += WEIGHTS.get(name, 0.0) * value
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
