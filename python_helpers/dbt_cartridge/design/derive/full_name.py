"""A person's name in one column, where it is kept in parts."""

from __future__ import annotations

from collections.abc import Iterator

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
            parts = f"coalesce({row[first]}, '') || ' ' || coalesce({row[last]}, '')"
            yield Derivation("full_name", made, f"nullif(trim({parts}), '')", Rank.FIRST)
            break
