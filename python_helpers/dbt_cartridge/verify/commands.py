"""Which dbt commands a round consists of: with rows where they may be read, without them else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.host import Host
from dbt_cartridge.verify.conservation import conservation_names
from dbt_cartridge.verify.dependence import other_models, owned_tests, relations
from dbt_cartridge.verify.reading import read_name, read_parts
from dbt_cartridge.verify.workshop import Workshop


@dataclass(frozen=True)
class Command:
    """A dbt command. `reads`: its tests see the rows."""

    words: tuple[str, ...]
    reads: bool = True


def commands(
    shop: Workshop, design: Design, large: Mapping[str, str], only: Collection[str] | None
) -> list[Command]:
    """Every test, run by dbt itself."""
    if shop.settings.verify == "sql":
        return _without_rows(shop.host, design, only)
    chosen = _select(design, only) if only is not None else ()
    if not large:
        return [Command(("test", *chosen))]
    with_rows = Command(("test", *chosen, "--exclude", *_select(design, large)[1:]))
    return [with_rows, *without_rows(shop, design, large, only)]


def without_rows(
    shop: Workshop, design: Design, large: Mapping[str, str], only: Collection[str] | None
) -> list[Command]:
    """Those of the owners in `large`, run by dbt without reading a row."""
    again = large.keys() if only is None else large.keys() & set(only)
    return _without_rows(shop.host, design, again) if again else []


def compiled_only(host: Host, *chosen: str) -> tuple[str, ...]:
    """The command that compiles what is chosen.

    dbt v1 on one thread: its threads are Python's and gain nothing by each other, but two that
    compile what reads the same ephemeral model can meet, and then one of them gets that model's
    text with all below it written inside. It says the same, but is not the same text any more that
    the others have, so that their tests could not be asked together.
    """
    one = ("--threads", "1") if host.version < (2, 0, 0) else ()
    return ("compile", *one, "--select", *chosen)


def compiling(host: Host, design: Design, only: Collection[str] | None) -> tuple[str, ...]:
    """The command that compiles our own tests: about the models in `only` and all that the tests
    around them read. Where other tests than ours are certain to be asked as well, those too."""
    if host.has_dbt_utils:
        chosen = _select(design, only)[1:] if only is not None else ("resource_type:test",)
        return compiled_only(host, *chosen)
    if only is None:
        return compiled_only(host, "test_type:singular")
    around = set(only)
    for owner, test in owned_tests(design):
        others = other_models(test)
        if owner in only or set(only) & set(others):
            around |= {owner, *others}
    names = [
        name
        for model in design.models
        if model.name in around
        for name in (
            *(read_name(model.name, part) for part in range(read_parts(design, model))),
            *(conservation_names(design, model) if model.name in only else ()),
        )
    ]
    return compiled_only(host, *names)


def _without_rows(host: Host, design: Design, only: Collection[str] | None) -> list[Command]:
    if has_empty(host):
        chosen = _select(design, only) if only is not None else ()
        words = ("build", "--empty", "--resource-type", "test", *chosen)
        return [Command(words, reads=False)]
    # Then our reading tests alone, which let no row through.
    names = [
        read_name(model.name, part)
        for model in design.models
        if only is None or model.name in only
        for part in range(read_parts(design, model))
    ]
    return [Command(("test", "--select", *names), reads=False)] if names else []


def _select(design: Design, owners: Iterable[str]) -> tuple[str, ...]:
    named = (name if name in design.by_name else f"source:{name}" for name in sorted(owners))
    return ("--select", *named)


def has_empty(host: Host) -> bool:
    """Whether dbt can run SQL without reading a row."""
    return host.version >= (1, 8, 0)


def unread_models(shop: Workshop, design: Design) -> Collection[str]:
    """The models whose reading tests must themselves let no row through."""
    if has_empty(shop.host):
        return ()
    if shop.settings.verify == "sql":
        return design.by_name.keys()
    return too_large(shop, design).keys()


def too_large(shop: Workshop, design: Design) -> dict[str, str]:
    """Owner → which relation has too many rows to be read, and by which option."""
    most = shop.settings.verify_max_rows
    large = {
        r.id: f"{r.id} is beyond max_bytes"
        if r.beyond
        else f"{r.id} has more rows than verify_max_rows ({most:,})"
        for r in shop.scan.relations
        if r.beyond or (r.rows or 0) > most
    }
    found = {
        f"{source.name}.{table.name}": large[table.relation]
        for source in design.sources
        for table in source.tables
        if table.relation in large
    }
    for model, ids in relations(design).items():
        if over := sorted(ids & large.keys()):
            found[model] = large[over[0]]
    return found
