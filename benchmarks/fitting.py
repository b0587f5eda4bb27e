"""Logistic regression in plain Python, enough for some thirty features and a few thousand rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Row = Mapping[str, float]


@dataclass(frozen=True)
class Example:
    """One candidate edge with what is known of it."""

    features: Row
    label: bool
    weight: float = 1.0


def fit(examples: Sequence[Example], ridge: float = 0.5, rounds: int = 12) -> dict[str, float]:
    """Weights that make the labels most probable, kept small by `ridge`. Newton's method.

    The bias is not held back. Features are sparse: what is absent is 0.
    """
    names = sorted({name for example in examples for name in example.features})
    at = {name: position for position, name in enumerate(names)}
    weights = [0.0] * len(names)
    rows = [
        ([(at[name], value) for name, value in e.features.items()], float(e.label), e.weight)
        for e in examples
    ]
    for _ in range(rounds):
        gradient = [-ridge * w if n != "bias" else 0.0 for n, w in zip(names, weights, strict=True)]
        hessian = [[0.0] * len(names) for _ in names]
        for position, name in enumerate(names):
            hessian[position][position] = ridge if name != "bias" else 1e-6
        for row, label, weight in rows:
            guess = _logistic(sum(weights[i] * value for i, value in row))
            miss, curve = weight * (label - guess), weight * guess * (1 - guess)
            for i, value in row:
                gradient[i] += miss * value
                line = hessian[i]
                for j, other in row:
                    line[j] += curve * value * other
        step = _solve(hessian, gradient)
        weights = [w + max(-2.0, min(2.0, s)) for w, s in zip(weights, step, strict=True)]
        if max(abs(s) for s in step) < 1e-4:
            break
    return dict(zip(names, weights, strict=True))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gauss with pivots."""
    size = len(right)
    rows = [[*line, right[i]] for i, line in enumerate(matrix)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(i + 1, size):
            factor = rows[r][i] / rows[i][i]
            if factor:
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    out = [0.0] * size
    for i in reversed(range(size)):
        rest = sum(rows[i][j] * out[j] for j in range(i + 1, size))
        out[i] = (rows[i][size] - rest) / rows[i][i]
    return out
