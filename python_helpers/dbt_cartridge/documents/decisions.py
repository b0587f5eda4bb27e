"""Decisions: what people know of the warehouse and its data cannot say: the host's `cartridge.yml`.

A decision is weighed against the data like anything else, and wins over every guess; what the data
refutes is an error that says so.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from dbt_cartridge.documents.additions import Additions
from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.documents.design import RULES
from dbt_cartridge.documents.schema import Pii, Role
from dbt_cartridge.errors import did_you_mean

FILE = "cartridge.yml"
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Personal = Pii | Literal["none"]


def _is_rule(value: str) -> str:
    if value not in RULES:
        near = did_you_mean(value, RULES)
        raise ValueError(f"'{value}' is no rule; there are {', '.join(RULES)}.{near}")
    return value


Declined = Annotated[str, AfterValidator(_is_rule)]


class DecidedReference(Frozen):
    """Columns that lead to another table; `to_columns`: its key, if none are given."""

    columns: tuple[str, ...] = Field(min_length=1, description="Columns of this table, in order.")
    to: str = Field(description="The table that they lead to: `schema.table`.")
    to_columns: tuple[str, ...] = Field(
        default=(), description="The columns there. Default: its decided or declared key."
    )
    why: str = ""


class DecidedColumn(Frozen):
    name: Name | None = Field(default=None, description="What it is called in staging and marts.")
    unit: str | None = Field(default=None, description="`USD`, `cents`, `seconds`, … of a measure.")
    description: str | None = None
    personal: Personal | None = Field(
        default=None, description="Which personal data it holds; `none` where it only looks so."
    )


class DecidedTable(Frozen):
    key: tuple[str, ...] | None = Field(default=None, description="The columns of its primary key.")
    role: Role | None = None
    entity: Name | None = Field(
        default=None, description="What one row is, in the singular: `order_line`."
    )
    description: str | None = None
    exclude: bool = Field(default=False, description="The table is not modelled at all.")
    parts: tuple[str, ...] = Field(
        default=(),
        description="Tables of one schema, `schema.table`, that are this one table, one below the "
        "other: `customers_us` and `customers_eu`.",
    )
    apart: bool = Field(
        default=False,
        description="Of what was read as one table, `schema.events_*`: its tables are several.",
    )
    references: tuple[DecidedReference, ...] = ()
    no_references: tuple[str, ...] = Field(
        default=(), description="Columns that lead to no table, whatever their names say."
    )
    columns: dict[str, DecidedColumn] = Field(default={})
    why: str = ""


class Decisions(Frozen):
    version: Literal[1] = 1
    tables: dict[str, DecidedTable] = Field(
        default={}, description="By `schema.table`, as the warehouse writes it."
    )
    models: dict[str, Additions] = Field(
        default={},
        description="By the name of a model: what is added to it and made from it, and what is "
        "left out. `cartridge add` writes it.",
    )
    declined: tuple[Declined, ...] = Field(
        default=(), description="Rules whose columns are computed in no mart."
    )
    terms: dict[str, str] = Field(
        default={}, description="Words of the business and what they mean, for a provider."
    )

    @property
    def by(self) -> str:
        """Whose they are."""
        return FILE

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Corrections(Decisions):
    """What a provider would have otherwise than inference. Nobody insists on it: what the data
    denies is dropped."""

    whose: str

    @property
    def by(self) -> str:
        return self.whose
