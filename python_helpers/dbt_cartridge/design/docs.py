"""Descriptions: the database's own comment first, else what name, role and links truly say.

Never a row count, which goes stale, and never a value of a personal column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from dbt_cartridge.documents.scan import Column, TypeFamily
from dbt_cartridge.documents.schema import ColumnMeaning, Schema, Table
from dbt_cartridge.words import is_participle, pluralised, singular

_UNITS = {
    "cents": "in cents",
    "micros": "in millionths",
    "percent": "in per cent",
    "seconds": "in seconds",
}
_WORD = re.compile(r"[^\W_]+")
_OF_NOTHING = frozenset(("of", "the", "a", "an", "its"))
_LONGEST_LISTED = 6
_MOST_NAMED = 5
_ROWS_PER_VALUE = 3  # fewer, and the list tells of a handful of rows, not of a domain


def words(name: str) -> str:
    return name.replace("_", " ").strip()


def sentence(text: str) -> str:
    """One clean sentence: a capital first, a full stop last, one line."""
    flat = " ".join(text.split())
    if not flat:
        return ""
    closed = flat if flat[-1] in ".!?" else f"{flat}."
    return closed[0].upper() + closed[1:]


def a(noun: str) -> str:
    return f"an {noun}" if noun[:1] in "aeiou" else f"a {noun}"


def listed(nouns: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(nouns[:-1]), nouns[-1]] if len(nouns) > 1 else nouns)


def grain(key: str) -> str:
    return f"One row per {key}."


def table(table: Table, comment: str | None, schema: Schema) -> str:
    """Of a source table: what it holds, what it refers to and what refers to it."""
    if comment and comment.strip():
        return sentence(comment)
    if table.description:
        return sentence(table.description)
    noun = words(table.entities)
    above = [words(p.entity) for p in _around(schema, table, "ref_table")]
    below = [words(c.entities) for c in _around(schema, table, "table")]
    if table.role == "bridge" and len(above) > 1:
        return f"Which {listed([plural_words(a) for a in above])} belong together."
    if table.versions and table.versions.kind == "loads":
        said = f"{noun.capitalize()} as they were loaded, a row for each change"
    elif table.versions and table.versions.kind == "slowly_changing":
        said = f"Every version of {noun}, each valid for a time"
    else:
        said = noun.capitalize()
    if not above and not below:
        versioned = said != noun.capitalize()
        return sentence(said if versioned else f"{said} as the source system holds them")
    said += f", each with its {some(above)}" if above else ""
    return sentence(f"{said}; {some(below)} refer to them" if below else said)


def _around(schema: Schema, table: Table, end: Literal["table", "ref_table"]) -> list[Table]:
    """The tables that it refers to, or that refer to it; without itself, each once."""
    links = schema.parents if end == "ref_table" else schema.children
    ids = dict.fromkeys(
        getattr(link, end) for link in links.get(table.id, ()) if link.kind != "external"
    )
    return [schema.by_id[id] for id in ids if id != table.id and id in schema.by_id]


def some(nouns: Sequence[str]) -> str:
    """The first few of a list, and that there are more."""
    once = list(dict.fromkeys(nouns))
    return listed(once if len(once) <= _MOST_NAMED else [*once[: _MOST_NAMED - 1], "others"])


def column(
    table: Table,
    column: Column,
    meaning: ColumnMeaning,
    family: TypeFamily,
    name: str,
    parent: str | None = None,
) -> str:
    """Of a staged column.

    Args:
        parent: what a foreign key points to, in words: `customer`.
    """
    if column.comment and column.comment.strip():
        return sentence(column.comment)
    if meaning.description:
        told = sentence(meaning.description)
        return " ".join((told, *_facts(column, meaning, told)))
    own = words(table.entity)
    said = words(name)
    keyed = table.primary_key.columns if table.primary_key else ()
    if keyed == (column.name,) and not parent:
        return f"Identifies the {own}."
    if parent:
        part = " Part of the key." if column.name in keyed and len(keyed) > 1 else ""
        return reference(said, words(parent), own) + part
    if column.name in keyed:
        return f"{said.capitalize()}; part of what identifies the {own}."
    return _by_role(own, meaning, family, said, column)


def _facts(column: Column, meaning: ColumnMeaning, told: str) -> Iterator[str]:
    """What is known of a column and somebody else's words for it do not say."""
    said = told.lower()
    if meaning.role == "measure":
        unit = _UNITS.get(meaning.unit or "", f"in {meaning.unit}" if meaning.unit else "")
        if unit and (meaning.unit or "").lower() not in said:
            yield sentence(unit)
        if meaning.additivity == "semi_additive" and "time" not in said:
            yield "Adds up over everything but time."
        if meaning.additivity == "non_additive" and "sum" not in said:
            yield "Not to be summed."
    values = domain(column, meaning) if meaning.role in ("status", "category") else ""
    if values and not all(value.strip("`").lower() in said for value in values.split(", ")):
        yield f"One of {values}."


def reference(said: str, parent: str, own: str) -> str:
    """Of a foreign key: who or what it points to, and as what."""
    role = said
    for ending in (" id", " key", " code", " number", " uuid", " guid", " sku"):
        role = role.removesuffix(ending)
    if role.startswith(f"{own} ") and role != parent:
        role = role.removeprefix(f"{own} ")
    if role in (parent, said):
        return f"The {parent} of the {own}." if parent != own else f"Another {own}."
    return sentence(f"The {own}'s {role}: one of the {plural_words(parent)}")


def plural_words(noun: str) -> str:
    """`support agent` → support agents."""
    return " ".join(pluralised(noun.split(" ")))


def of(said: str, owner: str) -> str:
    """`First name`, `customer's support rep` → First name of the customer's support rep."""
    return sentence(f"{said} of the {owner}")


@lru_cache(maxsize=65536)
def says_more(description: str, name: str) -> bool:
    """Whether a reader of the column's name learns anything: whose `address` it is, and nothing of
    `customer_address` from "Address of the customer"."""
    known = _of_name(name)
    told = _WORD.finditer(description.lower())
    return any(singular(match.group()) not in known for match in told)


@lru_cache(maxsize=65536)
def _of_name(name: str) -> frozenset[str]:
    return frozenset({singular(word) for word in name.split("_")} | _OF_NOTHING)


def source_name(column: str, name: str) -> str:
    """What the source calls a column, where its staged name no longer shows it: a sentence."""
    written, shown = ("".join(filter(str.isalnum, each.casefold())) for each in (column, name))
    return "" if written in shown else f"`{column}` in the source."


def _by_role(own: str, meaning: ColumnMeaning, family: TypeFamily, said: str, col: Column) -> str:
    role = meaning.role
    subject = said.removeprefix(f"{own} ")
    fixed = {
        "created_time": f"When the {own} was created.",
        "updated_time": f"When the {own} was last changed.",
        "load_time": "When the row was loaded into the warehouse.",
        "deleted_time": f"When the {own} was removed; empty while it exists.",
        "deleted_flag": f"True where the {own} has been removed in the source system.",
        "valid_from": f"From when on this version of the {own} holds.",
        "valid_to": f"Until when this version of the {own} holds.",
        "is_current": f"True for the version of the {own} that holds now.",
        "natural_key": f"{subject.capitalize()} by which the business knows the {own}.",
        "name": f"{subject.capitalize()} of the {own}.",
        "description": f"Free text that describes the {own}.",
        "json": f"{subject.capitalize()} of the {own}, as a JSON document.",
        "array": f"{subject.capitalize()} of the {own}, as a list.",
        "type_discriminator": f"Which kind of {own} the row is.",
    }
    if meaning.is_load_tool:
        return f"{subject.capitalize()}, written by the tool that loads the table."
    if role in fixed and not (role == "name" and subject == own):
        return sentence(fixed[role])
    if family == "boolean":
        return sentence(f"Whether the {own} {_predicate(said)}")
    if role in ("event_time",) or family in ("date", "timestamp"):
        return _moment(own, said, family)
    if role == "measure":
        unit = _UNITS.get(meaning.unit or "", f"in {meaning.unit}" if meaning.unit else "")
        adds = {
            "semi_additive": "; adds up over everything but time",
            "non_additive": "; not to be summed",
        }.get(meaning.additivity or "", "")
        told = f", {unit}" if unit and (meaning.unit or "") not in said else ""
        return sentence(f"{subject.capitalize()} of the {own}{told}{adds}")
    if role in ("status", "category"):
        listed = domain(col, meaning)
        return sentence(f"{subject.capitalize()} of the {own}{f': {listed}' if listed else ''}")
    return sentence(f"{subject.capitalize()} of the {own}")


def _predicate(said: str) -> str:
    for start, verb in (("is ", "is "), ("has ", "has "), ("was ", "was "), ("can ", "can ")):
        if said.startswith(start):
            return verb + said.removeprefix(start)
    return f"is marked: {said}"


def _moment(own: str, said: str, family: TypeFamily) -> str:
    what = said
    for ending in (" at", " on", " date", " time"):
        what = what.removesuffix(ending)
    unit = "Date" if family == "date" else "Date and time"
    if what in ("", own, said.split(" ", 1)[0] if said == own else ""):
        return f"{unit} of the {own}."
    *before, last = what.removeprefix(f"{own} ").split(" ")
    if is_participle(last):
        subject = own
        if before and before not in (["last"], ["first"]):
            subject, before = f"{' '.join(before)} of the {own}", []
        return f"When the {subject} was {' '.join([*before, last])}."
    if family == "date" or not said.endswith((" at", " on")):
        return sentence(f"{said.removeprefix(f'{own} ')} of the {own}")
    return sentence(f"{unit} of {what} of the {own}")


def domain(column: Column, meaning: ColumnMeaning) -> str:
    """The few values of a category, for its description; nothing of a personal column."""
    profile = column.profile
    if meaning.pii or profile is None or profile.sampled or not profile.top_values:
        return ""
    values = [v.value for v in profile.top_values if v.value.strip()]
    whole = sum(v.count for v in profile.top_values) == profile.rows - profile.nulls
    if not whole or len(values) > _LONGEST_LISTED or any(len(v) > 30 for v in values):
        return ""
    filled = profile.rows - profile.nulls - profile.blanks
    if len(values) < 2 or filled < _ROWS_PER_VALUE * len(values):
        return ""
    return ", ".join(f"`{value}`" for value in sorted(values))
