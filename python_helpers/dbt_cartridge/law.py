"""The law of evidence: what a claim may decide, by the class of what speaks for it.

Seen is not known. The rows at hand are one day of a warehouse that goes on: what merely happens to
be so in them may be told, and must not decide which rows, values or joins a model has tomorrow.
This module alone says what each class allows, and how strongly a test may claim it; inference asks
it when it classes a claim, design when it builds on one.

| class      | from                                                                       |
|------------|----------------------------------------------------------------------------|
| declared   | a constraint, enum, check or NOT NULL of the catalogue, a host's own test  |
| structural | proved on all rows and true by the meaning of the things                   |
| observed   | the rows of today                                                          |
| assumed    | names alone; there was nothing to ask                                      |
"""

from __future__ import annotations

from typing import Literal, get_args

from dbt_cartridge.documents.evidence import EvidenceClass, Severity

Use = Literal[
    "key",  # a primary key, that others may be joined to
    "join",  # a join that keeps every row, its columns and its description
    "drop_rows",  # deduplication, a filter, an inner join
    "test",  # a test that stops the build
    "watch",  # a test that warns
    "document",  # a sentence in the docs
    "suggest",  # a line in the report
]

_ANY_USE: frozenset[Use] = frozenset(get_args(Use))

_ALLOWED: dict[EvidenceClass, frozenset[Use]] = {
    "declared": _ANY_USE,
    "structural": _ANY_USE,
    "observed": frozenset(("watch", "document", "suggest")),
    "assumed": frozenset(("suggest",)),
}

REFUTED = 0.5
"""Share of a column's values found in the parent, up to which a reference is refuted: most values
find none, whatever the names say."""

HOLDS = 0.9
"""Share of rows from which a reference with a witness in its name is one, with orphans: they are
counted by a test that warns, and no join loses them."""


def allows(known: EvidenceClass, use: Use) -> bool:
    """May a claim of this class be used so?"""
    return use in _ALLOWED[known]


def severity(known: EvidenceClass) -> Severity | None:
    """How firmly a test may claim it; None: no test."""
    if allows(known, "test"):
        return "error"
    return "warn" if allows(known, "watch") else None


def is_refuted(considered: int, hits: int) -> bool:
    """The warehouse was asked, and most values find no parent.

    Args:
        considered: values (or rows) that were looked for.
        hits: of those, how many were found.
    """
    return considered > 0 and hits <= REFUTED * considered


def reference_class(
    *, declared: bool, asked: bool, considered: int, hits: int, witnesses: int
) -> EvidenceClass:
    """The class of a foreign key that is not refuted.

    Args:
        asked: the warehouse answered, over all rows. A question that it could not answer is no
            evidence either way.
        considered: child rows with a value.
        hits: of those, how many have a parent.
        witnesses: what speaks for it beside the values: its name, the parent's name, a role, a
            comment, a second column that agrees. Values alone may include each other by accident.
    """
    if declared:
        return "declared"
    if not asked or not considered:
        return "assumed"
    if witnesses and hits >= HOLDS * considered:
        return "structural"
    return "observed"


def key_class(*, declared: bool, unique: bool | None, meant: bool) -> EvidenceClass:
    """The class of a key that no row refutes.

    Args:
        unique: unique and not null in every row; None where that was not asked.
        meant: its name or its place says that it is the key, or other tables refer to it.
    """
    if declared:
        return "declared"
    if unique is None:
        return "assumed"
    return "structural" if meant else "observed"
