"""What is so now, of tables that keep a row for every time: an employee's salary and title.

Such a table is keyed by what it belongs to and the day from which a row holds. The entity shows the
row that holds last; the table itself keeps the history.
"""

from __future__ import annotations

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.enrich import MOST_INPUTS, Wide
from dbt_cartridge.design.parts import Attribute, Link, Staged, stays_in_staging
from dbt_cartridge.design.site import Site
from dbt_cartridge.documents.design import Cte, Input, Latest

MOST_LEAVES = 2  # marts right on one model: dbt-project-evaluator finds three too many
_HISTORIES = frozenset({"history", "log", "version", "record"})
_MOST_TABLES = 3
_MOST_COLUMNS = 3
_SHOWN = frozenset(
    "measure attribute name status category flag natural_key foreign_key".split()
)  # fmt: skip


def with_latest(site: Site, staged: Staged, wide: Wide) -> None:
    """Add to an entity the values that hold last, of the tables that keep them by time."""
    made = 0
    for link in site.plan.down[staged.id]:
        since = _since(link)
        model = link.child.offer.model
        full = len(wide.models) >= MOST_INPUTS or site.leaves.get(model, 0) >= MOST_LEAVES
        if since is None or made == _MOST_TABLES or full or model in wide.models:
            continue
        shown = _shown(link)
        if shown:
            site.leaves[model] = site.leaves.get(model, 0) + 1
            _join(wide, link, since, shown)
            made += 1


def _since(link: Link) -> str | None:
    """The column from which on a row holds, where the key is it and the parent's."""
    child = link.child
    if link.is_self or not (link.joinable and link.is_plain and child.key_proved):
        return None
    starts = [a.name for a in child.offer.attributes if a.role == "valid_from"]
    if child.is_history and child.table.versions:
        starts = [child.names[c] for c in child.table.versions.order_by if c in child.names]
    own = set(child.key) - set(link.columns)
    if len(starts) != 1 or own != set(starts) or not set(link.columns) < set(child.key):
        return None
    return starts[0]


def _shown(link: Link) -> list[Attribute]:
    found = [
        a for a in link.child.offer.attributes
        if a.role in _SHOWN and a.name not in link.child.key and not stays_in_staging(a)
    ]  # fmt: skip
    return found[:_MOST_COLUMNS]


def _join(wide: Wide, link: Link, since: str, shown: list[Attribute]) -> None:
    child = link.child
    alias = wide.aliases.claim(child.entities, f"{child.entities}_rows")
    latest = wide.aliases.claim(f"latest_{child.entities}")
    wide.inputs.append(Input(alias=alias, model=child.offer.model))
    keys = tuple(sql.column(alias, name) for name in link.columns)
    wide.ctes.append(
        Cte(
            name=latest,
            from_alias=alias,
            latest=Latest(keys=keys, order_by=(sql.column(alias, since),)),
        )
    )
    on = tuple(
        sql.equal(sql.column(wide.alias, field), sql.column(latest, name))
        for name, field in zip(link.columns, link.fields, strict=True)
    )
    wide.join_made(link, latest, on)
    for attribute in shown:
        _take(wide, link, latest, attribute)


def _kept(link: Link) -> str:
    """What is kept by time: `product_cost_history` of a product keeps its cost."""
    words = link.child.entity.removeprefix(f"{link.parent.entity}_").split("_")
    return "_".join(words[:-1] if len(words) > 1 and words[-1] in _HISTORIES else words)


def _take(wide: Wide, link: Link, latest: str, attribute: Attribute) -> None:
    entity, plain = _kept(link), attribute.name
    subject = plain.removeprefix(f"{entity}_")
    owner = f"{docs.words(link.parent.entity)}'s latest {docs.words(entity)}"
    said = f"The {owner}." if plain == entity else docs.of(docs.words(subject), owner)
    told = not set(entity.split("_")).isdisjoint(plain.split("_"))
    name = f"latest_{plain}" if told else f"latest_{entity}_{plain}"
    brought = Attribute(
        name=name, type=attribute.type, group=attribute.group, description=said,
        role=attribute.role if attribute.role != "measure" else "attribute",
        unit=attribute.unit, pii=attribute.pii, data_type=attribute.data_type,
    )  # fmt: skip
    wide.take(brought, sql.column(latest, plain), name)
