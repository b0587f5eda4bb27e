"""Tests that see a load that stopped half-way: parents whose children are gone.

Nothing refers to the last fact of a chain, so only what it refers to can tell that rows of it are
missing: every header had lines, every product was in stock somewhere.
"""

from __future__ import annotations

from dbt_cartridge.design import docs
from dbt_cartridge.design.parts import Link, Staged
from dbt_cartridge.design.site import Site
from dbt_cartridge.documents.design import RelationshipsTest, Test

_FEWEST_PARENTS = 10
_CHILDREN_PER_PARENT = 2  # on average: fewer, and a parent without any is no surprise


def tests(site: Site, parent: Staged) -> dict[str, list[Test]]:
    """By column of the parent's mart."""
    found: dict[str, list[Test]] = {}
    for link in site.plan.down[parent.id]:
        if len(link.columns) != 1 or link.child.id not in site.homes or not has_all_parents(link):
            continue
        is_line = site.headers.get(link.child.id) is link
        if not is_line and _witness(site, link.child) is not link:
            continue
        evidence = "" if is_line else (
            f"every {docs.words(parent.entity)} had {docs.words(link.child.entities)} when this "
            "was generated; fewer may mean that a load stopped half-way"
        )  # fmt: skip
        found.setdefault(link.fields[0], []).append(
            RelationshipsTest(
                column=link.fields[0], to=site.homes[link.child.id], field=link.columns[0],
                severity="error" if is_line else "warn", evidence=evidence,
            )
        )  # fmt: skip
    return found


def _witness(site: Site, child: Staged) -> Link | None:
    """Of a fact that nothing refers to, the parent with the most rows to miss it."""
    if not site.plan.is_fact(child) or any(not d.is_self for d in site.plan.down[child.id]):
        return None
    found = [
        link
        for link in site.plan.up[child.id]
        if len(link.columns) == 1
        and link.parent.id in site.homes
        and site.headers.get(child.id) is not link
        and has_all_parents(link)
        and _is_many(link)
    ]
    return max(found, key=lambda link: link.parent.relation.rows or 0, default=None)


def _is_many(link: Link) -> bool:
    parents, children = link.parent.relation.rows or 0, link.child.relation.rows or 0
    return parents >= _FEWEST_PARENTS and children >= _CHILDREN_PER_PARENT * parents


def has_all_parents(link: Link) -> bool:
    """Every parent row has child rows: as many distinct values as the parent has rows."""
    profile = link.child.offer.by_name[link.columns[0]].profile
    parent = link.parent
    if profile is None or profile.sampled or profile.approximate or parent.is_history:
        return False
    exact = parent.relation.rows_exact and bool(parent.relation.rows)
    return (
        link.relationship.proved
        and link.joinable
        and link.is_plain
        and exact
        and profile.distinct == parent.relation.rows
        and not link.child.hides_deleted
        and link.fields[0] == parent.key[0]
    )
