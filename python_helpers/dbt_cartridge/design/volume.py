"""Tests that see a load that stopped half-way.

Rows that others refer to are missed by those others, and lines by their header. Of the rest (the
last fact of a chain, an entity that few refer to) only their number can tell: their source is
tested for having about as many rows as it had.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbt_cartridge.design import checks
from dbt_cartridge.design.parts import Link, Staged
from dbt_cartridge.design.site import Site
from dbt_cartridge.documents.design import FewestRowsTest, RelationshipsTest, Source, Test

_FEWEST_ROWS = 10  # of fewer, a missing one is no sign of anything
_MISSED = 0.5  # so large a share of the rows is referred to: half a load leaves orphans
_KEPT = 0.9  # tables may lose a few rows
_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
_HAD_LINES = "each had some when this was generated; one without may be new, or have lost them"
_EVIDENCE = (
    "there were more when this was generated; fewer may mean that a load stopped half-way, and no "
    "other test sees it"
)


def header_tests(site: Site, parent: Staged) -> dict[str, list[Test]]:
    """By column of the header's mart: each had lines, so one without has lost them."""
    found: dict[str, list[Test]] = {}
    for link in site.plan.down[parent.id]:
        if site.headers.get(link.child.id) is link and has_all_parents(link):
            found.setdefault(link.fields[0], []).append(
                RelationshipsTest(
                    column=link.fields[0],
                    to=site.homes.get(link.child.id, link.child.offer.model),
                    field=link.columns[0],
                    severity="warn",
                    evidence=_HAD_LINES,
                )
            )
    return found


def has_all_parents(link: Link) -> bool:
    """Every parent row has child rows: as many distinct values as the parent has rows."""
    parent, child = link.parent, link.child
    if len(link.columns) != 1 or parent.is_history:
        return False
    profile = child.offer.by_name[link.columns[0]].profile
    if profile is None or profile.sampled or profile.approximate:
        return False
    exact = parent.relation.rows_exact and bool(parent.relation.rows)
    return (
        link.relationship.proved
        and link.joinable
        and link.is_plain
        and exact
        and profile.distinct == parent.relation.rows
        and not child.hides_deleted
        and link.fields[0] == parent.key[0]
    )


def counted(site: Site, declared: Iterable[Source]) -> tuple[Source, ...]:
    """The sources, with a lower bound of rows for the tables of which nothing else would tell."""
    staged = site.plan.staged
    return tuple(
        source.model_copy(
            update={
                "tables": tuple(
                    table.model_copy(update={"tests": (*table.tests, *_bound(site, its))})
                    if (its := staged.get(table.relation)) is not None
                    else table
                    for table in source.tables
                )
            }
        )
        for source in declared
    )


def _bound(site: Site, staged: Staged) -> tuple[Test, ...]:
    relation = staged.relation
    rows = relation.rows or 0
    if relation.kind == "view" or not relation.rows_exact or rows < _FEWEST_ROWS:
        return ()
    if _is_missed(site, staged, rows):
        return ()
    return (FewestRowsTest(min_rows=fewest(rows), severity="warn", evidence=_EVIDENCE),)


def _is_missed(site: Site, staged: Staged, rows: int) -> bool:
    """Whether rows that refer to it, or its header, would fail a test if half of it were gone."""
    header = site.headers.get(staged.id)
    if header is not None and has_all_parents(header):
        return True
    for link in site.plan.down[staged.id]:
        profile = link.child.offer.by_name[link.columns[0]].profile
        if link.is_self or not link.is_plain or checks.link_strength(link) is None:
            continue
        if profile and (profile.distinct or 0) >= _MISSED * rows:
            return True
    return False


def fewest(rows: int) -> int:
    """A round number somewhat below, so that it stays the same while the table grows a little."""
    kept = rows * _KEPT
    power = 1
    while power * 10 <= kept:
        power *= 10
    return int(max(step for step in _STEPS if step * power <= kept) * power)
