"""Tests that hold on the data and can fail for a reason.

A test stands once: values and foreign keys where all rows of the entity are shown last (its mart,
else staging), keys on every model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.casting import Cast
from dbt_cartridge.design.parts import Link
from dbt_cartridge.documents.design import (
    AcceptedValuesTest,
    CompositeRelationshipsTest,
    CompositeUniqueTest,
    ExpressionTest,
    NotNullTest,
    RangeTest,
    RelationshipsTest,
    Severity,
    Test,
    UniqueTest,
)
from dbt_cartridge.documents.scan import Column, Profile
from dbt_cartridge.documents.schema import ColumnMeaning, Identity

NEARLY = 0.99  # what holds for so large a share is a warning; below, no test
_FEW_ROWS = 10  # of fewer rows a profile proves little
_DOMAIN_ROLES = {
    "status": (12, 3), "type_discriminator": (12, 3), "flag": (4, 3), "category": (8, 12),
    "attribute": (8, 12),
}  # fmt: skip
"""Role → (most values, rows there must be per value)."""
_DOMAIN_WORDS = frozenset(
    """status stage type kind class category priority severity tier level mode method gender
    channel segment flag rating grade phase condition currency frequency unit style line""".split()
)
_AMOUNT_WORDS = frozenset(
    """amount price total quantity cost freight fee salary balance tax units discount count weight
    height width length size duration hours minutes seconds days distance volume rate subtotal
    revenue stock budget score capacity""".split()
)
_NOT_NULL_ROLES = frozenset(
    """key foreign_key natural_key event_time created_time updated_time measure status name
    valid_from type_discriminator""".split()
)
_NUMBERS = frozenset({"integer", "decimal", "float"})


def key_tests(key: Sequence[str]) -> tuple[dict[str, list[Test]], tuple[Test, ...]]:
    """(tests by column, tests of the model) that prove a primary key."""
    if len(key) == 1:
        return {key[0]: [UniqueTest(column=key[0]), NotNullTest(column=key[0])]}, ()
    by_column: dict[str, list[Test]] = {name: [NotNullTest(column=name)] for name in key}
    return by_column, (CompositeUniqueTest(columns=tuple(key)),) if key else ()


def value_tests(name: str, column: Column, meaning: ColumnMeaning, cast: Cast) -> tuple[Test, ...]:
    """What the profile says of one column's values. `name` is the staged name."""
    profile = column.profile
    if profile is None or profile.rows == 0 or meaning.is_load_tool:
        return ()
    found: list[Test] = []
    if _never_null(column, profile, meaning):
        found.append(NotNullTest(column=name))
    domain = _domain(column, profile, meaning, cast)
    if domain:
        found.append(AcceptedValuesTest(column=name, values=domain, quote=cast.type == "text"))
    bounds = _range(column, profile, meaning, cast)
    if bounds:
        found.append(RangeTest(column=name, min_value=bounds[0], max_value=bounds[1]))
    return tuple(found)


def _never_null(column: Column, profile: Profile, meaning: ColumnMeaning) -> bool:
    if profile.nulls or profile.blanks or meaning.role not in _NOT_NULL_ROLES:
        return False
    if not column.nullable:
        return True
    return not profile.sampled and profile.rows >= _FEW_ROWS


def _domain(
    column: Column, profile: Profile, meaning: ColumnMeaning, cast: Cast
) -> tuple[str, ...]:
    if cast.type not in ("text", "integer") or meaning.pii:
        return ()
    if column.enum_values:
        return column.enum_values
    limits = _DOMAIN_ROLES.get(meaning.role)
    if limits is None or profile.sampled or profile.approximate:
        return ()
    if meaning.role == "attribute" and _DOMAIN_WORDS.isdisjoint(meaning.words[-1:]):
        return ()
    most, per_value = limits
    counts = [v for v in profile.top_values if v.value.strip()]
    filled = profile.rows - profile.nulls - profile.blanks
    if not counts or len(counts) > most or sum(v.count for v in counts) != filled:
        return ()
    if filled < per_value * len(counts) or filled < _FEW_ROWS:
        return ()
    trimmed = profile.blanks > 0
    values = {v.value.strip() if trimmed else v.value for v in counts}
    return tuple(sorted(values)) if len(values) == len(counts) else ()


def _range(
    column: Column, profile: Profile, meaning: ColumnMeaning, cast: Cast
) -> tuple[float, float | None] | None:
    if cast.type not in _NUMBERS or profile.rows == profile.nulls or not _counts(meaning):
        return None
    if profile.rows - profile.nulls < _FEW_ROWS or profile.sampled:
        return None
    if profile.negatives or _looks_negative(profile):
        return None
    is_share = not {"rate", "share", "ratio", "discount", "probability"}.isdisjoint(meaning.words)
    highest = number(profile.max) if column.type in _NUMBERS else None
    top = 1.0 if is_share and profile.fractions and highest is not None and highest <= 1 else None
    return 0.0, top


def _counts(meaning: ColumnMeaning) -> bool:
    """It measures something, says its role or its name."""
    if meaning.role == "measure":
        return True
    return meaning.role == "attribute" and not _AMOUNT_WORDS.isdisjoint(meaning.words)


def _looks_negative(profile: Profile) -> bool:
    """For numbers in text, whose `negatives` are not counted."""
    texts = [profile.min, profile.max, *(v.value for v in profile.top_values)]
    return any(text and "-" in text.strip()[:3] for text in texts)


def number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def strength(considered: int, hits: int, what: str) -> tuple[Severity, str] | None:
    """An error where it held in every row, a warning where nearly; else no test."""
    if considered == 0 or hits == considered:
        return "error", ""
    share = hits / considered
    if share < NEARLY:
        return None
    return "warn", f"{what} in {hits} of {considered} rows ({share:.2%}) when this was generated"


def link_strength(link: Link) -> tuple[Severity, str] | None:
    """How firmly a foreign key may be claimed."""
    firm = _counted(link)
    if firm is not None and link.parent.hides_deleted:
        return "warn", f"staging leaves out removed {link.parent.entities}"
    return firm


def _counted(link: Link) -> tuple[Severity, str] | None:
    relationship = link.relationship
    if relationship.proved:
        return "error", ""
    rows, orphans = relationship.rows, relationship.orphans
    if not rows or orphans is None:
        return ("error", "") if relationship.declared else ("warn", "could not be counted")
    return strength(rows, rows - orphans, "held")


def link_test(link: Link, to: str, where: str | None = None) -> Test | None:
    """The relationships test of a foreign key, or None where it holds too seldom."""
    firm = link_strength(link)
    if firm is None:
        return None
    severity, evidence = firm
    if len(link.columns) == 1:
        return RelationshipsTest(
            column=link.columns[0], to=to, field=link.fields[0],
            severity=severity, evidence=evidence, where=where,
        )  # fmt: skip
    return CompositeRelationshipsTest(
        columns=link.columns, to=to, fields=link.fields,
        severity=severity, evidence=evidence, where=where,
    )  # fmt: skip


def identity_tests(
    identities: Iterable[Identity], names: dict[str, str], types: dict[str, str]
) -> tuple[Test, ...]:
    """Products and orderings inside one table, in staged names."""
    found: list[Test] = []
    for identity in identities:
        parts = [*identity.operands, *([identity.result] if identity.result else [])]
        if identity.kind == "total" or any(part not in names for part in parts):
            continue
        firm = strength(identity.considered, identity.hits, "held")
        if firm is None or not _comparable(identity, types):
            continue
        staged = [names[part] for part in identity.operands]
        if identity.kind == "ordering" and len(staged) == 2:
            lower, upper = staged
            claim = f"{sql.name(upper)} >= {sql.name(lower)}"
            name = f"{upper}_not_below_{lower}"
        elif identity.kind == "product" and identity.result and len(staged) >= 2:
            result = names[identity.result]
            formula = product([sql.name(n) for n in staged], identity.form)
            claim = f"abs({sql.name(result)} - ({formula})) <= 0.01"
            name = f"{result}_adds_up"
        else:
            continue
        found.append(
            ExpressionTest(expression=claim, name=name, severity=firm[0], evidence=firm[1])
        )
    return tuple(found)


def _comparable(identity: Identity, types: dict[str, str]) -> bool:
    """A cast can part two columns: a text that became a number, and one that did not."""
    families = {
        "number" if types[part] in _NUMBERS
        else "time" if types[part] in ("date", "timestamp") else types[part]
        for part in (*identity.operands, *([identity.result] if identity.result else []))
    }  # fmt: skip
    return len(families) == 1


def product(operands: Sequence[str], form: str) -> str:
    """The formula of a product identity over expressions."""
    left, right, *third = operands
    if form == "discount_rate" and third:
        return f"{left} * {right} * (1 - {third[0]})"
    if form == "discount_amount" and third:
        return f"{left} * {right} - {third[0]}"
    if form == "sum":
        return " + ".join(operands)
    if form == "difference":
        return " - ".join(operands)
    return f"{left} * {right}"
