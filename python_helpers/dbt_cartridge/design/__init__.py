"""Design: which models a schema asks for. Offline, by rules, the same every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from dbt_cartridge.config import Settings
from dbt_cartridge.design import dates as calendar
from dbt_cartridge.design import lines, volume
from dbt_cartridge.design.declared import declared as declared_by_checks
from dbt_cartridge.design.dimensions import dimension, in_turn
from dbt_cartridge.design.facts import dated, enrich_line, fact
from dbt_cartridge.design.followed import renamed
from dbt_cartridge.design.labels import is_renamed, kept_staging, labelled, staging_names
from dbt_cartridge.design.masking import masked
from dbt_cartridge.design.naming import Names, host_names, in_names
from dbt_cartridge.design.own_marts import own_marts
from dbt_cartridge.design.own_staging import adopted, own_staging, told, unread
from dbt_cartridge.design.parts import Staged
from dbt_cartridge.design.periods import per_day, per_period
from dbt_cartridge.design.plan import (
    blank_keys,
    key_types,
    links,
    none_values,
    parent_names,
    plan,
    usable,
)
from dbt_cartridge.design.rates import not_told
from dbt_cartridge.design.renamings import as_before, awaited, said_before
from dbt_cartridge.design.renamings import renamed as called_before
from dbt_cartridge.design.repeated import repeated
from dbt_cartridge.design.siblings import united
from dbt_cartridge.design.site import Site, home_tests
from dbt_cartridge.design.snapshots import snapshots
from dbt_cartridge.design.sources import sources, with_claims, with_key_tests
from dbt_cartridge.design.staging import Job, stage, staging_tests
from dbt_cartridge.documents.design import (
    READ_DAYS,
    Design,
    LeftOut,
    Model,
    Query,
    Source,
    SourceTable,
)
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Relation, Scan
from dbt_cartridge.documents.schema import Identity, Schema

__all__ = ["design"]


def design(
    schema: Schema, scan: Scan, host: Host, settings: Settings, declined: Collection[str] = ()
) -> Design:
    """The whole project for a schema, before any text is written.

    Pure: no warehouse, no clock, no chance. It never fails on odd names or empty tables; what is
    not made is in `left_out`, with the reason.
    """
    beside = {model.name for model in host.beside(scan)}
    names = Names(host_names(host) | beside | {*host.retired}, held=host.kept_names)
    schema, waiting = awaited(schema, host)
    relations, left_out = usable(schema, scan, {}, {})
    schema = labelled(schema, relations, sources(relations, schema, host, settings), host)
    declared = sources(relations, schema, host, settings)
    layers = set(settings.layers)
    if "staging" not in layers:
        keyed = with_key_tests(declared, schema)
        return Design(adapter=scan.adapter, sources=keyed, left_out=left_out)
    own = own_staging(relations, declared, schema, host)
    rest = tuple(relation for relation in relations if relation.id not in own)
    unknown = unread(rest, declared, host)
    rest = tuple(relation for relation in rest if relation.id not in unknown)
    served, taken = staging_names(rest, schema, declared, host, names)
    if served or unknown:
        relations, left_out = usable(schema, scan, served, unknown)
    taken |= {id: its.model.name for id, its in own.items()}
    staged = _staged(schema, relations, declared, taken, {})
    if given := _given(_as_it_stands(schema, relations, declared, taken, host) or staged, host):
        staged = _staged(schema, relations, declared, taken, given)
    staged |= {id: adopted(staged[id], its) for id, its in own.items()}
    ends = _linked(schema)
    staged = {
        id: masked(each, settings.personal_data, ends.get(id, ())) for id, each in staged.items()
    }
    its = plan(staged, links(schema, staged))
    site = Site(
        schema=schema, plan=its, host=host, settings=settings, names=names,
        folders=_folders(declared, staged, host), beside=beside,
        declined=declined, own={} if settings.beside_own_marts else own_marts(staged, host),
    )  # fmt: skip
    staging = _staging_models(site, with_marts="marts" in layers)
    ours = [each for each in staged.values() if not each.own]
    staging += [model for each in ours for model in repeated(each, names, host)]
    if "intermediate" in layers:
        _marts(site, {*beside, *(model.name for model in host.own_elsewhere(scan))})
    further = [m for m in _in_order(site.models) if m.layer in layers]
    made, unkept = (
        snapshots(its, declared, host, settings, names) if "snapshots" in layers else ([], [])
    )
    site_names = (each.name for each in (*staging, *further, *made))
    homes = {table.relation: source.name for source in declared for table in source.tables}
    return Design(
        adapter=scan.adapter,
        sources=with_claims(
            volume.counted(site, declared), {id: its.claims for id, its in staged.items()}
        ),
        models=(*staging, *further),
        snapshots=tuple(made),
        used=(*told(own, declared), *(site.used if "marts" in layers else ())),
        renamed=called_before(schema, host, homes, site_names),
        said_before=said_before(schema, host, homes),
        left_out=(
            *left_out,
            *waiting,
            *_unread(staging),
            *dict.fromkeys(site.left_out),
            *(not_told(site) if "marts" in layers else ()),
            *(_in_staging_alone(site, further) if "marts" in layers else ()),
            *unkept,
            *_unsnapshot(made, settings),
        ),
    )


def _staged(
    schema: Schema,
    relations: tuple[Relation, ...],
    declared: tuple[Source, ...],
    models: dict[str, str],
    given: dict[str, dict[str, str]],
) -> dict[str, Staged]:
    kept = frozenset(relation.id for relation in relations)
    types = key_types(schema, relations)
    homes: dict[str, tuple[str, list[SourceTable]]] = {}
    for source in declared:
        for table in source.tables:
            homes.setdefault(table.relation, (source.name, []))[1].append(table)
    linked = _linked(schema)
    identities: dict[str, list[Identity]] = {}
    for identity in schema.identities:
        identities.setdefault(identity.table, []).append(identity)
    by_id = {relation.id: relation for relation in relations}
    found: dict[str, Staged] = {}
    for relation in relations:
        source_name, tables = homes[relation.id]
        keys, entities = parent_names(schema, schema.by_id[relation.id], kept)
        found[relation.id] = stage(
            Job(
                table=schema.by_id[relation.id],
                relation=relation,
                source=source_name,
                source_tables=tables,
                model=models[relation.id],
                parents=keys,
                parent_entities=entities,
                linked=frozenset(linked.get(relation.id, ())),
                key_types=types.get(relation.id, {}),
                identities=identities.get(relation.id, []),
                declared=declared_by_checks(relation, schema.adapter),
                none_values=none_values(schema, schema.by_id[relation.id]),
                blank_keys=blank_keys(schema, schema.by_id[relation.id], by_id),
                given=given.get(relation.id, {}),
            )
        )
    return found


def _as_it_stands(
    schema: Schema,
    relations: tuple[Relation, ...],
    declared: tuple[Source, ...],
    models: dict[str, str],
    host: Host,
) -> dict[str, Staged]:
    """What was staged before tables were renamed; nothing where none was."""
    standing = {
        id: model
        for id, model in kept_staging(host).items()
        if id in models and is_renamed(schema.by_id[id], host)
    }
    if not standing:
        return {}
    return _staged(as_before(schema, host), relations, declared, models | standing, {})


def _given(staged: dict[str, Staged], host: Host) -> dict[str, dict[str, str]]:
    """Relation → column → the name that the user gave it in the staging model that stands."""
    standing = {m.name: m for m in host.models if m.generated and m.source and m.sql}
    found: dict[str, dict[str, str]] = {}
    for id, its in staged.items():
        if (model := standing.get(its.offer.model)) is not None:
            found[id] = renamed(its, model, host.adapter)
    return {id: names for id, names in found.items() if names}


def _linked(schema: Schema) -> dict[str, set[str]]:
    """By table, its columns at either end of a relationship."""
    found: dict[str, set[str]] = {}
    for relationship in schema.relationships:
        found.setdefault(relationship.table, set()).update(relationship.columns)
        found.setdefault(relationship.ref_table, set()).update(relationship.ref_columns)
    return found


def _folders(declared: tuple[Source, ...], staged: dict[str, Staged], host: Host) -> dict[str, str]:
    """Marts of several schemas stand in a folder each; of one, beside the host's others.

    Those of a schema that has marts already stand where these are.
    """
    known = _known_folders(host)
    several = len({s.schema_name for s in declared} | known.keys()) > 1
    return {
        id: known.get(its.relation.schema_name, in_names(its.source) if several else "")
        for id, its in staged.items()
    }


def _known_folders(host: Host) -> dict[str, str]:
    """Schema → folder, below that of the marts, of the marts that were made of it alone."""
    root = f"{host.model_paths[0]}/{host.marts_folder}/" if host.model_paths else ""
    found: dict[str, Counter[str]] = {}
    for model in host.models:
        schemas = {id.split(".", 1)[0] for id in model.relations}
        if len(schemas) == 1 and root and model.home.startswith(root):
            folder = model.home.removeprefix(root).rpartition("/")[0]
            found.setdefault(schemas.pop(), Counter())[folder] += 1
    return {schema: counts.most_common(1)[0][0] for schema, counts in found.items()}


def _staging_models(site: Site, with_marts: bool) -> list[Model]:
    """Where a mart shows all rows of a table, the tests of its values stand there."""
    marts = (site.homes, site.histories)
    if not with_marts:
        site.homes, site.histories = {}, {}
    found: list[Model] = []
    for staged in site.plan.staged.values():
        if staged.own:
            continue
        if staged.id in site.homes:
            found.append(staged.model)
            continue
        by_column, of_model = home_tests(site, staged, staged.offer.attributes)
        found.append(staging_tests(staged, by_column, of_model))
    site.homes, site.histories = marts
    return found


def _marts(site: Site, beside: Collection[str]) -> None:
    """Args:
    beside: models that stand on tables which this run is not about.
    """
    facts = site.plan.tables("fact")
    site.headers.update(lines.headers(site.plan, site.schema))
    _name_the_calendar(site, beside)
    for staged in facts:
        if staged.id in site.headers:
            enrich_line(site, staged)
    for staged in facts:
        if staged.id in site.homes:
            fact(site, staged)
    for staged in in_turn(site):
        if staged.id in site.homes:
            dimension(site, staged)
    united(site, facts)
    for staged in facts:
        per_period(site, staged)
        per_day(site, staged)
    _drop_unread(site)


def _drop_unread(site: Site) -> None:
    """What was on the way to a mart that the host has itself, and leads to no other."""
    while True:
        read = {name for model in site.models for name in _reads(model)}
        kept = [
            model
            for model in site.models
            if model.layer == "marts"
            or model.name in read
            or site.own.keys().isdisjoint(model.based_on[:1])
        ]
        if len(kept) == len(site.models):
            return
        site.models = kept


def _reads(model: Model) -> Iterator[str]:
    if isinstance(model.body, Query):
        yield from (each.model for each in model.body.inputs if each.model)
    else:
        yield from (name for name, _ in model.body.bounds)


def _name_the_calendar(site: Site, beside: Collection[str]) -> None:
    """The date dimension, unless the warehouse brings one."""
    if any(s.table.shape == "date" for s in site.plan.staged.values()):
        return
    stands = next((model for model in site.host.models if model.bounds), None)
    bounds = calendar.bounds(dated(site), stands.bounds if stands else (), beside)
    if not bounds:
        return
    stems = ("dates", "calendar_dates")
    calendars = [site.host.called("dimension", stem) for stem in stems]
    below = [site.host.called("intermediate", stem) for stem in stems]
    if stands is not None:
        # Before the calendar was a view on its days, it held them itself.
        held_itself = not stands.name.startswith(tuple(below))
        (calendars if held_itself else below).insert(0, stands.name)
    site.dates = site.names.claim(*calendars)
    columns: dict[str, list[str]] = {}
    for staged_model, column in bounds:
        columns.setdefault(staged_model, []).append(column)
    site.dated = {model: tuple(each) for model, each in columns.items()}
    sources = Counter(staged.source for staged in site.plan.tables("dimension", "fact"))
    source = min(sources, key=lambda each: (-sources[each], each), default="")
    if len({site.host.place("marts", each)[0] for each in sources}) > 1:
        source = ""  # what several domains share lies in none of them
    made = calendar.models(site.names.claim(*below), site.dates, bounds, site.settings)
    site.models.extend(model.model_copy(update={"source": source}) for model in made)


def _in_order(models: list[Model]) -> tuple[Model, ...]:
    """Intermediate models before marts; otherwise as they were made, parents first."""
    return tuple(sorted(models, key=lambda model: model.layer == "marts"))


def _unread(staging: Iterable[Model]) -> Iterator[LeftOut]:
    """Of tables that demand a bound on what is read, all that lies before it."""
    for model in staging:
        for read in model.body.inputs if model.body.kind == "query" else ():
            if read.demanded and read.demanded.type.lower() != "int64":
                yield LeftOut(
                    what=f"{model.name}: old rows",
                    why=f"The table demands a bound on `{read.demanded.column}`: the last "
                    f"{READ_DAYS:,} days are read, or as many as the var `partition_days` says.",
                )


def _in_staging_alone(site: Site, further: Sequence[Model]) -> Iterator[LeftOut]:
    """The tables of which no mart shows a row, and why."""
    shown = {id for model in further for id in model.based_on} | site.own.keys()
    for id, staged in site.plan.staged.items():
        if id in shown or staged.own:
            continue
        rest = [a for a in staged.offer.attributes if a.name not in staged.key and not a.is_tool]
        secret = any(a.pii == "credential" for a in rest)
        why = "what it holds are credentials" if secret else "no mart has a column of it"
        yield LeftOut(what=id, why=f"It is in staging alone: {why}.")


def _unsnapshot(made: Sequence[object], settings: Settings) -> tuple[LeftOut, ...]:
    if made or "snapshots" not in settings.layers:
        return ()
    return (LeftOut(what="snapshots", why="No changing entity has an update time."),)
