"""How many there are, and how many different things they are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.parts import Attribute


def counts(group: Group) -> Iterator[Derivation]:
    """The rows themselves."""
    several = docs.words(group.child.entities)
    if group.called:
        several = docs.plural_words(docs.words(group.called))
    owner = docs.words(group.link.parent.entity)
    role = f" as {docs.words(group.prefix)}" if group.prefix else ""
    made = counted(f"{group.entity}_count", f"How many {several}{role} the {owner} has.")
    yield Derivation("counts", made, "count(*)", Rank.FIRST)


def distinct(group: Group) -> Iterator[Derivation]:
    """Of each other thing that the rows refer to, how many different ones.

    A count of rows answers another question: a customer with five orders of one product has bought
    one product.
    """
    for name, link in group.parents.items():
        column = group.rows.by_name.get(name)
        if name in group.link.columns or column is None or group.is_shared(column):
            continue
        if link.parent.table.role == "reference":
            continue  # how many of the states and currencies there are is seldom asked
        if group.header in (link.parent.id, column.origin[0] if column.origin else ""):
            continue  # that is asked of the header's rows
        several = docs.plural_words(docs.words(link.role))
        text = f"How many different {several} the {group.theirs} have; not to be summed."
        name_parts = ("distinct", group.prefix, link.role, "count")
        made = counted("_".join(part for part in name_parts if part), text)
        yield Derivation(
            "counts",
            replace(made, additivity="non_additive"),
            f"count(distinct {group.column(column)})",
            Rank.FIRST if group.header else Rank.OFTEN,
            again=("distinct", name),
        )


def counted(name: str, description: str) -> Attribute:
    """A number of rows: 0 where there are none."""
    return Attribute(
        name=name, type="integer", group="numerics", role="measure", additivity="additive",
        description=description, required=True, zero_if_none=True,
    )  # fmt: skip
