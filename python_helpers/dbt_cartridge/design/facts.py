"""Facts: what happened, at the grain of its own table, with a key to every dimension."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbt_cartridge.design import checks, dates, docs, lines, volume
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.beside import (
    arrives,
    beside_header,
    convert,
    convert_by_day,
    weigh,
)
from dbt_cartridge.design.carried import carry
from dbt_cartridge.design.derive.converted import rate_tests
from dbt_cartridge.design.enrich import Wide, kept_sums, merge_extensions, name_lookups, same_rows
from dbt_cartridge.design.events import event_time
from dbt_cartridge.design.latest import with_latest
from dbt_cartridge.design.naming import in_names
from dbt_cartridge.design.parts import Attribute, Link, Staged, without_tools
from dbt_cartridge.design.site import Site, home_tests
from dbt_cartridge.design.summing import children, compute, kinds, sum_up, worth_of
from dbt_cartridge.documents.design import (
    Conserved,
    Incremental,
    RelationshipsTest,
    Test,
)
from dbt_cartridge.frozen import replaced

_DATE_ROLES = frozenset({"event_time", "created_time", "updated_time", "attribute", "deleted_time"})


def enrich_line(site: Site, line: Staged) -> None:
    """The line beside its header, for the fact and for everything that is summed from it."""
    header = site.headers[line.id]
    wide = Wide.of(line.offer, line.entities, without_tools(line.offer))
    worth = worth_of(site, line)
    lines.widen(wide, header, worth)
    carry(site, line, wide, worth)
    weigh(site, line, wide)
    beside_header(site, line, wide)
    convert_by_day(site, line, wide, grows=_stamp(site, line, wide.columns) is not None)
    wide.close()
    if not (wide.joins or wide.ctes) and not (worth and worth.made):
        return  # the header has nothing that the line has not
    query, attributes = wide.query()
    own = docs.words(line.entities).capitalize()
    beside = f"each beside its {docs.words(header.parent.entity)}"
    told = beside if wide.joined else f"with their {docs.words(worth.name if worth else '')}"
    site.offers[line.id] = site.add(
        site.intermediate(
            line, f"{line.entities}_enriched", f"{in_names(line.source)}_{line.entities}_enriched"
        ),
        line, "intermediate", query, attributes,
        line.key, f"{own}, {told}.", docs.grain(docs.words(line.entity)),
        based_on=wide.relations,
    )  # fmt: skip


def fact(site: Site, staged: Staged) -> None:
    """The fact's model."""
    base = site.offer(staged)
    wide = Wide.of(base, staged.entities, without_tools(base))
    worth = worth_of(site, staged)
    if worth and worth.made and worth.name not in base.by_name:
        lines.widen(wide, None, worth)
    merge_extensions(site.plan, wide, staged)
    _add_days(wide)
    if _growing(site, staged, wide) is None:
        if staged.id not in site.headers:
            carry(site, staged, wide, worth)
            weigh(site, staged, wide)
        name_lookups(site.plan, wide, staged, site.headers.get(staged.id))
    convert(site, staged, wide)
    convert_by_day(site, staged, wide, grows=_growing(site, staged, wide) is not None)
    with_latest(site, staged, wide)
    sum_up(site, staged, wide, kinds(site, staged, children(site, staged)))
    stamp = _growing(site, staged, wide)
    compute(site, staged, wide, whole=stamp is None)
    query, attributes = wide.query()
    by_column, tests = home_tests(site, staged, attributes)
    _date_tests(site, staged, attributes, by_column)
    for column, more in volume.header_tests(site, staged).items():
        by_column.setdefault(column, []).extend(more)
    for name, test in _taken_keys(site, staged, attributes):
        by_column.setdefault(name, []).append(test)
    tests += same_rows(staged, wide)
    tests += rate_tests(attributes)
    tests += _header_tests(site, staged, worth)
    site.built[staged.id] = site.add(
        site.homes[staged.id], staged, "marts", query, attributes, staged.key,
        " ".join([_description(site, staged), *wide.left_out]), staged.model.grain, by_column,
        tests, based_on=wide.relations,
        conserved=[*kept_sums(staged, wide), *wide.totals, *_spread(site, staged, attributes)],
    )  # fmt: skip
    if stamp is not None:
        _make_incremental(site, staged, wide, stamp)


def _spread(site: Site, staged: Staged, attributes: Sequence[Attribute]) -> list[Conserved]:
    header = site.headers.get(staged.id)
    return [*arrives(header, attributes)] if header is not None else []


def _add_days(wide: Wide) -> None:
    """For the moment of an event, the day too: what the date dimension is joined on."""
    time = event_time(wide.columns)
    if time is None or time.type != "timestamp":
        return
    name = time.name.removesuffix("_at") + "_date"
    if any(a.name == name for a in wide.columns):
        return
    day = Attribute(
        name=name, type="date", group="dates", role="event_time",
        description=f"Day of `{time.name}`.", required=time.required,
        profile=time.profile if dates.is_sane(time) else None,
    )  # fmt: skip
    wide.take(day, sql.cast(wide.expressions[time.name], "date"), name)


def dated(site: Site) -> list[dates.Dated]:
    """The date columns of all facts, as staged, that a calendar covers."""
    found: list[dates.Dated] = []
    for staged in site.plan.tables("fact"):
        if staged.id not in site.homes:
            continue
        event = event_time(staged.offer.attributes)
        for attribute in staged.offer.attributes:
            wanted = attribute.type == "date" and attribute.role in _DATE_ROLES
            if (
                (wanted or attribute is event)
                and not attribute.is_tool
                and (attribute.group != "metadata" and dates.is_sane(attribute))
            ):
                found.append(dates.Dated(staged.offer.model, attribute))
    return found


def _date_tests(
    site: Site, staged: Staged, attributes: Sequence[Attribute], by_column: dict[str, list[Test]]
) -> None:
    """Every day of a fact is in the date dimension."""
    if site.dates is None:
        return
    bounded = site.dated.get(staged.offer.model, ())
    event = event_time(staged.offer.attributes)
    for attribute in attributes:
        own = attribute.name in bounded and attribute.type == "date"
        day = (
            attribute.origin is None
            and attribute.name.endswith("_date")
            and (attribute.type == "date" and event is not None and event.name in bounded)
        )
        if own or day:
            by_column.setdefault(attribute.name, []).append(
                RelationshipsTest(
                    column=attribute.name,
                    to=site.dates,
                    field=dates.KEY,
                    severity="warn",
                    evidence=dates.BOUNDED,
                )
            )


def _taken_keys(
    site: Site, staged: Staged, attributes: Sequence[Attribute]
) -> Iterator[tuple[str, Test]]:
    """Where the keys lead that a fact has taken from its header or carries from further up: what
    reads the star reads its joins in these tests. Rows without a parent are warned of once, where
    the key is the table's own."""
    for attribute in attributes:
        if attribute.role != "foreign_key" or attribute.origin is None:
            continue
        table, column = attribute.origin
        for link in site.plan.up.get(table, ()) if table != staged.id else ():
            if link.relationship.columns == (column,) and link.is_plain and link.joinable:
                own = replaced(link, columns=(attribute.name,))
                test = checks.link_test(own, site.home(link))
                if test is not None and test.severity == "error":
                    yield attribute.name, test


def _header_tests(site: Site, staged: Staged, worth: lines.Amount | None) -> list[Test]:
    """Lines add up to their header. Where the header's days lead is tested there."""
    header = site.headers.get(staged.id)
    if header is None or worth is None or header.parent.id not in site.homes:
        return []
    test = lines.reconciliation(staged, header, worth, site.homes[header.parent.id])
    return [test] if test is not None else []


def _description(site: Site, staged: Staged) -> str:
    own = docs.words(staged.entities)
    comment = staged.relation.comment or staged.table.description
    header = site.headers.get(staged.id)
    if comment and comment.strip():
        said = docs.sentence(comment)
    elif staged.table.role == "bridge":
        sides = {link.parent.entities: None for link in site.plan.up[staged.id]}
        told = [docs.words(side) for side in sides]
        said = f"Which {docs.listed(told)} belong together." if len(told) > 1 else ""
    elif header is not None and _took_over(site, staged, header):
        above = docs.words(header.parent.entity)
        said = f"{own.capitalize()}, with the keys and dates of their {above}."
    elif kinds := children(site, staged):
        told = docs.listed(list(dict.fromkeys(docs.words(k.child.entities) for k in kinds)))
        said = f"{own.capitalize()}, with their {told} counted and summed."
    else:
        said = ""
    said = said or _plainly(site, staged)
    if staged.deleted_flag:
        said += f" Removed ones are kept, marked by `{staged.deleted_flag}`."
    return said


def _took_over(site: Site, line: Staged, header: Link) -> bool:
    above = header.parent.id
    return any(a.origin and a.origin[0] == above for a in site.offer(line).attributes)


def _plainly(site: Site, staged: Staged) -> str:
    own = docs.words(staged.entities).capitalize()
    sides = [docs.words(link.role) for link in site.plan.up[staged.id]]
    if not sides:
        return f"{own} as the source system recorded them."
    return f"{own}, each with its {docs.some(sides)}."


def _growing(site: Site, staged: Staged, wide: Wide) -> tuple[Attribute, str] | None:
    """Large facts whose rows carry a stamp that only grows are added to, not rebuilt.

    Nothing else may be read: what belongs to an old row would change it.
    """
    return _stamp(site, staged, wide.columns) if len(wide.inputs) == 1 else None


def _stamp(
    site: Site, staged: Staged, attributes: Sequence[Attribute]
) -> tuple[Attribute, str] | None:
    """Of a large table with a key, what finds its new and changed rows."""
    rows = staged.relation.rows or 0
    if rows < site.settings.incremental_min_rows or not staged.key_proved:
        return None
    return watermark(staged, attributes)


def _make_incremental(site: Site, staged: Staged, wide: Wide, stamp: tuple[Attribute, str]) -> None:
    model = site.models[-1]
    site.models[-1] = model.model_copy(
        update={
            "materialized": "incremental",
            "incremental": Incremental(
                unique_key=staged.key,
                watermark=stamp[0].name,
                input_alias=wide.alias,
                input_column=stamp[0].name,
                why=stamp[1],
            ),
        }
    )


def watermark(staged: Staged, attributes: Sequence[Attribute]) -> tuple[Attribute, str] | None:
    """The stamp that finds new and changed rows, and why it may be trusted."""
    changed = [a for a in attributes if a.role == "updated_time" and a.required]
    if changed and changed[0].type == "timestamp":
        return changed[0], f"{changed[0].name} moves whenever a row changes"
    if staged.table.shape not in ("event", "log"):
        return None
    event = event_time(attributes)
    if event is not None and event.required and event.type == "timestamp":
        return event, f"events are only ever added, in the order of {event.name}"
    return None
