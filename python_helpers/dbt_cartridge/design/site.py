"""The marts in the making: names given out, models made, and what each fact is read from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import Any, Literal

from dbt_cartridge.config import Settings
from dbt_cartridge.design import checks, docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive.ages import AGES
from dbt_cartridge.design.naming import Names, in_names
from dbt_cartridge.design.parts import Attribute, Link, Offer, Staged, model_columns
from dbt_cartridge.design.plan import Plan
from dbt_cartridge.documents.design import (
    Body,
    CompositeUniqueTest,
    Conserved,
    Layer,
    LeftOut,
    Model,
    Test,
    UniqueTest,
)
from dbt_cartridge.documents.evidence import Severity
from dbt_cartridge.documents.host import Host, HostModel, Kind
from dbt_cartridge.documents.schema import Identity, Schema
from dbt_cartridge.words import pluralised, snake

_SEEN_UNIQUE = "no value stood twice when this was generated; the row has another key"
_KEY_ROWS = 10  # a second key seen in fewer rows is chance


@dataclass
class Site:
    """One run's own. `offers`: the model from which the rows of a table are read further on."""

    schema: Schema
    plan: Plan
    host: Host
    settings: Settings
    names: Names
    folders: Mapping[str, str]  # relation → folder of its marts
    beside: Collection[str] = ()  # models of earlier runs that this one is not about
    declined: Collection[str] = ()  # rules of whose columns the user wants none
    own: Mapping[str, HostModel] = field(default_factory=dict[str, HostModel])  # the host's marts
    homes: dict[str, str] = field(default_factory=dict[str, str])
    histories: dict[str, str] = field(default_factory=dict[str, str])
    headers: dict[str, Link] = field(default_factory=dict[str, Link])
    offers: dict[str, Offer] = field(default_factory=dict[str, Offer])
    models: list[Model] = field(default_factory=list[Model])
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])
    used: list[LeftOut] = field(default_factory=list[LeftOut])
    built: dict[str, Offer] = field(default_factory=dict[str, Offer])  # facts: what marts read
    shown: dict[str, Offer] = field(default_factory=dict[str, Offer])
    """Dimensions that stand already: what another one may read of those that a bridge leads to."""
    carried: dict[str, list[Link]] = field(default_factory=dict[str, "list[Link]"])
    """By a table, the facts that lead to it by a key that they have through another table."""
    carries: dict[str, list[Link]] = field(default_factory=dict[str, "list[Link]"])
    """The same by the fact."""
    dates: str | None = None
    dated: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def __post_init__(self) -> None:
        for staged in self.plan.tables("dimension", "fact"):
            kind: Kind = "dimension" if self.plan.fates[staged.id] == "dimension" else "fact"
            if staged.is_history and kind == "dimension":
                current, history = _versioned(staged)
                label = history if self.is_past(staged) else current
                self.homes[staged.id] = self._mart(kind, staged, label)
                if not self.by_version(staged):
                    self.histories[staged.id] = self._mart(kind, staged, history)
            else:
                name = self._mart(kind, staged, staged.entities)
                if staged.id not in self.own or name in self.host.kept_names:
                    self.homes[staged.id] = name
                else:
                    self.used.append(_you_have(self.own[staged.id], staged, name))

    @cached_property
    def identities(self) -> Mapping[str, Sequence[Identity]]:
        """By the table of the result."""
        found: dict[str, list[Identity]] = {}
        for identity in self.schema.identities:
            found.setdefault(identity.table, []).append(identity)
        return found

    def carry(self, way: Link) -> None:
        """Note that a fact leads to a table by a key that it has through another one."""
        self.carried.setdefault(way.parent.id, []).append(way)
        self.carries.setdefault(way.child.id, []).append(way)

    def by_version(self, staged: Staged) -> bool:
        """Others hold the key of a version: the dimension shows every version under that key, since
        a join to the current ones would lose what happened to the others. So does what holds past
        rows alone."""
        return self.is_past(staged) or (
            staged.is_history
            and any(
                link.fields == staged.key != entity_key(staged) and not link.is_self
                for link in self.plan.down[staged.id]
            )
        )

    def is_past(self, staged: Staged) -> bool:
        """The rows as they are stand in another table of the same columns: a temporal table's."""
        own = {column.name for column in staged.relation.columns}
        return staged.is_history and any(
            link.columns == entity_key(staged)
            and not link.parent.is_history
            and own <= {column.name for column in link.parent.relation.columns}
            for link in self.plan.up[staged.id]
        )

    def _mart(self, kind: Kind, staged: Staged, label: str) -> str:
        labels = (label, f"{in_names(staged.source)}_{label}")
        wishes = [self.host.called(kind, each) for each in labels]
        if self._entities[staged.entities] > 1:  # of two sources: neither has the bare name
            wishes.reverse()
        return self.names.claim(*wishes, owner=staged.id)

    @cached_property
    def _entities(self) -> Counter[str]:
        return Counter(staged.entities for staged in self.plan.staged.values())

    def intermediate(self, staged: Staged, *labels: str) -> str:
        """The first free of the labels."""
        wishes = (self.host.called("intermediate", label) for label in labels)
        return self.names.claim(*wishes, owner=staged.id)

    def offer(self, staged: Staged) -> Offer:
        return self.offers.get(staged.id, staged.offer)

    def home(self, link: Link) -> str:
        """The model in which a foreign key's parent is found."""
        parent = link.parent
        if parent.id in self.histories and link.fields != entity_key(parent):
            return self.histories[parent.id]
        return self.homes.get(parent.id, parent.offer.model)

    def add(
        self,
        name: str,
        staged: Staged,
        layer: Layer,
        body: Body,
        attributes: Sequence[Attribute],
        key: tuple[str, ...],
        description: str,
        grain: str,
        by_column: Mapping[str, Sequence[Test]] | None = None,
        tests: Sequence[Test] = (),
        based_on: Sequence[str] = (),
        notes: Sequence[str] = (),
        conserved: Sequence[Conserved] = (),
    ) -> Offer:
        # On the way to a mart a key is that of staging, or of a group: it would be tested again.
        keyed, of_model = checks.key_tests(
            key if layer == "marts" else (), staged.table if key == staged.key else None
        )
        merged: dict[str, list[Test]] = {n: list(t) for n, t in keyed.items()}
        for column, more in (by_column or {}).items():
            present = {(t.kind, getattr(t, "to", None)) for t in merged.get(column, ())}
            merged.setdefault(column, []).extend(
                t for t in more if (t.kind, getattr(t, "to", None)) not in present
            )
        self.models.append(
            Model(
                name=name, layer=layer, folder=self.folders.get(staged.id, ""),
                source=staged.source,
                description=description, grain=grain, entity=staged.entity, body=body,
                columns=model_columns(attributes, merged), tests=(*of_model, *tests),
                materialized=_materialized(layer, attributes), primary_key=key,
                based_on=tuple(dict.fromkeys((staged.id, *based_on))), notes=tuple(notes),
                conserved=tuple(conserved),
                **(
                    laid_out(staged, attributes)
                    if layer == "marts" and self.host.adapter == "redshift" else {}
                ),
            )
        )  # fmt: skip
        return Offer(name, tuple(attributes), key)


def _materialized(layer: Layer, attributes: Sequence[Attribute]) -> Literal["table", "view"]:
    """A table would say how long something is open on the day of its last build."""
    return "table" if layer == "marts" and not any(a.rule == AGES for a in attributes) else "view"


def laid_out(staged: Staged, attributes: Sequence[Attribute]) -> dict[str, Any]:
    """How Redshift spreads and sorts the rows of the table, in the mart's names.

    Of a sort key, as much as the mart shows from its beginning: the rest orders nothing.
    """
    shown = {a.origin[1]: a.name for a in attributes if a.origin and a.origin[0] == staged.id}
    keys = {index.name: index.columns for index in staged.relation.indexes}
    found: dict[str, Any] = {}
    if (spread := keys.get("distkey")) and spread[0] in shown:
        found["dist"] = shown[spread[0]]
    if by := tuple(shown[c] for c in takewhile(shown.__contains__, keys.get("sortkey", ()))):
        found["sort"] = by
    return found


def _you_have(mart: HostModel, staged: Staged, name: str) -> LeftOut:
    grain = f"a row for each {docs.words(staged.entity)} of {staged.id}"
    return LeftOut(
        what=mart.name,
        why=f"you have this already, {grain}; {name} beside it with `beside_own_marts` only",
    )


def _versioned(staged: Staged) -> tuple[str, str]:
    """What the current rows and all rows are called: `product_price_history` says already that it
    is one."""
    stem, _, last = staged.entity.rpartition("_")
    if stem and last in ("history", "version", "revision"):
        return snake(pluralised(stem.split("_"))), f"{stem}_history"
    return staged.entities, f"{staged.entities}_history"


def entity_key(staged: Staged) -> tuple[str, ...]:
    """Of a history, the key of what has the versions; else the row's."""
    versions = staged.table.versions
    if versions and versions.kind == "slowly_changing":
        return tuple(staged.names[c] for c in versions.entity_key if c in staged.names)
    return staged.key


def home_tests(
    site: Site, staged: Staged, attributes: Sequence[Attribute]
) -> tuple[dict[str, list[Test]], list[Test]]:
    """(tests by column, tests of the model) where all rows of a table are shown."""
    shown = {a.name for a in attributes}
    by_column: dict[str, list[Test]] = {}
    for attribute in attributes:
        if attribute.origin and attribute.origin[0] == staged.id:
            by_column.setdefault(attribute.name, []).extend(attribute.tests)
    of_model: list[Test] = [*staged.row_tests, *second_keys(staged)]
    for link in site.plan.up[staged.id]:
        if not set(link.columns) <= shown:
            continue
        test = checks.link_test(link, site.home(link), where_of(link))
        if test is None:
            relationship = link.relationship
            site.left_out.append(
                LeftOut(
                    what=f"relationships test {staged.id}({', '.join(relationship.columns)})",
                    why=f"{relationship.orphans} of {relationship.rows} rows have no "
                    f"{link.parent.entity}.",
                )
            )
        elif len(link.columns) == 1:
            by_column.setdefault(link.columns[0], []).append(test)
        else:
            of_model.append(test)
    return by_column, of_model


def _is_rule(staged: Staged, names: tuple[str, ...]) -> bool:
    """Whether a key that was only seen is one for good.

    In a bridge each was so far brought together with one other only, and of a key of several
    columns one happened not to repeat: chance. A secret is nobody's key.
    """
    secret = any(staged.offer.by_name[name].pii == "credential" for name in names)
    return staged.table.role != "bridge" and not set(names) < set(staged.key) and not secret


def where_of(link: Link) -> str | None:
    """The condition of a polymorphic reference, over plain staged columns."""
    column, value = link.relationship.where_column, link.relationship.where_value
    if column is None or value is None or column not in link.child.names:
        return None
    return f"{sql.name(link.child.names[column])} = {sql.literal(value)}"


def second_keys(staged: Staged) -> list[Test]:
    """Keys beside the primary one that are declared, or proved on enough rows."""
    found: list[Test] = []
    for key in staged.table.other_keys:
        enough = key.proved and (staged.relation.rows or 0) >= _KEY_ROWS
        names = tuple(staged.names[c] for c in key.columns if c in staged.names)
        if not (key.declared or enough) or len(names) != len(key.columns):
            continue
        if set(names) == set(staged.key):
            continue
        if not key.declared and not _is_rule(staged, names):
            continue
        firm: Severity = "error" if key.declared else "warn"
        seen = "" if key.declared else _SEEN_UNIQUE
        if len(names) == 1:
            found.append(UniqueTest(column=names[0], severity=firm, evidence=seen))
        else:
            found.append(CompositeUniqueTest(columns=names, severity=firm, evidence=seen))
    return found
