"""What the designer's rules hand to each other: staged tables, links between them, and what a
model offers to those built on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.docs import says_more
from dbt_cartridge.documents.design import (
    ColumnGroup,
    Model,
    ModelColumn,
    Projection,
    Test,
)
from dbt_cartridge.documents.scan import Profile, Relation, TypeFamily
from dbt_cartridge.documents.schema import Additivity, ColumnRole, Pii, Relationship, Table
from dbt_cartridge.frozen import frozen, replaced

GROUP_ORDER: tuple[ColumnGroup, ...] = (
    "ids", "strings", "numerics", "booleans", "dates", "timestamps", "semi_structured", "metadata",
)  # fmt: skip
_PEOPLE = frozenset({"email", "phone", "person_name"})
_OF_A_MESSAGE = frozenset("from to reply sender recipient cc bcc".split())


@frozen
class Attribute:
    """A column that a model offers, with what is known of it."""

    name: str
    type: TypeFamily
    group: ColumnGroup
    description: str
    role: ColumnRole = "attribute"
    additivity: Additivity | None = None
    unit: str | None = None
    unit_by: str | None = None  # the column beside it that names each row's unit, of several
    unit_of: tuple[str, str] | None = None  # table, its column: a parent's row names the unit
    is_currency: bool = False  # names the currency of each row, of several
    units: tuple[str, ...] = ()  # of a column that names units: those seen, where they are few
    money: bool = False
    zero_if_none: bool = False  # of what is counted or summed: nothing to count is 0
    follows: bool = False  # a time that was proved to come after another one of the row
    within: str | None = None  # the column whose rows it is numbered among: `customer_id`
    values: tuple[str, ...] = ()  # all there are, where another table lists them
    pii: Pii | None = None
    data_type: str | None = None
    required: bool = False  # no NULL among the rows seen
    profile: Profile | None = None  # of the source column; None where the value was made
    origin: tuple[str, str] | None = None  # relation, source column
    is_tool: bool = False
    converts: str | None = None  # the amount that it is in one currency
    rule: str | None = None  # of `design.derive`, where it is computed
    tests: tuple[Test, ...] = ()  # of its values, wherever all rows of its entity are shown
    sense: tuple[str, ...] = ()  # its words in English, where its name is in another language

    @cached_property
    def words(self) -> frozenset[str]:
        """What the word lists know it by."""
        return frozenset((*self.name.split("_"), *self.sense))

    def renamed(self, name: str, description: str) -> Attribute:
        return replaced(self, name=name, description=description)


@frozen
class Offer:
    """A model's name, columns and key, for the models that are built on it."""

    model: str
    attributes: tuple[Attribute, ...]
    key: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Attribute]:
        return {attribute.name: attribute for attribute in self.attributes}


@dataclass(frozen=True)
class Staged:
    """A source table behind its staging model."""

    table: Table
    relation: Relation
    source: str
    offer: Offer
    names: dict[str, str]  # source column → staged column
    key_proved: bool
    deleted_flag: str | None  # a staged boolean: rows are kept, and this tells the removed ones
    hides_deleted: bool  # removed rows were seen, and staging leaves them out
    model: Model
    row_tests: tuple[Test, ...] = ()
    own: bool = False  # the host's own model; `model` is what would have been made
    # By source column, on the source: that no cast of staging loses a value.
    claims: Mapping[str, Test] = field(default_factory=dict[str, Test])

    @property
    def id(self) -> str:
        return self.table.id

    @property
    def key(self) -> tuple[str, ...]:
        return self.offer.key

    @property
    def entity(self) -> str:
        return self.table.entity

    @property
    def entities(self) -> str:
        return self.table.entities

    @cached_property
    def is_person(self) -> bool:
        """Somebody, or a company that is reached like one. A message only names its sender."""
        return any(
            a.pii in _PEOPLE and a.words.isdisjoint(_OF_A_MESSAGE) for a in self.offer.attributes
        )

    @property
    def is_history(self) -> bool:
        versions = self.table.versions
        return versions is not None and versions.kind == "slowly_changing"


@frozen
class Link:
    """A relationship between two staged tables, in staged names, from the many to the one."""

    relationship: Relationship
    child: Staged
    parent: Staged
    columns: tuple[str, ...]
    fields: tuple[str, ...]
    joinable: bool  # at most one parent row per child row
    complete: bool  # every child row has its parent: proved, and no NULL

    @cached_property
    def is_self(self) -> bool:
        return self.child.id == self.parent.id

    @property
    def is_plain(self) -> bool:
        """Holds for every row of the child, whatever stands beside it."""
        return self.relationship.where_column is None

    @property
    def to_version(self) -> bool:
        """It leads to one version of the parent, by that version's own key."""
        versions = self.parent.table.versions
        return (
            versions is not None and self.parent.is_history
            and not set(self.relationship.ref_columns) <= set(versions.entity_key)
        )  # fmt: skip

    @property
    def role(self) -> str:
        """What the parent is to the child, in the words of the column: `support_representative`.

        The parent's own entity where the column says no more.
        """
        if len(self.columns) == 1 and (stem := role_of(self.columns[0])) != self.columns[0]:
            return stem
        return self.relationship.role or self.parent.entity


def role_of(column: str) -> str:
    """Whom a key's name is about: `support_representative_id` → support_representative."""
    for ending in ("_id", "_key", "_code", "_number", "_uuid", "_guid", "_sku", "_name"):
        if column.endswith(ending) and len(column) > len(ending):
            return column[: -len(ending)]
    return column


def ordered(attributes: Iterable[Attribute]) -> tuple[Attribute, ...]:
    """By group; inside a group as they came."""
    return tuple(sorted(attributes, key=lambda a: GROUP_ORDER.index(a.group)))


def without_tools(offer: Offer) -> tuple[Attribute, ...]:
    """Without what stays in staging, unless rows are known or linked by it."""
    return tuple(
        a for a in offer.attributes
        if a.name in offer.key or a.role in ("key", "foreign_key") or not stays_in_staging(a)
    )  # fmt: skip


def stays_in_staging(attribute: Attribute) -> bool:
    """What the load tool wrote, passwords and tokens, pictures and whole documents: nobody counts
    or filters by them, and what a document holds in a stable form has columns of its own."""
    return (
        attribute.is_tool
        or attribute.group == "metadata"
        or attribute.pii == "credential"
        or attribute.type in ("json", "binary")
    )


def taken(alias: str, attributes: Iterable[Attribute]) -> tuple[Projection, ...]:
    """Columns of `alias`, under their own names."""
    return tuple(
        Projection(name=a.name, expression=sql.column(alias, a.name), group=a.group)
        for a in attributes
    )


def model_columns(
    attributes: Sequence[Attribute],
    tests: dict[str, list[Test]] | None = None,
) -> tuple[ModelColumn, ...]:
    """Columns as they are written, with the descriptions that say more than their names do."""
    own = tests or {}
    return tuple(
        ModelColumn(
            name=a.name,
            description=a.description if says_more(a.description, a.name) else "",
            type=a.type,
            data_type=a.data_type,
            pii=a.pii,
            made_by=a.rule,
            additivity=a.additivity,
            unit=a.unit,
            unit_by=a.unit_by,
            tests=tuple(own.get(a.name, ())),
        )
        for a in attributes
    )
