"""The rows of one table that belong to one row of another: what is summed up of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.events import event_time
from dbt_cartridge.design.measures import Sum, sums
from dbt_cartridge.design.parts import Attribute, Link, Offer, Staged
from dbt_cartridge.words import pluralised, snake


@dataclass(frozen=True)
class Group:
    """What the rules of aggregates are shown.

    Args:
        rows: what is known of each row; the columns that may be read.
        alias: of the rows, in the expressions.
        prefix: tells two links to one parent apart: `origin`.
        called: what one row of the group is to the parent, where it is of the same table: it is
            counted and nothing else.
        single: a row has at most one: the key of the rows is that of the link.
        one_unit: the rows of one parent share their currency, as the lines of one order do.
        told: sums of these say nothing new: the parent has them.
        parents: by foreign key column, the way to what the rows refer to besides.
        header: the table from which the rows have their parent's key: they are counted and summed
            up as part of its rows.
    """

    link: Link
    rows: Offer
    alias: str
    prefix: str = ""
    called: str = ""
    single: bool = False
    one_unit: bool = False
    told: frozenset[str] = frozenset()
    parents: Mapping[str, Link] = field(default_factory=dict[str, Link])
    header: str | None = None

    @property
    def child(self) -> Staged:
        return self.link.child

    @cached_property
    def entity(self) -> str:
        """In names: one row of the group."""
        if self.called:
            return self.called
        return self.prefixed(self.child.entity)

    @cached_property
    def entities(self) -> str:
        """In names: many rows of the group."""
        if self.called:
            return snake(pluralised(self.called.split("_")))
        return self.prefixed(self.child.entities)

    @property
    def measured(self) -> str:
        """In names: whose measures the rows hold.

        The clicks of `campaign_stats` are the campaign's: "" in a mart of campaigns.
        """
        of = self.child.table.tells_of
        return "" if of and of == self.link.parent.table.subject else of or self.child.entity

    def prefixed(self, name: str) -> str:
        """Behind the role, without a word that would stand twice: from_currency, currency_rate →
        from_currency_rate."""
        if not self.prefix:
            return name
        last = self.prefix.rpartition("_")[2]
        return f"{self.prefix}_{name.removeprefix(f'{last}_')}"

    @cached_property
    def theirs(self) -> str:
        """In words: the rows of the group."""
        role = f" as {docs.words(self.prefix)}" if self.prefix else ""
        return f"{self.owner}'s {docs.words(self.child.entities)}{role}"

    @property
    def owner(self) -> str:
        """In words: whom the rows belong to."""
        version = " version" if self.link.to_version else ""
        return f"{docs.words(self.link.parent.entity)}{version}"

    @cached_property
    def attributes(self) -> tuple[Attribute, ...]:
        """What is known of the rows, but for what is in the unit that another table's row names."""
        parent = self.link.parent.id
        return tuple(a for a in self.rows.attributes if a.unit_of is None or a.unit_of[0] == parent)

    def unit_by(self, measure: Attribute) -> str | None:
        """The parent's own column that names the unit of its rows' measure."""
        return self.link.parent.names.get(measure.unit_of[1]) if measure.unit_of else None

    @cached_property
    def numbered(self) -> bool:
        """The rows are the parent's own: they are numbered for it, as orders for a customer."""
        return any(a.within in self.link.columns for a in self.attributes if a.within)

    @cached_property
    def time(self) -> Attribute | None:
        return event_time(self.attributes)

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        """The sums over the rows: what is grouped by a currency is in one."""
        by = None if self.one_unit else self.link.columns
        return tuple(sums(self.attributes, self.alias, by))

    def is_shared(self, attribute: Attribute) -> bool:
        """Taken over from the parent: alike in all rows of the group."""
        if attribute.origin is None:  # the name of the code, in the list of the codes
            return bool(attribute.values) and attribute.name.startswith(f"{self.link.role}_")
        return attribute.origin[0] == self.link.parent.id

    def column(self, attribute: Attribute) -> str:
        return sql.column(self.alias, attribute.name)

    def plain(self, attribute: Attribute) -> str:
        """The column's name without the entity's: `order_total` of an order is its `total`."""
        stem = f"{self.child.entity}_"
        return attribute.name.removeprefix(stem) if attribute.name != stem else attribute.name
