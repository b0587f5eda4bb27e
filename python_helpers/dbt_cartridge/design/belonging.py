"""Facts that belong to a row of another table, counted and summed beside it, kind by kind.

They are never joined to each other: that would multiply them.
"""

from __future__ import annotations

from collections.abc import Sequence

from dbt_cartridge.design import aggregates, docs, lines
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.enrich import MOST_INPUTS, Wide
from dbt_cartridge.design.parts import Link, Staged, without_tools
from dbt_cartridge.design.site import Site
from dbt_cartridge.documents.design import Cte, Input, Join, Projection

MOST_KINDS = MOST_INPUTS - 1
_MOMENTS = ("first_", "latest_")


def worth_of(site: Site, line: Staged) -> lines.Amount | None:
    return lines.amount(line, site.headers.get(line.id), site.schema.identities)


def children(site: Site, parent: Staged) -> list[Link]:
    """The facts that belong to a row of another fact: its lines first, then its payments …"""
    found = [
        link for link in site.plan.down[parent.id]
        if site.plan.is_fact(link.child) and link.joinable and link.is_plain and not link.is_self
        and site.headers.get(parent.id) is not link
        and _is_above(site, parent, link.child)
    ]  # fmt: skip
    return sorted(found, key=lambda link: site.headers.get(link.child.id) is not link)


def _is_above(site: Site, parent: Staged, child: Staged) -> bool:
    """False where the parent is itself a line of the child: two tables that refer to each other."""
    header = site.headers.get(parent.id)
    return header is None or header.parent.id != child.id


def sum_children(site: Site, parent: Staged, links: Sequence[Link]) -> None:
    """A fact with the facts that belong to it."""
    base = site.offer(parent)
    wide = Wide.of(base, parent.entities, without_tools(base))
    chosen = links[:MOST_KINDS]
    for link in chosen:
        sum_kind(site, wide, link)
    query, attributes = wide.query()
    own = docs.words(parent.entities)
    kinds = list(dict.fromkeys(link.child.entities for link in chosen))
    label = kinds[0] if len(kinds) == 1 else "activity"
    site.offers[parent.id] = site.add(
        site.intermediate(
            parent, f"{parent.entities}_{label}", f"{parent.source}_{parent.entities}_{label}"
        ),
        parent, "intermediate", query, attributes, parent.key,
        f"{own.capitalize()} with their {docs.listed([docs.words(k) for k in kinds])} counted "
        "and summed.",
        docs.grain(docs.words(parent.entity)), based_on=[link.child.id for link in chosen],
    )  # fmt: skip


def sum_kind(site: Site, wide: Wide, link: Link) -> None:
    line = link.child
    is_line = site.headers.get(line.id) is link
    # Only lines are read with what was worked out for them: anything else could go in circles.
    offer = site.offer(line) if is_line else line.offer
    twice = any(link.child.id == other.child.id for other in wide.joined)
    summary = aggregates.summary(link, offer, link.role if twice else "", one_unit=is_line)
    inner = summary.query.ctes[-1]
    worth = worth_of(site, line) if is_line else None
    # Where the lines add up to the header's own total, their sum says nothing new.
    told = worth is not None and worth.reconciles is not None
    known = aggregates.total_name(line.entity, worth.name) if told and worth else ""
    alias = wide.aliases.claim(line.entities, f"{line.entities}_rows")
    summed = wide.aliases.claim(f"{line.entities}_summed")
    wide.inputs.append(Input(alias=alias, model=offer.model))
    wide.ctes.append(_renamed(inner, line.entities, alias, summed, known))
    on = tuple(sql.equal(sql.column(wide.alias, f), sql.column(summed, f)) for f in link.fields)
    wide.joins.append(Join(kind="left", to=summed, on=on))
    wide.joined.append(link)
    for attribute in summary.attributes:
        if attribute.name in link.fields or attribute.name.startswith(_MOMENTS):
            continue
        if attribute.name == known:
            continue
        value = sql.column(summed, attribute.name)
        if attribute.zero_if_none:
            value = f"coalesce({value}, 0)"
        wide.take(attribute, value, attribute.name, f"{line.entity}_{attribute.name}")


def _renamed(cte: Cte, old: str, new: str, name: str, known: str) -> Cte:
    """The summary's last CTE under another name, over another alias, without its moments."""
    kept = [p for p in cte.projections if not p.name.startswith(_MOMENTS) and p.name != known]

    def swap(text: str) -> str:
        return text.replace(f"{sql.name(old)}.", f"{sql.name(new)}.")

    return cte.model_copy(
        update={
            "name": name,
            "from_alias": new,
            "projections": tuple(
                Projection(name=p.name, expression=swap(p.expression), group=p.group) for p in kept
            ),
            "where": tuple(swap(text) for text in cte.where),
            "group_by": tuple(swap(text) for text in cte.group_by),
        }
    )
