"""One row of a mart, as the rules see it that compute beside what is there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.derivation import Derivation
from dbt_cartridge.design.parts import Attribute, Link, Staged
from dbt_cartridge.documents.schema import Identity


@dataclass(frozen=True)
class Row:
    """What the rules of a row are shown.

    Args:
        columns: all that the mart shows so far, summed up and taken over too.
        expressions: by column, how it is made; rules build on these.
        up: what the row refers to.
        sums: by what belongs to the row, in the singular, its columns and what made each.
        several: what belongs to the row, in the plural, by its singular.
        owned: of these, what is numbered for each row, as orders are for their customer.
        complete: of these, what a row is not without: the lines of an order.
        identities: what was proved of the row's own columns, in staged names.
    """

    staged: Staged
    columns: Sequence[Attribute]
    expressions: Mapping[str, str]
    up: Sequence[Link] = ()
    sums: Mapping[str, Mapping[str, Derivation]] = field(
        default_factory=dict[str, "Mapping[str, Derivation]"]
    )
    several: Mapping[str, str] = field(default_factory=dict[str, str])
    owned: Collection[str] = ()
    complete: Collection[str] = ()
    identities: Sequence[Identity] = ()
    is_fact: bool = False
    is_line: bool = False

    @cached_property
    def by_name(self) -> dict[str, Attribute]:
        return {a.name: a for a in self.columns}

    @cached_property
    def own(self) -> list[Attribute]:
        """Columns of the table itself."""
        return [a for a in self.columns if a.origin and a.origin[0] == self.staged.id]

    @property
    def entity(self) -> str:
        return self.staged.entity

    @property
    def words(self) -> str:
        return docs.words(self.staged.entity)

    def __getitem__(self, attribute: Attribute | str) -> str:
        name = attribute if isinstance(attribute, str) else attribute.name
        return self.expressions[name]

    def ordered(self) -> list[tuple[Attribute, Attribute, Identity]]:
        """(earlier, later) pairs of own times that the rows were asked about, and that hold."""
        found: list[tuple[Attribute, Attribute, Identity]] = []
        names = self.staged.names
        own = {a.name: a for a in self.own}
        for identity in self.identities:
            if identity.kind != "ordering" or len(identity.operands) != 2:
                continue
            low, high = (own.get(names.get(part, "")) for part in identity.operands)
            if low and high and {low.type, high.type} <= {"date", "timestamp"}:
                found.append((low, high, identity))
        return found
