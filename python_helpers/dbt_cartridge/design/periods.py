"""On request: facts added up by day, week or month, and histories as they stood at each day's end.

An aggregate has a row for each period in which anything happened, and for each row of the fact's
few main dimensions. It reads the fact, and what it holds is what the rules make of any group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbt_cartridge.design import checks, dates, docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive import of_period
from dbt_cartridge.design.derive.derivation import Derivation, told, within
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.derive.intervals import changed
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.enrich import Wide
from dbt_cartridge.design.events import event_time
from dbt_cartridge.design.parts import Attribute, Link, Offer, Staged
from dbt_cartridge.design.site import Site
from dbt_cartridge.design.summing import AVERAGE_DIGITS, measured
from dbt_cartridge.documents.design import (
    Conserved,
    Cte,
    Input,
    Join,
    LeftOut,
    Projection,
    RelationshipsTest,
    Test,
)
from dbt_cartridge.documents.schema import Relationship
from dbt_cartridge.frozen import replaced

_MOST_ROWS = 100
_MOST_DIMENSIONS = 2


@dataclass(frozen=True)
class Periods:
    """A fact, the day that its rows are of, and the dimensions by which it is told apart."""

    staged: Staged
    rows: Offer
    day: Attribute
    by: tuple[Link, ...]
    others: Mapping[str, Link]  # by column, what else the rows refer to

    def group(self, period: str) -> Group:
        """The fact's rows as what belongs to a period."""
        table = self.staged.table
        of = table.model_copy(
            update={"id": f"calendar.{period}", "entity": period, "entities": f"{period}s"}
        )
        link = Link(
            relationship=Relationship(
                table=table.id, columns=(), ref_table=of.id, ref_columns=(), proved=True
            ),
            child=self.staged, parent=replaced(self.staged, table=of),
            columns=(self.day.name, *(each.columns[0] for each in self.by)), fields=(),
            joinable=True, complete=False,
        )  # fmt: skip
        return Group(link=link, rows=self.rows, alias=self.staged.entities, parents=self.others)


def per_period(site: Site, staged: Staged) -> None:
    """The fact by each period that was asked for."""
    found = _periods(site, staged)
    for period in site.settings.periods if found else ():
        assert found is not None
        _aggregate(site, found, period)


def _periods(site: Site, staged: Staged) -> Periods | None:
    built = site.built.get(staged.id)
    if built is None or staged.table.role == "bridge":
        return None
    if any(a.rule == "intervals" for a in built.attributes):
        return None  # what held is asked of a history, not how often it changed
    time = event_time(built.attributes)
    if time is None:
        return None
    name = time.name if time.type == "date" else f"{time.name.removesuffix('_at')}_date"
    day = built.by_name.get(name)
    if day is None or day.type != "date":
        return None
    by = tuple(_dimensions(site, staged, built))
    others = {
        link.columns[0]: link for link in site.plan.up[staged.id]
        if len(link.columns) == 1 and link.is_plain and link not in by
    }  # fmt: skip
    return Periods(staged, measured(built), day, by, others)


def _dimensions(site: Site, staged: Staged, built: Offer) -> list[Link]:
    """Those of few rows that every row of the fact has; no code lists, which are counted by value,
    and no people."""
    found = [
        link for link in site.plan.up[staged.id]
        if link.joinable and link.is_plain and not link.is_self and len(link.columns) == 1
        and link.complete and link.columns[0] in built.by_name and not link.parent.is_person
        and link.parent.table.role != "reference" and not link.parent.is_history
        and site.plan.fates[link.parent.id] == "dimension"
        and 1 < (link.parent.relation.rows or 0) <= _MOST_ROWS
    ]  # fmt: skip
    return found[:_MOST_DIMENSIONS]


def _aggregate(site: Site, its: Periods, period: str) -> None:
    staged, alias = its.staged, its.staged.entities
    name = site.names.claim(
        site.host.called("fact", f"{staged.entities}_by_{period}"),
        site.host.called("fact", f"{staged.source}_{staged.entities}_by_{period}"),
        owner=staged.id,
    )
    day = sql.column(alias, its.day.name)
    starts = day if period == "day" else f"cast(date_trunc('{period}', {day}) as date)"
    start = Attribute(
        name=its.day.name if period == "day" else f"{period}_start_date", type="date",
        group="dates", role="event_time", required=True,
        description=f"First day of the {period} of `{its.day.name}`."
        if period != "day" else f"The day, by `{its.day.name}`.",
    )  # fmt: skip
    group = its.group(period)
    proposed = [d for d in of_period(group) if d.rule not in site.declined]
    (chosen,), left = within([proposed])
    if left:
        site.left_out.append(LeftOut(what=name, why=told(left)))
    keys = [replaced(its.rows.by_name[each.columns[0]], tests=()) for each in its.by]
    columns = [start, *keys, *(replaced(d.attribute, rule=d.rule) for d in chosen)]
    expressions = [starts, *(sql.column(alias, a.name) for a in keys), *map(_value, chosen)]
    wide = Wide.of(its.rows, alias, ())
    where = [f"{day} is not null"]
    if staged.deleted_flag is not None:
        where.append(f"not coalesce({sql.column(alias, staged.deleted_flag)}, false)")
    summed = wide.aliases.claim(f"{alias}_by_{period}")
    wide.ctes.append(
        Cte(
            name=summed, from_alias=wide.alias, where=tuple(where),
            projections=tuple(
                Projection(name=a.name, expression=text, group=a.group)
                for a, text in zip(columns, expressions, strict=True)
            ),
            group_by=tuple(expressions[: 1 + len(keys)]),
        )
    )  # fmt: skip
    wide.alias = summed
    for attribute in columns:
        wide.take(attribute, sql.column(summed, attribute.name), attribute.name)
    query, attributes = wide.query()
    key = (start.name, *(a.name for a in keys))
    several = [docs.words(each.role) for each in its.by]
    apart = f" and {docs.listed(several)}" if several else ""
    site.add(
        name, staged, "marts", query, attributes, key,
        f"{docs.words(staged.entities).capitalize()} by {period}{apart}. One in which there are "
        "none has no row.",
        f"One row per {period}{apart}.", _tests(site, its, start), (),
        conserved=list(_conserved(its, chosen)),
    )  # fmt: skip


def _value(derivation: Derivation) -> str:
    if derivation.attribute.zero_if_none:
        return f"coalesce({derivation.expression}, 0)"
    if derivation.expression.startswith("avg("):
        return f"round({derivation.expression}, {AVERAGE_DIGITS})"
    return derivation.expression


def _tests(site: Site, its: Periods, start: Attribute) -> dict[str, list[Test]]:
    """Where the keys lead, and that the day is in the calendar."""
    found: dict[str, list[Test]] = {}
    for link in its.by:
        test = checks.link_test(link, site.home(link))
        if test is not None:
            found[link.columns[0]] = [test]
    if site.dates is not None and its.staged.offer.model in site.dated:
        found[start.name] = [
            RelationshipsTest(
                column=start.name, to=site.dates, field=dates.KEY, severity="warn",
                evidence=dates.BOUNDED,
            )
        ]  # fmt: skip
    return found


def _conserved(its: Periods, chosen: Sequence[Derivation]) -> Iterator[Conserved]:
    """What adds up to the fact's own sum, where no row is without a day."""
    for each in chosen if its.day.required else ():
        if each.expression == "count(*)" or each.measure or each.chosen:
            yield Conserved(
                column=each.name, of=its.rows.model, measure=each.measure, chosen=each.chosen,
                removed=its.staged.deleted_flag,
            )  # fmt: skip


# ---------------------------------------------------------------- histories


def per_day(site: Site, staged: Staged) -> None:
    """Of a history of changes, what held at the end of each day until now: a row for each."""
    built = site.built.get(staged.id)
    calendar = site.dates
    if not site.settings.daily_states or built is None or calendar is None:
        return
    made = {a.name for a in built.attributes if a.rule == "intervals"}
    whose = changed(
        Row(
            staged=staged, columns=built.attributes, up=site.plan.up[staged.id],
            expressions={a.name: a.name for a in built.attributes},
        )
    )  # fmt: skip
    if whose is None or not {"valid_from", "valid_to"} <= made:
        return
    alias, of = staged.entities, docs.words(staged.entity)
    name = site.names.claim(
        site.host.called("fact", f"{staged.entities}_daily"),
        site.host.called("fact", f"{staged.source}_{staged.entities}_daily"),
        owner=staged.id,
    )
    wide = Wide.of(built, alias, ())
    days = wide.aliases.claim("dates", "calendar")
    wide.inputs.append(Input(alias=days, model=calendar))
    day, since = sql.column(days, dates.KEY), sql.column(wide.alias, "valid_from")
    until = sql.column(wide.alias, "valid_to")
    on = (
        f"cast({since} as date) <= {day}",
        f"({until} is null or cast({until} as date) > {day})",
        f"{day} <= cast(current_date as date)",
    )
    wide.joins.append(Join(kind="inner", to=days, on=on))
    own = Attribute(
        name=dates.KEY, type="date", group="dates", role="event_time", required=True,
        description="The day at whose end it held.",
    )  # fmt: skip
    wide.take(own, day, own.name)
    for attribute in built.attributes:
        if attribute.name == "valid_from" or attribute.rule is None:
            plain = replaced(attribute, tests=())
            if plain.role == "measure":  # what held is there every day again
                plain = replaced(plain, role="attribute", additivity="semi_additive")
            wide.take(plain, sql.column(wide.alias, attribute.name), attribute.name)
    query, attributes = wide.query()
    site.add(
        name, staged, "marts", query, attributes, (own.name, *whose),
        f"What held at the end of each day by {docs.words(staged.entities)}, to the day of the "
        "build. Not to be summed over days.",
        f"One row per day and {' and '.join(docs.words(each) for each in whose)}.", {}, (),
        notes=(f"made of {of} since `daily_states` asks for it",),
    )  # fmt: skip
