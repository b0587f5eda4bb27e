"""A person's name in one column, where it is kept in parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.parts import Attribute

_FIRST = ("first_name", "given_name", "forename", "firstname")
_LAST = ("last_name", "family_name", "surname", "lastname")


def full_name(row: Row) -> Iterator[Derivation]:
    """First and last name, and each again behind a role: `manager_first_name`."""
    texts = {a.name: a for a in row.columns if a.type == "text"}
    for name, first in texts.items():
        for given in _FIRST:
            if name != given and not name.endswith(f"_{given}"):
                continue
            role = name.removesuffix(given)
            last = next((texts[role + each] for each in _LAST if role + each in texts), None)
            wish = f"{role}full_name"
            if last is None or wish in row.by_name:
                continue
            owner = docs.words(role.rstrip("_")) if role else row.words
            made = Attribute(
                name=wish, type="text", group="strings", role="name", pii=first.pii or last.pii,
                description=f"First and last name of the {owner}.",
            )  # fmt: skip
            yield Derivation("full_name", made, joined(row[first], row[last]), Rank.FIRST)
            break


def in_parts(attributes: Iterable[Attribute]) -> tuple[Attribute, Attribute] | None:
    """First and last name, of what is a person itself."""
    texts = {a.name: a for a in attributes if a.type == "text"}
    first = next((texts[n] for n in _FIRST if n in texts), None)
    last = next((texts[n] for n in _LAST if n in texts), None)
    return (first, last) if first and last else None


def joined(first: str, last: str) -> str:
    """SQL: both with a blank between them; one alone where the other is missing."""
    return f"nullif(trim(coalesce({first}, '') || ' ' || coalesce({last}, '')), '')"
