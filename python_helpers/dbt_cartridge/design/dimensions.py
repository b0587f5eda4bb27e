"""Dimensions: an entity with all that is known of it, and the facts around it summed up."""

from __future__ import annotations

from dbt_cartridge.design import aggregates, docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.aggregates import Summary
from dbt_cartridge.design.belonging import MOST_KINDS, sum_kind
from dbt_cartridge.design.enrich import (
    MOST_INPUTS,
    Wide,
    bring_names,
    flatten,
    kept_sums,
    merge_extensions,
    same_rows,
)
from dbt_cartridge.design.latest import MOST_LEAVES, with_latest
from dbt_cartridge.design.measures import measures
from dbt_cartridge.design.parts import Attribute, Link, Offer, Staged, without_tools
from dbt_cartridge.design.site import Site, entity_key, home_tests
from dbt_cartridge.documents.design import Cte, Latest

_MOST_SUMMARIES = 4


def dimension(site: Site, staged: Staged) -> None:
    """The dimension's model, and the intermediate ones that it needs."""
    base = _enriched(site, staged)
    if staged.id in site.histories:
        _history(site, staged, base)
    else:
        _plain(site, staged, base)


def _enriched(site: Site, staged: Staged) -> Wide:
    """What the entity refers to, joined: here, or in an intermediate model of its own."""
    plan = site.plan
    wide = Wide.of(staged.offer, staged.entities, without_tools(staged.offer))
    merge_extensions(plan, wide, staged, MOST_INPUTS)
    missed = flatten(plan, wide, staged, MOST_INPUTS - 1)
    wide.close()
    others = wide.models - {staged.offer.model}
    summaries = min(_MOST_SUMMARIES, len(_summarised(site, staged)))
    crowded = any(site.leaves.get(model, 0) >= MOST_LEAVES for model in others)
    small = len(others) <= 1 and len(others) + 1 + summaries <= MOST_INPUTS
    if (small and not crowded) or not wide.joins:
        for model in others:
            site.leaves[model] = site.leaves.get(model, 0) + 1
        return wide
    query, attributes = wide.query()
    own = docs.words(staged.entities)
    referred = list(dict.fromkeys(joined_as(staged, link) for link in wide.joined))
    offer = site.add(
        _named(site, staged, "enriched"), staged, "intermediate", query, attributes,
        staged.key,
        f"{own.capitalize()} with their {docs.listed(referred)}.",
        docs.grain(docs.words(staged.entity)),
        based_on=[link.parent.id for link in wide.joined],
    )  # fmt: skip
    again = Wide.of(offer, staged.entities)
    again.joined += wide.joined
    for link in missed:
        _late(site, again, link, staged)
    return again


def _named(site: Site, staged: Staged, *labels: str) -> str:
    return site.intermediate(
        staged,
        *(f"{staged.entities}_{label}" for label in labels),
        *(f"{staged.source}_{staged.entities}_{label}" for label in labels),
    )


def joined_as(staged: Staged, link: Link) -> str:
    """What a joined table is to the dimension: an extension of it, or what it refers to."""
    merged = link.child.id != staged.id and link.parent.id == staged.id
    return docs.words(link.child.entity if merged else link.role)


def _late(site: Site, wide: Wide, link: Link, staged: Staged) -> None:
    """A lookup for which the intermediate model had no room."""
    if link.child.id != staged.id or len(wide.models) >= MOST_INPUTS - 1:
        return
    model = link.parent.offer.model
    if site.leaves.get(model, 0) >= MOST_LEAVES:
        return
    site.leaves[model] = site.leaves.get(model, 0) + 1
    bring_names(site.plan, wide, link)


def _summarised(site: Site, staged: Staged) -> list[Link]:
    """Links from facts, those that say most first."""
    if staged.table.shape == "date":
        return []
    # Of a history, the current row alone stands for the entity.
    found = [
        link for link in site.plan.down[staged.id]
        if site.plan.is_fact(link.child) and link.is_plain and not link.is_self
        and (link.joinable or staged.is_history) and link.fields == entity_key(staged)
    ]  # fmt: skip

    def weight(link: Link) -> tuple[bool, int]:
        offered = site.offer(link.child).attributes
        timed = aggregates.event_time(offered) is not None
        return (not timed, -len(measures(offered)))

    return sorted(found, key=weight)


def _summaries(site: Site, staged: Staged, room: int) -> list[tuple[Link, Offer, Summary]]:
    links = _summarised(site, staged)
    children = [link.child.id for link in links]
    entities = list(dict.fromkeys(link.child.entity for link in links))
    made: list[tuple[Link, Offer, Summary]] = []
    for link in links[: max(0, min(room, _MOST_SUMMARIES))]:
        child = link.child
        twice = children.count(child.id) > 1
        prefix = link.role if twice and link.role != staged.entity else ""
        other = _other_side(site, link)
        if other is not None:
            summary = aggregates.bridge(link, other, child.offer)
            name = _named(site, staged, other.parent.entities, child.entities)
            text = f"The {docs.words(other.parent.entities)} of each {docs.words(staged.entity)}"
            text += f", through {docs.words(child.entities)}."
        else:
            summary = aggregates.summary(
                link, site.offer(child), prefix, [e for e in entities if e != child.entity]
            )
            name = _named(site, staged, f"{prefix}_{child.entities}" if prefix else child.entities)
            text = f"{docs.words(child.entities).capitalize()} summed up per "
            text += f"{docs.words(prefix or staged.entity)}."
        text += summary.left_out
        made.append((link, _add_summary(site, staged, link, name, text, summary), summary))
    return made


def _other_side(site: Site, link: Link) -> Link | None:
    """Of a bridge, the link to what it brings together with this end's parent."""
    if link.child.table.role != "bridge":
        return None
    for other in site.plan.up[link.child.id]:
        if other.columns != link.columns and len(other.columns) == 1 and other.is_plain:
            return other
    return None


def _add_summary(
    site: Site, staged: Staged, link: Link, name: str, text: str, summary: Summary
) -> Offer:
    own = docs.words(staged.entity)
    grain = f"One row per {own} that has any {docs.words(link.child.entities)}."
    return site.add(
        name, staged, "intermediate", summary.query, summary.attributes, summary.key,
        text, grain, based_on=[link.child.id],
    )  # fmt: skip


def _with_summaries(site: Site, staged: Staged, wide: Wide) -> None:
    for link, offer, summary in _summaries(site, staged, MOST_INPUTS - len(wide.models)):
        alias = wide.join(
            None, offer, site.host.label_of("intermediate", offer.model),
            [(field, field) for field in link.fields], wide.alias,
        )  # fmt: skip
        wide.summed.append(link.child.entities)
        for attribute in offer.attributes:
            if attribute.name in offer.key:
                continue
            value = sql.column(alias, attribute.name)
            if attribute.zero_if_none:
                value = f"coalesce({value}, 0)"
            name = wide.take(
                attribute, value, attribute.name, f"{link.child.entity}_{attribute.name}"
            )
            if attribute.name in summary.totals:
                counted = site.offer(link.child).model
                wide.adds_up(name, link, counted, summary.totals[attribute.name])


def _with_the_rest(site: Site, staged: Staged, wide: Wide) -> Wide:
    """Facts for which the dimension has no room, counted in an intermediate model before it."""
    rest = _summarised(site, staged)[_MOST_SUMMARIES:][:MOST_KINDS]
    if not rest:
        return wide
    if len(wide.models) > 1:
        rest = rest[: MOST_INPUTS - len(wide.models)]
    for link in rest:
        sum_kind(site, wide, link)
    query, attributes = wide.query()
    own = docs.words(staged.entities)
    counted = list(dict.fromkeys(docs.words(link.child.entities) for link in rest))
    offer = site.add(
        _named(site, staged, "activity"), staged, "intermediate", query, attributes, staged.key,
        f"{own.capitalize()} with their {docs.listed(counted)} counted and summed.",
        docs.grain(docs.words(staged.entity)),
        based_on=[*(link.parent.id for link in wide.joined), *(link.child.id for link in rest)],
        conserved=wide.totals,
    )  # fmt: skip
    again = Wide.of(offer, staged.entities)
    again.joined += [link for link in wide.joined if link not in rest]
    again.summed += [link.child.entities for link in rest]
    return again


def _plain(site: Site, staged: Staged, wide: Wide) -> None:
    wide = _with_the_rest(site, staged, wide)
    with_latest(site, staged, wide)
    _with_summaries(site, staged, wide)
    if site.by_version(staged) and not site.is_past(staged):
        _mark_current(staged, wide)
    query, attributes = wide.query()
    by_column, tests = home_tests(site, staged, attributes)
    tests += same_rows(staged, wide)
    site.add(
        site.homes[staged.id], staged, "marts", query, attributes, staged.key,
        _description(site, staged, wide), staged.model.grain, by_column, tests,
        based_on=[link.parent.id for link in wide.joined],
        conserved=[*kept_sums(staged, wide), *wide.totals],
    )  # fmt: skip


def _mark_current(staged: Staged, wide: Wide) -> None:
    """Of every version whether it is the one that holds now, where the source does not say it."""
    versions = staged.table.versions
    assert versions is not None
    order = [staged.names[c] for c in versions.order_by if c in staged.names]
    known = any(a.role == "is_current" for a in wide.columns)
    if known or not order or not set(order) <= set(wide.expressions):
        return
    own = docs.words(staged.entity)
    keys = ", ".join(wide.expressions[name] for name in entity_key(staged))
    last = ", ".join(f"{wide.expressions[name]} desc nulls last" for name in order)
    attribute = Attribute(
        name="is_current", type="boolean", group="booleans", role="is_current", required=True,
        description=f"True for the version of the {own} that began last.",
    )  # fmt: skip
    ranked = f"row_number() over (partition by {keys} order by {last}) = 1"
    wide.take(attribute, ranked, "is_current", f"{staged.entity}_is_current")


def _description(site: Site, staged: Staged, wide: Wide) -> str:
    own = docs.words(staged.entities)
    comment = staged.relation.comment or staged.table.description
    said = docs.sentence(comment) if comment and comment.strip() else ""
    told = [joined_as(staged, link) for link in wide.joined]
    parts = list(dict.fromkeys([*told, *(docs.words(e) for e in wide.summed)]))
    beside = f"{own.capitalize()} with their {docs.listed(parts)}." if parts else ""
    kept = ""
    if staged.deleted_flag:
        kept = f"Removed ones are kept, marked by `{staged.deleted_flag}`: facts refer to them."
    told = " ".join(text for text in (said, beside, kept) if text)
    return told or f"{own.capitalize()} as the source system holds them."


def _history(site: Site, staged: Staged, wide: Wide) -> None:
    """The versions under their own name, and the current ones as the dimension."""
    query, attributes = wide.query()
    by_column, tests = home_tests(site, staged, attributes)
    tests += same_rows(staged, wide)
    own = docs.words(staged.entity)
    history = site.add(
        site.histories[staged.id], staged, "marts", query, attributes, staged.key,
        f"Every version of each {own}, with the time for which it holds.",
        f"One row per version of {docs.a(own)}.", by_column, tests,
        based_on=[link.parent.id for link in wide.joined], conserved=kept_sums(staged, wide),
    )  # fmt: skip
    _current(site, staged, history)


def _current(site: Site, staged: Staged, history: Offer) -> None:
    versions = staged.table.versions
    assert versions is not None
    names, alias = staged.names, staged.entities if staged.entities != "final" else "versions"
    key = entity_key(staged)
    flag = names.get(versions.is_current or "")
    is_flag = flag is not None and history.by_name[flag].type == "boolean"
    dropped = {names.get(c) for c in (versions.is_current, versions.valid_to) if c}
    shown = [a for a in history.attributes if a.name not in dropped]
    latest: Latest | None = None
    where: tuple[str, ...] = ()
    if is_flag and flag:
        where = (sql.column(alias, flag),)
    else:
        latest = Latest(
            keys=tuple(sql.column(alias, k) for k in key),
            order_by=tuple(sql.column(alias, names[c]) for c in versions.order_by if c in names),
        )
    wide = Wide.of(history, alias, shown)
    wide.ctes.append(
        Cte(name="current_versions", from_alias=wide.alias, latest=latest, where=where)
    )
    wide.alias = wide.aliases.claim("current_versions")
    wide.expressions = {a.name: sql.column(wide.alias, a.name) for a in shown}
    _with_summaries(site, staged, wide)
    query, attributes = wide.query()
    own = docs.words(staged.entity)
    site.add(
        site.homes[staged.id], staged, "marts",
        query, attributes, key,
        f"{docs.words(staged.entities).capitalize()} as they are now; "
        f"their earlier versions are in `{history.model}`.",
        docs.grain(own), conserved=wide.totals,
    )  # fmt: skip
