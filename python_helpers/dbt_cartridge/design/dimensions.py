"""Dimensions: an entity with all that is known of it, and what happened around it summed up."""

from __future__ import annotations

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.enrich import Wide, flatten, kept_sums, merge_extensions, same_rows
from dbt_cartridge.design.events import event_time
from dbt_cartridge.design.latest import with_latest
from dbt_cartridge.design.measures import measures
from dbt_cartridge.design.parts import Attribute, Link, Offer, Staged, without_tools
from dbt_cartridge.design.site import Site, entity_key, home_tests
from dbt_cartridge.design.summing import compute, kinds, sum_up
from dbt_cartridge.documents.design import Cte, Latest
from dbt_cartridge.frozen import replaced


def dimension(site: Site, staged: Staged) -> None:
    """The dimension's model; of what has versions, their history too."""
    wide = Wide.of(staged.offer, staged.entities, without_tools(staged.offer))
    merge_extensions(site.plan, wide, staged)
    flatten(site.plan, wide, staged)
    wide.close()
    if staged.id in site.histories:
        _history(site, staged, wide)
    else:
        _plain(site, staged, wide)


def in_turn(site: Site) -> list[Staged]:
    """The dimensions, those to which facts belong before those that only a bridge leads from: these
    sum up what was summed up there, as a category does of its films."""

    def happened(staged: Staged) -> bool:
        links = (*site.plan.down[staged.id], *site.carried.get(staged.id, ()))
        return any(
            site.plan.is_fact(link.child) and link.child.table.role != "bridge" for link in links
        )

    return sorted(site.plan.tables("dimension"), key=lambda staged: not happened(staged))


def joined_as(staged: Staged, link: Link) -> str:
    """What a joined table is to the dimension: an extension of it, or what it refers to."""
    merged = link.child.id != staged.id and link.parent.id == staged.id
    return docs.words(link.child.entity if merged else link.role)


def _summarised(site: Site, staged: Staged) -> list[Link]:
    """Links from facts, those that say most first; then from other dimensions."""
    if staged.table.shape == "date":
        return []
    # Of a history, the current row alone stands for the entity. Where others hold the key of a
    # version, each version has what happened while it held.
    key = staged.key if site.by_version(staged) else entity_key(staged)
    found = [
        link for link in site.plan.down[staged.id]
        if site.plan.fates[link.child.id] in ("fact", "dimension")
        and link.is_plain and not link.is_self and not link.relationship.one_to_one
        and not link.child.is_history and (link.joinable or staged.is_history)
        and link.fields == key
    ]  # fmt: skip

    known = {link.child.id for link in found}
    found += [
        link for link in (*site.carried.get(staged.id, ()), *_lines(site, staged))
        if link.child.id not in known and link.fields == key
        and not link.child.is_history
    ]  # fmt: skip

    def weight(link: Link) -> tuple[bool, bool, int]:
        offered = site.built.get(link.child.id, link.child.offer).attributes
        happened = site.plan.is_fact(link.child)
        return (not happened, event_time(offered) is None, -len(measures(offered)))

    return sorted(found, key=weight)


def _lines(site: Site, staged: Staged) -> list[Link]:
    """From lines, by the keys that they have taken from their headers."""
    found: list[Link] = []
    for line, header in site.headers.items():
        if line not in site.built or header.child.table.role == "bridge":
            continue
        for up in site.plan.up[header.parent.id]:
            if up.parent.id != staged.id or not (up.joinable and up.is_plain) or up.is_self:
                continue
            key = (header.parent.id, up.relationship.columns[0])
            taken = [a.name for a in site.built[line].attributes if a.origin == key]
            if len(up.columns) == 1 and len(taken) == 1:
                found.append(replaced(up, child=header.child, columns=(taken[0],), complete=False))
    return found


def _plain(site: Site, staged: Staged, wide: Wide) -> None:
    with_latest(site, staged, wide)
    sum_up(site, staged, wide, kinds(site, staged, _summarised(site, staged)))
    compute(site, staged, wide)
    if site.by_version(staged) and not site.is_past(staged):
        _mark_current(staged, wide)
    query, attributes = wide.query()
    by_column, tests = home_tests(site, staged, attributes)
    tests += same_rows(staged, wide)
    site.shown[staged.id] = site.add(
        site.homes[staged.id], staged, "marts", query, attributes, staged.key,
        _description(site, staged, wide), staged.model.grain, by_column, tests,
        based_on=wide.relations,
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
    told = " ".join(text for text in (said, beside, kept, *wide.left_out) if text)
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
        based_on=wide.relations, conserved=kept_sums(staged, wide),
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
    sum_up(site, staged, wide, kinds(site, staged, _summarised(site, staged)))
    compute(site, staged, wide)
    query, attributes = wide.query()
    own = docs.words(staged.entity)
    site.add(
        site.homes[staged.id], staged, "marts",
        query, attributes, key,
        f"{docs.words(staged.entities).capitalize()} as they are now; "
        f"their earlier versions are in `{history.model}`.",
        docs.grain(own), based_on=wide.relations, conserved=wide.totals,
    )  # fmt: skip
