"""Whether a reference that may be empty leads anywhere: assigned, owned, below another."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.parts import Attribute, Link

RULE = "held"
_MOST = 3
_ABOVE = frozenset({"parent"})


def held(row: Row) -> Iterator[Derivation]:
    """`has_assignee`, `is_child_task`: of references that some rows lack.

    Somebody who is not there yet is what tickets, tasks and orders are asked for, and whether a
    thing is below another of its kind. What else it may belong to is read from the key.
    """
    if row.is_line:
        return
    found = [link for link in row.up if _may_be_empty(row, link)]
    found.sort(key=lambda link: not link.is_self)
    for link in found[:_MOST]:
        below = link.is_self and not _ABOVE.isdisjoint(link.role.split("_"))
        name = f"is_child_{row.entity}" if below else f"has_{link.role}"
        if name in row.by_name:
            continue
        column = link.columns[0]
        other = docs.a(docs.words(row.entity if below else link.role))
        made = Attribute(
            name=name, type="boolean", group="booleans", role="flag", required=True,
            description=f"True where it is below {other}: `{column}` is there." if below
            else f"True where the {row.words} has {other}.",
        )  # fmt: skip
        rank = Rank.OFTEN if row.is_fact else Rank.SOMETIMES
        yield Derivation(RULE, made, f"{row[column]} is not null", rank)


def _may_be_empty(row: Row, link: Link) -> bool:
    if not (link.is_plain and link.joinable and len(link.columns) == 1):
        return False
    column = row.by_name.get(link.columns[0])
    if column is None or column.origin is None or column.origin[0] != row.staged.id:
        return False
    done = link.role.endswith("_by")  # who closed it is there once it is closed
    profile = column.profile
    some = profile is not None and 0 < profile.nulls < profile.rows
    return some and (link.is_self or (link.parent.is_person and not done))
