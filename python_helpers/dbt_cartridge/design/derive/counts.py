"""How many there are, and how many different things they are about."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.derive.sequence import owner_of
from dbt_cartridge.design.parts import Attribute, Link
from dbt_cartridge.frozen import replaced


def counts(group: Group) -> Iterator[Derivation]:
    """The rows themselves."""
    several = docs.words(group.child.entities)
    if group.called:
        several = docs.plural_words(docs.words(group.called))
    role = f" as {docs.words(group.prefix)}" if group.prefix else ""
    made = counted(f"{group.entity}_count", f"How many {several}{role} the {group.owner} has.")
    yield Derivation("counts", made, "count(*)", Rank.FIRST)


def distinct(group: Group) -> Iterator[Derivation]:
    """Of each other thing that the rows refer to, how many different ones.

    A count of rows answers another question: a customer with five orders of one product has bought
    one product. Asked for first is how many different customers, not by how many clerks they were
    served.
    """
    owner = owner_of(group.parents.values())
    for name, link in group.parents.items():
        column = group.rows.by_name.get(name)
        if name in group.link.columns or column is None or group.is_shared(column):
            continue
        if _is_told(group, name):
            continue  # a rental's payments are of the rental's customer
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
            replaced(made, additivity="non_additive"),
            f"count(distinct {group.column(column)})",
            _rank(group, link, owner),
            again=("distinct", name),
        )


def _is_told(group: Group, name: str) -> bool:
    """The row itself refers to such a thing by the same name."""
    known = group.link.parent.offer.by_name.get(name)
    happened = group.link.parent.table.role == "fact" and group.link.fields != ()
    return happened and known is not None and known.role == "foreign_key"


def _rank(group: Group, link: Link, owner: Link | None) -> Rank:
    """Whose own they are, or what their lines are about, is asked for first; in how many orders
    they stand, and what somebody's own name, before all else that rows name or know through it."""
    if link.columns[0] not in link.child.offer.by_name:
        return Rank.SOMETIMES
    if link is owner or (group.header and not link.parent.is_person):
        return Rank.FIRST
    told = group.numbered and not link.parent.is_person
    return Rank.OFTEN if told or link.parent.table.role == "fact" else Rank.SOMETIMES


def counted(name: str, description: str) -> Attribute:
    """A number of rows: 0 where there are none."""
    return Attribute(
        name=name, type="integer", group="numerics", role="measure", additivity="additive",
        description=description, required=True, zero_if_none=True,
    )  # fmt: skip
