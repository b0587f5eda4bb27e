"""Schema: what the facts mean. Each decision carries its evidence and its confidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from dbt_cartridge.documents.base import CLOSED, Document, Frozen
from dbt_cartridge.documents.evidence import EvidenceClass
from dbt_cartridge.documents.probe import ProductForm
from dbt_cartridge.documents.scan import Problem

Role = Literal["fact", "dimension", "bridge", "reference", "other"]
Shape = Literal[
    "transaction", "periodic_snapshot", "accumulating_snapshot", "factless", "event",  # facts
    "plain", "slowly_changing", "outrigger", "extension", "date", "history",  # dimensions
    "backup", "staging", "tool", "log", "aggregate",  # other
]  # fmt: skip

ColumnRole = Literal[
    "key", "foreign_key", "natural_key", "measure", "attribute", "name", "description", "flag",
    "status", "category", "event_time", "created_time", "updated_time", "load_time", "deleted_time",
    "deleted_flag", "valid_from", "valid_to", "is_current", "json", "array", "type_discriminator",
    "technical",
]  # fmt: skip

Additivity = Literal["additive", "semi_additive", "non_additive"]

Pii = Literal[
    "email", "phone", "person_name", "address", "national_id", "ip_address", "birth_date",
    "payment_card", "bank_account", "salary", "credential",
]  # fmt: skip


FRACTIONS = frozenset({"cents", "micros"})
"""Units that say how finely an amount is counted, and not in which currency."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why, in words that a user reads, with the number behind them."""

    __pydantic_config__ = CLOSED
    text: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alternative that was weighed, for `explain`."""

    __pydantic_config__ = CLOSED
    text: str  # `customers(id)`
    score: float
    why: str = ""


class Key(Frozen):
    columns: tuple[str, ...]
    kind: Literal["surrogate", "natural", "composite"] = "surrogate"
    declared: bool = False
    proved: bool = False  # unique and not null in every row, by probe or full profile
    evidence_class: EvidenceClass = "observed"
    confidence: float = 1.0
    evidence: tuple[Evidence, ...] = ()


class Versions(Frozen):
    """The table holds several rows of one entity.

    `loads`: the key repeats across load times (CDC): the latest row per key is the truth.
    `slowly_changing`: rows are valid for a time: the current row is the dimension.
    `duplicates`: rows stand several times word for word: one of each is kept.
    """

    kind: Literal["loads", "slowly_changing", "duplicates"]
    entity_key: tuple[str, ...]
    order_by: tuple[str, ...]  # the last one wins; of duplicates, none
    valid_from: str | None = None
    valid_to: str | None = None
    is_current: str | None = None
    deleted: str | None = None  # the CDC flag or operation column that marks a removed row
    evidence_class: EvidenceClass = "observed"  # only a structural one drops rows
    evidence: tuple[Evidence, ...] = ()


class ColumnMeaning(Frozen):
    """One column of a source table, in source order."""

    name: str  # as in the warehouse
    words: tuple[str, ...]  # split, lower case, abbreviations spelt out: ("order", "quantity")
    spelt: tuple[str, ...] = ()  # in the language of the names, where `words` are its English ones
    role: ColumnRole = "attribute"
    additivity: Additivity | None = None  # of measures
    unit: str | None = None  # "USD", "cents", "seconds", "percent", …
    unit_column: str | None = None  # names each row's unit or currency, where there are several
    unit_table: str | None = None  # whose column that is, where it is a parent's
    money: bool = False
    tells_currency: bool = False  # the currency of the row's amounts, or of its lines': several
    pii: Pii | None = None
    is_load_tool: bool = False  # `_fivetran_…`, `_airbyte_…`: kept to staging
    description: str = ""  # a provider's, where the warehouse has no comment
    evidence: tuple[Evidence, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """The words of a name for it."""
        return self.spelt or self.words


class Table(Frozen):
    id: str  # `Relation.id`
    entity: str  # singular snake_case: `invoice_line`
    entities: str  # plural: `invoice_lines`
    tells_of: str = ""  # whose states or measurements: `campaign` of campaign_history
    named: bool = False  # it is what people decided that one row is called
    role: Role
    shape: Shape
    confidence: float
    primary_key: Key | None = None  # of a row
    other_keys: tuple[Key, ...] = ()  # believed and proved as well
    doubted_keys: tuple[Key, ...] = ()  # unique in the data, not believed: reported, never tested
    versions: Versions | None = None
    columns: tuple[ColumnMeaning, ...] = ()
    description: str = ""  # a provider's, where the warehouse has no comment
    evidence: tuple[Evidence, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def subject(self) -> str:
        """Whose `id` and `name` its columns are."""
        return self.tells_of or self.entity

    @cached_property
    def by_name(self) -> dict[str, ColumnMeaning]:
        return {column.name: column for column in self.columns}


RelationshipKind = Literal["reference", "self", "extension", "polymorphic", "external"]


class Relationship(Frozen):
    """A foreign key, from the many to the one."""

    table: str
    columns: tuple[str, ...]
    ref_table: str
    ref_columns: tuple[str, ...]
    kind: RelationshipKind = "reference"
    role: str | None = None  # `billing` of `billing_address_id`, where several lead to one parent
    declared: bool = False
    proved: bool = False  # every non-null child value was found
    one_to_one: bool = False  # the child's columns are unique
    optional: bool = True  # the child's columns can be null
    rows: int | None = None  # child rows with a value
    orphans: int | None = None  # of those, without a parent
    none_value: str | None = None  # a value that stands for `none` (0, -1, ''): no orphan, no row
    where_column: str | None = None  # polymorphic: holds only where this column …
    where_value: str | None = None  # … has this value
    evidence_class: EvidenceClass = "observed"
    confidence: float = 1.0
    evidence: tuple[Evidence, ...] = ()
    candidates: tuple[Candidate, ...] = ()


class Identity(Frozen):
    """A relation between measures that holds in the data. Fields as in the probe's questions."""

    kind: Literal["product", "ordering", "total", "conversion"]
    table: str
    result: str | None = None  # product: result = f(operands); total: the header's column
    # product: left, right(, third); ordering: lower, upper; conversion: amount, rate of exchange
    operands: tuple[str, ...] = ()
    # conversion: plain, or a quotient: the rate is what the amount is divided by
    form: ProductForm | Literal["quotient"] = "plain"
    child: str | None = None  # total: the line table
    key: tuple[str, ...] = ()
    child_key: tuple[str, ...] = ()
    amount: str | None = None  # total: per line amount(×factor)(×(1−discount))
    factor: str | None = None
    discount: str | None = None
    considered: int = 0
    hits: int = 0
    evidence_class: EvidenceClass = "observed"
    evidence: tuple[Evidence, ...] = ()


class Exchanged(Frozen):
    """A table whose amounts the rates convert: its currencies lie among theirs."""

    table: str
    currency: str
    at: str | None = None  # the time whose day's rate it was; None: when the row happened
    foreign: str | None = None  # of an amount that stands in both currencies, as it was agreed …
    home: str | None = None  # … and as it is in the one of the house


class Rates(Frozen):
    """Rates of exchange by currency and day in a table of their own, and which way they are quoted.

    An amount in `home` is one in another currency times (`plain`) or by (`quotient`) the rate of
    its day. None: the rows do not tell, and nothing is converted.
    """

    table: str
    currency: str
    since: str  # the day from which on the rate holds
    rate: str
    home: str  # as the rows have it
    base: str | None = None  # names `home` in each row, of rates between two currencies
    form: Literal["plain", "quotient"] | None = None
    exchanged: tuple[Exchanged, ...] = ()
    evidence_class: EvidenceClass = "observed"
    evidence: tuple[Evidence, ...] = ()


class Schema(Document):
    file_name: ClassVar[str] = "schema.json"

    adapter: str
    tables: tuple[Table, ...] = ()  # in the order of the Scan
    relationships: tuple[Relationship, ...] = ()  # those that may be joined, by table, columns
    suggestions: tuple[Relationship, ...] = ()  # the others that are worth a line in the report
    identities: tuple[Identity, ...] = ()
    rates: tuple[Rates, ...] = ()
    problems: tuple[Problem, ...] = ()
    unproved: int = 0  # questions that the budget left unasked

    @cached_property
    def by_id(self) -> dict[str, Table]:
        return {table.id: table for table in self.tables}

    @cached_property
    def parents(self) -> dict[str, tuple[Relationship, ...]]:
        """The relationships that leave each table."""
        return self._grouped("table")

    @cached_property
    def children(self) -> dict[str, tuple[Relationship, ...]]:
        """The relationships that arrive at each table."""
        return self._grouped("ref_table")

    def _grouped(self, end: Literal["table", "ref_table"]) -> dict[str, tuple[Relationship, ...]]:
        groups: dict[str, list[Relationship]] = {table.id: [] for table in self.tables}
        for relationship in self.relationships:
            groups.setdefault(getattr(relationship, end), []).append(relationship)
        return {table: tuple(group) for table, group in groups.items()}
