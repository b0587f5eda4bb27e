"""Fitting a choice: of several candidates, or none, the one that is right.

    P(candidate | group) = exp(w·x) / Σ exp(w·x) over the group

McFadden's conditional logit. An edge is chosen among the parents that a column may have and none
at all; a key among a table's candidates and none; a role among the five, with a weight for each
sign and role. Newton's method, the weights held towards a prior: deterministic, exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy

Row = Mapping[str, float]
NONE: Row = {}
"""The features of `none of them`."""


@dataclass(frozen=True)
class Choice:
    """The candidates of one choice, and which one is right. `weight`: how much it counts."""

    candidates: Sequence[Row]
    right: int
    weight: float = 1.0


def fit(
    choices: Sequence[Choice],
    ridge: float,
    prior: Mapping[str, float] | None = None,
    free: Sequence[str] = (),
    fixed: Sequence[str] = (),
    rounds: int = 40,
) -> dict[str, float]:
    """Weights that make the right candidates most probable, held towards `prior` (0 without).

    Args:
        free: features that are held back a hundredth as much: they set a level.
        fixed: features that stay as the prior has them.
    """
    before = prior or {}
    names = sorted({n for c in choices for row in c.candidates for n in row} | set(before))
    at = {name: position for position, name in enumerate(names)}
    matrix = numpy.zeros((sum(len(c.candidates) for c in choices), len(names)))
    starts: list[int] = []
    row = 0
    for choice in choices:
        starts.append(row)
        for candidate in choice.candidates:
            for name, value in candidate.items():
                matrix[row, at[name]] = value
            row += 1
    begin = numpy.array(starts)
    right = begin + numpy.array([c.right for c in choices])
    counts = numpy.array([len(c.candidates) for c in choices])
    each = numpy.array([c.weight for c in choices])
    group = numpy.repeat(numpy.arange(len(choices)), counts)
    centre = numpy.array([before.get(name, 0.0) for name in names])
    held = numpy.array(
        [1e9 if name in fixed else ridge * (0.01 if name in free else 1.0) for name in names]
    )
    weights, step_size = centre.copy(), 1.0
    value, chances = _likelihood(matrix, weights, begin, group, right, each)
    value -= 0.5 * float(held @ (weights - centre) ** 2)
    for _ in range(rounds):
        mass = chances * each[group]
        means = numpy.add.reduceat(matrix * chances[:, None], begin, axis=0)
        gradient = each @ (matrix[right] - means) - held * (weights - centre)
        hessian = (matrix * mass[:, None]).T @ matrix - (means * each[:, None]).T @ means
        step = numpy.linalg.solve(hessian + numpy.diag(held + 1e-9), gradient)
        if float(numpy.abs(step).max()) < 1e-5:
            break
        step_size = 1.0
        while step_size > 1e-3:
            tried = weights + step_size * step
            after, seen = _likelihood(matrix, tried, begin, group, right, each)
            after -= 0.5 * float(held @ (tried - centre) ** 2)
            if after >= value:
                weights, value, chances = tried, after, seen
                break
            step_size /= 2
        else:
            break
    return {name: float(weight) for name, weight in zip(names, weights, strict=True)}


def _likelihood(matrix, weights, begin, group, right, each):
    """The log likelihood, and the chance of each candidate in its choice."""
    scores = matrix @ weights
    scores = scores - numpy.maximum.reduceat(scores, begin)[group]
    powers = numpy.exp(scores)
    totals = numpy.add.reduceat(powers, begin)
    likelihood = float(each @ (scores[right] - numpy.log(totals)))
    return likelihood, powers / totals[group]
