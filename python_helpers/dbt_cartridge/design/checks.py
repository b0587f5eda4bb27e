"""Tests that hold on the data and can fail for a reason.

A test stands once: values and foreign keys where all rows of the entity are shown last (its mart,
else staging), keys in staging and in the mart. What a model on the way groups by cannot repeat, and
what it takes over from another table is tested where it is that table's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dbt_cartridge import law
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.casting import Cast
from dbt_cartridge.design.declared import Declared
from dbt_cartridge.design.parts import Link
from dbt_cartridge.documents.design import (
    AcceptedValuesTest,
    CompositeRelationshipsTest,
    CompositeUniqueTest,
    ExpressionTest,
    NotNullTest,
    RangeTest,
    RelationshipsTest,
    Test,
    UniqueTest,
)
from dbt_cartridge.documents.evidence import EvidenceClass, Severity
from dbt_cartridge.documents.scan import Column, Profile
from dbt_cartridge.documents.schema import ColumnMeaning, Identity, Table

NEARLY = 0.99  # what holds for so large a share is a warning; below, no test
_FEW_ROWS = 10  # of fewer rows a profile proves little
_MANY_ROWS = 100  # in which a sum of columns is no chance
_DOMAIN_ROLES = {"status": (12, 3), "type_discriminator": (12, 3), "flag": (4, 3)}
"""Role → (most values, rows there must be per value), of domains that are worth watching.

What a category or an attribute holds is business: a new carrier, country or subject is no fault."""
_WATCHED = frozenset(
    "foreign_key event_time created_time valid_from status type_discriminator".split()
)
"""Roles of columns in which a first NULL is worth a look."""
_NEVER_BELOW_ZERO = frozenset(
    """quantity unit units piece pieces count weight height width length size distance area age
    population capacity""".split()
)
"""Last words of what nature counts from zero. An amount, a fee, a balance or a profit is refunded,
corrected or lost, and a stock is overdrawn."""
_PRICES = frozenset({"price", "prices"})
_SEEN_UNIQUE = "unique when this was generated; nothing but that says that it is the key"
_NUMBERS = frozenset({"integer", "decimal", "float"})


def key_tests(
    key: Sequence[str], table: Table | None = None
) -> tuple[dict[str, list[Test]], tuple[Test, ...]]:
    """(tests by column, tests of the model) that prove a primary key.

    Args:
        table: whose key it is. One that is unique so far, and that nothing else calls the key,
            stops no build; what is made unique, or is grouped by, has no table here.
    """
    own = table.primary_key if table is not None and table.versions is None else None
    chance = own is not None and not own.declared and own.evidence_class == "observed"
    firm: Severity = _severity("observed") if chance else "error"
    seen = _SEEN_UNIQUE if chance else ""
    by_column: dict[str, list[Test]] = {name: [NotNullTest(column=name)] for name in key}
    if len(key) == 1:
        unique = UniqueTest(column=key[0], severity=firm, evidence=seen)
        return {key[0]: [unique, *by_column[key[0]]]}, ()
    several = CompositeUniqueTest(columns=tuple(key), severity=firm, evidence=seen)
    return by_column, (several,) if key else ()


def value_tests(
    name: str, column: Column, meaning: ColumnMeaning, cast: Cast, said: Declared
) -> tuple[Test, ...]:
    """What may be claimed of one column's values: firmly what the catalogue declares, as a warning
    what the rows of today show, and nothing where a new value would say nothing.

    Args:
        name: the staged name.
        said: what check constraints demand of the column.
    """
    if meaning.is_load_tool:
        return ()
    return (
        *_never_null(name, column, meaning, said),
        *_domain(name, column, meaning, cast, said),
        *_range(name, column, meaning, cast, said),
    )


def _seen(rows: int) -> str:
    return f"so in all {rows} rows when this was generated; nothing says that it stays so"


def _never_null(
    name: str, column: Column, meaning: ColumnMeaning, said: Declared
) -> Iterator[NotNullTest]:
    profile = column.profile
    if profile is not None and (profile.nulls or profile.blanks):
        return
    if not column.nullable or said.not_null:
        yield NotNullTest(column=name, severity=_severity("declared"))
    elif (
        profile is not None
        and not profile.sampled
        and profile.rows >= _FEW_ROWS
        and meaning.role in _WATCHED
    ):
        yield NotNullTest(column=name, severity=_severity("observed"), evidence=_seen(profile.rows))


def _domain(
    name: str, column: Column, meaning: ColumnMeaning, cast: Cast, said: Declared
) -> Iterator[AcceptedValuesTest]:
    if cast.type not in ("text", "integer") or meaning.pii:
        return
    quote = cast.type == "text"
    known = column.enum_values or said.values
    if known:
        yield AcceptedValuesTest(
            column=name, values=known, quote=quote, severity=_severity("declared")
        )
        return
    values = _few_values(column.profile, meaning)
    if len(values) > 1:
        filled = sum(v.count for v in column.profile.top_values) if column.profile else 0
        yield AcceptedValuesTest(
            column=name, values=values, quote=quote,
            severity=_severity("observed"), evidence=_seen(filled),
        )  # fmt: skip


def _few_values(profile: Profile | None, meaning: ColumnMeaning) -> tuple[str, ...]:
    """The values of a column whose role has a domain, where all of them were seen, each often."""
    limits = _DOMAIN_ROLES.get(meaning.role)
    if limits is None or profile is None or profile.sampled or profile.approximate:
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
    name: str, column: Column, meaning: ColumnMeaning, cast: Cast, said: Declared
) -> Iterator[RangeTest]:
    if cast.type not in _NUMBERS:
        return
    if said.low is not None or said.high is not None:
        yield RangeTest(
            column=name, min_value=said.low, max_value=said.high, severity=_severity("declared")
        )
        return
    profile = column.profile
    if profile is None or profile.sampled or profile.rows - profile.nulls < _FEW_ROWS:
        return
    if not profile.negatives and not _looks_negative(profile) and _counts_from_zero(meaning):
        yield RangeTest(column=name, min_value=0.0, severity=_severity("structural"))


def _counts_from_zero(meaning: ColumnMeaning) -> bool:
    """A quantity, or what one piece costs: by its meaning there is nothing below zero."""
    if meaning.role not in ("measure", "attribute") or not meaning.words:
        return False
    return meaning.words[-1] in _NEVER_BELOW_ZERO or (
        meaning.words[-1] in _PRICES and not {"total", "extended"} & set(meaning.words)
    )


def _severity(known: EvidenceClass) -> Severity:
    """Of a claim that has a test at all."""
    return law.severity(known) or "warn"


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
    firm = _severity(relationship.evidence_class)
    if relationship.proved:
        return firm, ""
    rows, orphans = relationship.rows, relationship.orphans
    if not rows or orphans is None:
        return (firm, "") if relationship.declared else ("warn", "could not be counted")
    counted = strength(rows, rows - orphans, "held")
    return counted if counted is None or counted[0] == "warn" else (firm, counted[1])


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
        firm = _firmly(identity)
        if firm is None or not _comparable(identity, types):
            continue
        staged = [names[part] for part in identity.operands]
        if identity.kind == "ordering" and len(staged) == 2:
            lower, upper = staged
            of_day = {types[part] for part in identity.operands} == {"date", "timestamp"}
            claim = f"{_as_day(upper, of_day)} >= {_as_day(lower, of_day)}"
            if of_day:  # who writes down a day and who stamps a moment are two: one may be late
                firm = ("warn", firm[1])
            name = f"{upper}_not_below_{lower}"
        elif identity.kind in ("product", "conversion") and identity.result and len(staged) >= 2:
            result = names[identity.result]
            if identity.form == "quotient":
                result, staged = staged[0], [result, staged[1]]
            formula = product([sql.name(n) for n in staged], identity.form)
            claim = f"abs({sql.name(result)} - ({formula})) <= 0.01"
            name = f"{result}_adds_up"
        else:
            continue
        found.append(
            ExpressionTest(expression=claim, name=name, severity=firm[0], evidence=firm[1])
        )
    return tuple(found)


def _firmly(identity: Identity) -> tuple[Severity, str] | None:
    """That one column is the sum of others is chance in few rows: the next load may say otherwise,
    and of two times one may be entered wrong. A price times a quantity is what the words mean."""
    firm = strength(identity.considered, identity.hits, "held")
    loose = identity.form in ("sum", "difference") or identity.kind == "ordering"
    few = identity.considered < _MANY_ROWS and loose
    if firm is not None and firm[0] == "error" and few:
        return "warn", f"held in all of {identity.considered} rows, which are few"
    return firm


def _comparable(identity: Identity, types: dict[str, str]) -> bool:
    """A cast can part two columns: a text that became a number, and one that did not."""
    families = {
        "number" if types[part] in _NUMBERS
        else "time" if types[part] in ("date", "timestamp") else types[part]
        for part in (*identity.operands, *([identity.result] if identity.result else []))
    }  # fmt: skip
    return len(families) == 1


def _as_day(name: str, of_day: bool) -> str:
    """A column beside a date: what happened in the course of a day is not after it."""
    return f"cast({sql.name(name)} as date)" if of_day else sql.name(name)


def product(operands: Sequence[str], form: str) -> str:
    """The formula of a product identity over expressions."""
    left, right, *third = operands
    if form == "discount_rate" and third:
        return f"{left} * {right} * (1 - {third[0]})"
    if form == "discount_percent" and third:
        return f"{left} * {right} * (1 - {third[0]} / 100.0)"
    if form == "discount_amount" and third:
        return f"{left} * {right} - {third[0]}"
    if form == "sum":
        return " + ".join(operands)
    if form == "difference":
        return " - ".join(operands)
    return f"{left} * {right}"
