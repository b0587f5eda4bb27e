"""Scan: facts from the warehouse, and nothing that was concluded from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from dbt_cartridge.documents.base import CLOSED, Document, Frozen
from dbt_cartridge.documents.written import DictionaryEntry, WrittenJoin

TypeFamily = Literal[
    "integer", "decimal", "float", "text", "boolean", "date", "time", "timestamp", "interval",
    "binary", "json", "array", "struct", "uuid", "geography", "other",
]  # fmt: skip
"""A native type, normalised. `timestamp` is with or without time zone; see `Column.native_type`."""

RelationKind = Literal["table", "view", "materialized_view", "external", "foreign"]
"""`foreign`: its rows are another server's, or another engine's, and are fetched from there."""


@dataclass(frozen=True, slots=True)
class ValueCount:
    """A value as text, and how many of the profiled rows hold it."""

    __pydantic_config__ = CLOSED
    value: str
    count: int


class JsonPath(Frozen):
    """A path at the top of a JSON column: how many rows have it, and of which JSON type."""

    path: str
    type: Literal["string", "integer", "number", "boolean", "object", "array", "null", "mixed"]
    count: int


class TextPatterns(Frozen):
    """How many non-empty profiled values of a text column look like each thing.

    Counted in the warehouse, so that no value leaves it.
    """

    integer: int = 0
    decimal: int = 0  # integers included
    date: int = 0  # ISO `2021-03-04`
    timestamp: int = 0  # ISO date and time, dates excluded
    boolean: int = 0  # true/false, yes/no, t/f, y/n in any case
    json_like: int = 0  # starts with {" or {} or [: no GUID in braces
    uuid: int = 0
    email: int = 0
    phone: int = 0
    ip_address: int = 0
    url: int = 0
    national_id: int = 0  # SSN-like ddd-dd-dddd
    card_number: int = 0  # 13 to 19 digits, blanks and dashes allowed
    leading_zero: int = 0  # all digits, more than one, first is 0: a code, not a number
    spaced: int = 0  # holds a blank between two characters: free text or a name
    money: int = 0  # `$1,234.50`, `€ 12`, `1,234`; plain numbers too
    month_first: int = 0  # `12/31/2021`
    day_first: int = 0  # `31/12/2021`, `31.12.2021`
    dotted_day: int = 0  # `31.12.2021`
    year_first: int = 0  # `2021/12/31`
    compact_date: int = 0  # `20211231`
    comma: int = 0  # `1.234,50`, `1 234,5`, `12 €`, `0,750`; whole numbers too
    grouped: int = 0  # as `money`, and nothing above 999 without a comma
    commas: int = 0  # hold a comma
    four_places: int = 0  # plain numbers of at most four decimals
    zoned: int = 0  # those of `timestamp` that end in an offset or a zone
    zero_date: int = 0  # `0000-00-00`, with or without a time of nothing, and `00000000`
    accounting: int = 0  # in brackets, or with the minus behind: `(12.50)`, `12.50-`
    epoch: int = 0  # digits of a time since 1970, from 2001 on: 10 of seconds to 19 of nanoseconds


class Profile(Frozen):
    """Aggregates over the profiled rows of one column. Values are text, cast in SQL."""

    rows: int  # rows profiled: all of them, or the sample
    nulls: int
    distinct: int | None = None  # of the non-null values; None where the type has no equality
    approximate: bool = False  # `distinct` is an estimate, of many values that repeat
    sampled: bool = False  # the profile saw a sample, not every row
    min: str | None = None
    max: str | None = None
    mean: float | None = None  # of numbers
    min_length: int | None = None  # of text
    max_length: int | None = None
    mean_length: float | None = None
    blanks: int = 0  # text that is empty or white space only
    zeros: int = 0  # of numbers
    negatives: int = 0  # of numbers
    fractions: int = 0  # decimals and floats that are not whole
    midnights: int | None = None  # timestamps at 00:00:00
    days: int = 0  # whole numbers, or text, that are a day: `20240131`
    epochs: int = 0  # whole numbers that may be a time since 1970, by their digits
    patterns: TextPatterns | None = None  # of text
    top_values: tuple[ValueCount, ...] = ()  # most frequent first, ties by value; at most 12
    json_paths: tuple[JsonPath, ...] = ()  # of JSON, and of text that holds JSON


class Column(Frozen):
    name: str
    position: int
    native_type: str
    type: TypeFamily
    nullable: bool = True
    default: str | None = None
    comment: str | None = None
    generated: bool = False  # identity, serial, auto-increment or computed
    enum_values: tuple[str, ...] = ()  # of a native enum type
    unit: str | None = None  # that a data dictionary tells
    profile: Profile | None = None


class DeclaredKey(Frozen):
    """A primary key or a unique key of the catalogue."""

    columns: tuple[str, ...]
    name: str | None = None
    enforced: bool = True  # False on Redshift, Snowflake and BigQuery: to be probed before believed


class DeclaredForeignKey(Frozen):
    columns: tuple[str, ...]
    ref_schema: str
    ref_table: str
    ref_columns: tuple[str, ...]
    name: str | None = None
    enforced: bool = True


class Check(Frozen):
    expression: str
    name: str | None = None


class Index(Frozen):
    name: str
    columns: tuple[str, ...]
    unique: bool = False


class Shard(Frozen):
    """A table that is a part of another, logical one."""

    name: str
    label: str  # which part: `2024-01-01`
    missing: tuple[str, ...] = ()  # columns that only other parts have


class Relation(Frozen):
    """A table or a view. `id` is what every later document calls it.

    With `shards` it is the union of so many tables, and its last column says which a row is from.
    """

    schema_name: str
    name: str
    kind: RelationKind = "table"
    database: str | None = None
    comment: str | None = None
    rows: int | None = None
    rows_exact: bool = False
    bytes: int | None = None
    beyond: bool = False  # of `max_bytes`: its rows are not to be read whole
    partition_filter: str | None = None  # the column that every statement has to filter by
    columns: tuple[Column, ...] = ()
    primary_key: DeclaredKey | None = None
    unique_keys: tuple[DeclaredKey, ...] = ()
    foreign_keys: tuple[DeclaredForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    indexes: tuple[Index, ...] = ()
    told_key: tuple[str, ...] = ()  # that a data dictionary tells: a witness, no declared key
    shards: tuple[Shard, ...] = ()  # the first one has all columns
    mark: str | None = None  # the same mark: the same rows. None: nobody knows

    @property
    def id(self) -> str:
        return f"{self.schema_name}.{self.name}"

    @property
    def tables(self) -> tuple[Relation, ...]:
        """What stands in the warehouse: itself, or a relation for each shard."""
        if not self.shards:
            return (self,)
        *own, _ = self.columns
        return tuple(
            self.model_copy(
                update={
                    "name": shard.name,
                    "kind": "table",
                    "columns": tuple(c for c in own if c.name not in shard.missing),
                    "shards": (),
                }
            )
            for shard in self.shards
        )

    @property
    def read_as(self) -> dict[str, object]:
        """How the macros find it. `members` stand in place of a name."""
        found: dict[str, object] = {
            "database": self.database,
            "schema": self.schema_name,
            "name": self.name,
        }
        if self.shards:
            *own, mark = (column.name for column in self.columns)
            members = [
                {
                    "name": shard.name,
                    "label": shard.label,
                    "columns": [[name, name not in shard.missing] for name in own],
                }
                for shard in self.shards
            ]
            found |= {"members": members, "member_column": mark}
        return found

    @property
    def filter_column(self) -> tuple[str, TypeFamily] | None:
        """`partition_filter` with its type. A pseudo-column (`_PARTITIONTIME`) is a timestamp."""
        if self.partition_filter is None:
            return None
        column = self.by_name.get(self.partition_filter)
        return self.partition_filter, column.type if column else "timestamp"

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


class Problem(Frozen):
    """Something left out or to be known, in words for the user."""

    where: str  # `raw.orders`, `raw.orders.total`, a path, or a step's name
    what: str
    next: str = ""


class Scan(Document):
    file_name: ClassVar[str] = "scan.json"

    adapter: str  # dbt's adapter type: duckdb, postgres, …
    database: str | None = None
    schemas: tuple[str, ...] = ()
    profile: Literal["none", "sample", "full"] = "full"
    relations: tuple[Relation, ...] = ()  # ordered by schema, then name
    joins: tuple[WrittenJoin, ...] = ()  # that people wrote
    dictionary: tuple[DictionaryEntry, ...] = ()
    outside: tuple[str, ...] = ()  # ids of what is there and was not asked for, or not readable
    sample_rows: int = 0
    made_by: str = ""  # the version of cartridge
    problems: tuple[Problem, ...] = ()
    statements: int = 0  # statements sent to the warehouse

    @cached_property
    def by_id(self) -> dict[str, Relation]:
        return {relation.id: relation for relation in self.relations}

    @cached_property
    def tables(self) -> dict[str, Relation]:
        """What stands in the warehouse, by id: a table for each shard."""
        return {table.id: table for relation in self.relations for table in relation.tables}

    def covers(self, id: str) -> bool:
        """Whether it would be among the relations, if it were there."""
        asked = any(id.startswith(f"{schema}.") for schema in self.schemas)
        return id in self.by_id or (asked and id not in self.outside)
