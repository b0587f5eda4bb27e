"""Facts of one shape under several channels, in one: store sales, web sales, catalog sales."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbt_cartridge.design import checks, docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.enrich import Wide
from dbt_cartridge.design.measures import is_measure
from dbt_cartridge.design.parts import Attribute, Link, Offer, Staged, ordered
from dbt_cartridge.design.site import Site
from dbt_cartridge.documents.design import Cte, Input, Projection, RelationshipsTest, Test
from dbt_cartridge.frozen import replaced
from dbt_cartridge.words import pluralised, snake

_CHANNELS = frozenset(
    """store shop web website online internet catalog catalogue phone mail mobile app retail
    wholesale reseller direct marketplace branch outlet kiosk pos counter partner""".split()
)
"""By which way something is sold. A purchase order and a sales order are of one shape too, and
opposites: without such a word nothing is united."""
_ALIKE = 0.7  # of the columns of the one with the fewest
_MONEY = 2  # measures that all of them have
CHANNEL = "channel"


def united(site: Site, facts: Sequence[Staged]) -> None:
    """One more fact for each kind of thing that happens in several channels: whoever asks for sales
    asks for all of them. It has what all have; what one alone has is read from that one."""
    for stem, group, shared in _siblings(site, facts):
        _unite(site, stem, group, shared)


def _siblings(
    site: Site, facts: Sequence[Staged]
) -> Iterator[tuple[str, list[Staged], list[Attribute]]]:
    """What each kind of thing is called, its facts, and the columns that all of them have."""
    found: dict[tuple[str, str], list[Staged]] = {}
    for staged in facts:
        channel, _, stem = staged.entity.partition("_")
        plain = staged.table.role == "fact" and staged.id in site.built
        if channel in _CHANNELS and stem and plain:
            found.setdefault((staged.relation.schema_name, stem), []).append(staged)
    for (_, stem), group in found.items():
        shared = _shared(site, group)
        fewest = min(len(site.built[each.id].attributes) for each in group)
        sums = [a for a in shared if is_measure(a)]
        if len(group) > 1 and len(shared) >= _ALIKE * fewest and len(sums) >= _MONEY:
            yield stem, group, shared


def _shared(site: Site, group: Sequence[Staged]) -> list[Attribute]:
    """The columns that all of them have, of one type, as they are called in all. What was numbered
    within one channel, or summed up for its rows, is not asked over all."""
    first, *others = (_plain(site, each) for each in group)
    return [
        replaced(a, name=name) for name, a in first.items()
        if all(name in o and o[name].type == a.type for o in others)
        and a.within is None and (a.origin is not None or not a.zero_if_none)
        and len({_whose(each, _plain(site, each)[name]) for each in group}) == 1
    ]  # fmt: skip


def _plain(site: Site, staged: Staged) -> dict[str, Attribute]:
    """The fact's columns by their names without the channel: `store_sale_id` is the sale's."""
    own, (_, _, stem) = staged.entity, staged.entity.partition("_")
    return {
        stem + a.name.removeprefix(own) if a.name.startswith(f"{own}_") else a.name: a
        for a in site.built[staged.id].attributes
    }


def _whose(staged: Staged, attribute: Attribute) -> str:
    """The table that a column tells of: the place of a customer is none of a reseller."""
    origin = attribute.origin
    return origin[0] if origin is not None and origin[0] != staged.id else ""


def _unite(site: Site, stem: str, group: Sequence[Staged], shared: Sequence[Attribute]) -> None:
    first = group[0]
    several = snake(pluralised(stem.split("_")))
    name = site.names.claim(
        site.host.called("fact", several), site.host.called("fact", f"{first.source}_{several}"),
        site.host.called("fact", f"{several}_by_{CHANNEL}"), owner=first.id,
    )  # fmt: skip
    of_all = [_of_all(site, a, group) for a in shared]
    channel = Attribute(
        name=CHANNEL, type="text", group="strings", role="category", required=True,
        description=f"By which way: {docs.listed([f'`{_channel(each)}`' for each in group])}.",
    )  # fmt: skip
    columns = ordered([channel, *of_all])
    wide = Wide.of(Offer(site.built[first.id].model, ()), first.entities, ())
    parts: list[str] = []
    for staged in group:
        alias = wide.alias if staged is first else wide.aliases.claim(staged.entities)
        if staged is not first:
            wide.inputs.append(Input(alias=alias, model=site.built[staged.id].model))
        parts.append(wide.aliases.claim(f"{_channel(staged)}_rows"))
        own = _plain(site, staged)
        wide.ctes.append(
            Cte(
                name=parts[-1], from_alias=alias,
                projections=tuple(
                    Projection(
                        name=a.name, group=a.group,
                        expression=sql.literal(_channel(staged)) if a is channel
                        else sql.column(alias, own[a.name].name),
                    )
                    for a in columns
                ),
            )
        )  # fmt: skip
    united = wide.aliases.claim(f"all_{several}")
    wide.ctes.append(
        Cte(
            name=united, from_alias=parts[0], union=tuple(parts[1:]),
            projections=tuple(
                Projection(name=a.name, expression=sql.column(parts[0], a.name), group=a.group)
                for a in columns
            ),
        )
    )  # fmt: skip
    wide.alias = united
    for attribute in columns:
        wide.take(attribute, sql.column(united, attribute.name), attribute.name)
    query, attributes = wide.query()
    key = _key(site, group)
    told = docs.listed([docs.words(each.entities) for each in group])
    site.add(
        name, first, "marts", query, attributes, key,
        f"All {docs.words(several)}: {told}, with what they have in common.",
        f"One row per {docs.words(stem)}.", dict(_tests(site, group, of_all)), (),
        based_on=[each.id for each in group],
    )  # fmt: skip


def _channel(staged: Staged) -> str:
    return staged.entity.partition("_")[0]


def _of_all(site: Site, attribute: Attribute, group: Sequence[Staged]) -> Attribute:
    """What is true of the column in each of them. Nothing is known of its values over all."""
    each = [_plain(site, staged)[attribute.name] for staged in group]
    units = {(a.unit, a.unit_by) for a in each}
    stem = group[0].entity.partition("_")[2]
    text = attribute.description.replace(docs.words(group[0].entity), docs.words(stem))
    return replaced(
        attribute, tests=(), profile=None, values=(), description=text,
        required=all(a.required for a in each), follows=all(a.follows for a in each),
        unit=attribute.unit if len(units) == 1 else None,
        role="attribute" if len(units) > 1 and attribute.role == "measure" else attribute.role,
    )  # fmt: skip


def _key(site: Site, group: Sequence[Staged]) -> tuple[str, ...]:
    """A number of an order may come again in another channel: the channel is part of the key."""
    found: set[tuple[str, ...]] = set()
    for staged in group:
        called = {a.name: name for name, a in _plain(site, staged).items()}
        found.add(tuple(called[c] for c in staged.key) if staged.key_proved else ())
    own = found.pop() if len(found) == 1 else ()
    return (CHANNEL, *own) if own else ()


def _tests(
    site: Site, group: Sequence[Staged], columns: Sequence[Attribute]
) -> Iterator[tuple[str, list[Test]]]:
    """Where the keys lead, where those of all lead to one table; no firmer than the weakest."""
    for attribute in columns:
        links = [_leads(site, each, _plain(site, each)[attribute.name].name) for each in group]
        if None in links or len({link.parent.id for link in links if link}) != 1:
            continue
        found = [checks.link_test(link, site.home(link)) for link in links if link]
        tests = [test for test in found if isinstance(test, RelationshipsTest)]
        if len(tests) == len(group):
            weakest = max(tests, key=lambda test: test.severity == "warn")
            yield attribute.name, [weakest.model_copy(update={"column": attribute.name})]


def _leads(site: Site, staged: Staged, column: str) -> Link | None:
    return next(
        (link for link in site.plan.up[staged.id] if link.columns == (column,) and link.is_plain),
        None,
    )
