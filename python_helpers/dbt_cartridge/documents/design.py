"""Design: which models, and what each one is, before any text is written.

SQL expressions in a design are single expressions in sqlglot's `duckdb` dialect. They name columns
as `"alias"."column"`, always quoted; the renderer prints them in the host's dialect and leaves out
the quotes that are not needed. No Jinja, ever.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from dbt_cartridge.documents.base import Document, Frozen, Tagged
from dbt_cartridge.documents.evidence import Severity
from dbt_cartridge.documents.scan import Problem, TypeFamily
from dbt_cartridge.documents.schema import Additivity

Layer = Literal["staging", "intermediate", "marts"]
ColumnGroup = Literal[
    "ids", "strings", "numerics", "booleans", "dates", "timestamps", "semi_structured", "metadata"
]


# ---------------------------------------------------------------- tests


class _Test(Tagged):
    """`evidence` is what was seen; it goes into `meta` where the test is only a warning."""

    severity: Severity = "error"
    where: str | None = None  # an expression; rows that it leaves out are not tested
    evidence: str = ""


class UniqueTest(_Test):
    kind: Literal["unique"] = "unique"
    column: str


class NotNullTest(_Test):
    kind: Literal["not_null"] = "not_null"
    column: str


class AcceptedValuesTest(_Test):
    kind: Literal["accepted_values"] = "accepted_values"
    column: str
    values: tuple[str, ...]
    quote: bool = True  # False for numbers and booleans


class RelationshipsTest(_Test):
    kind: Literal["relationships"] = "relationships"
    column: str
    to: str | None = None  # a model, or …
    to_source: tuple[str, str] | None = None  # … (source name, table name)
    field: str


class CompositeUniqueTest(_Test):
    kind: Literal["composite_unique"] = "composite_unique"
    columns: tuple[str, ...]


class CompositeRelationshipsTest(_Test):
    kind: Literal["composite_relationships"] = "composite_relationships"
    columns: tuple[str, ...]
    to: str
    fields: tuple[str, ...]


class RangeTest(_Test):
    kind: Literal["range"] = "range"
    column: str
    min_value: float | None = None
    max_value: float | None = None


class ExpressionTest(_Test):
    """True in every row. NULL counts as true."""

    kind: Literal["expression"] = "expression"
    expression: str  # over plain quoted column names: `"ended_at" >= "started_at"`
    name: str  # what is claimed: `ended_at_not_before_started_at`


class SameRowCountTest(_Test):
    """As many rows as another model: nothing multiplied, nothing lost."""

    kind: Literal["same_row_count"] = "same_row_count"
    as_model: str


class FewestRowsTest(_Test):
    """Not fewer rows than this: a load that stopped half-way. Of tables that only grow."""

    kind: Literal["fewest_rows"] = "fewest_rows"
    min_rows: int


class ReconcilesTest(_Test):
    """The sum of `expression` over this model's rows per `key` equals `to`'s `field`, to 0.01.

    Parents without rows here are not compared.
    """

    kind: Literal["reconciles"] = "reconciles"
    key: str
    expression: str
    to: str
    to_key: str
    field: str


Test = Annotated[
    UniqueTest | NotNullTest | AcceptedValuesTest | RelationshipsTest | CompositeUniqueTest
    | CompositeRelationshipsTest | RangeTest | ExpressionTest | SameRowCountTest | FewestRowsTest
    | ReconcilesTest,
    Field(discriminator="kind"),
]  # fmt: skip


# ---------------------------------------------------------------- sources


class Freshness(Frozen):
    """`loaded_at` is an expression over the source's columns."""

    loaded_at: str
    warn_after_hours: int | None = None
    error_after_hours: int | None = None
    filter: str | None = None  # what the warehouse demands of every read


class SourceColumn(Frozen):
    name: str  # as in the warehouse
    native_type: str
    description: str = ""
    pii: str | None = None
    tests: tuple[Test, ...] = ()


class SourceTable(Frozen):
    name: str  # what `source()` is called with: snake_case where the identifier is not plain
    identifier: str  # as in the warehouse
    relation: str  # `Relation.id`
    description: str = ""
    columns: tuple[SourceColumn, ...] = ()
    tests: tuple[Test, ...] = ()
    freshness: Freshness | None = None
    existing: bool = False  # the host has declared it; it is used, not written


class Source(Frozen):
    name: str
    schema_name: str
    database: str | None = None  # None: the target's own
    description: str = ""
    tables: tuple[SourceTable, ...] = ()
    # Where the host declares the source: what its file says of it, for a file of ours beside it.
    properties: dict[str, Any] = Field(default={})
    extends: str = ""  # the host's own file, where the further tables are to stand in it

    @property
    def written(self) -> tuple[SourceTable, ...]:
        """The tables that the host has not declared itself."""
        return tuple(table for table in self.tables if not table.existing)


# ---------------------------------------------------------------- queries


class Part(Frozen):
    """One of several source tables that are read as one; `label` says which."""

    source: tuple[str, str]  # (source name, table name)
    label: str
    missing: tuple[str, ...] = ()  # columns that it does not have: NULL


class Union(Frozen):
    """The parts one below the other, the first with all `columns`, each row with its label."""

    parts: tuple[Part, ...]
    columns: tuple[str, ...]
    label_column: str


READ_DAYS = 1_095
"""Of a table that demands a bound: three years, unless the var `partition_days` says otherwise."""


class Demanded(Frozen):
    """A column that the warehouse demands a bound on in every read (`require_partition_filter`)."""

    column: str
    type: str  # its native type; a whole number bounds nothing, of days and times the last are read


class Input(Frozen):
    """An import CTE: `select * from {{ ref(…) }}`."""

    alias: str
    model: str | None = None
    source: tuple[str, str] | None = None  # (source name, table name); of a union, its first
    union: Union | None = None
    demanded: Demanded | None = None
    foreign: bool = False  # the rows are another server's, and are fetched from there


class Projection(Frozen):
    name: str
    expression: str
    group: ColumnGroup = "strings"
    comment: str | None = None  # why, where the expression does not say it


class Join(Frozen):
    kind: Literal["inner", "left", "full", "cross"]
    to: str  # an alias or an earlier CTE
    on: tuple[str, ...] = ()  # conditions, joined by `and`


class Latest(Frozen):
    """Keep one row per `keys`: the last by `order_by` (all descending, NULLs last)."""

    keys: tuple[str, ...]  # expressions
    order_by: tuple[str, ...]
    of_copies: bool = False  # the keys are all columns: what is left out says nothing else


class Unnest(Frozen):
    """A row for each element of an array of records, beside the row that holds the array.

    `position`: a column that counts the elements of one array from 0.
    """

    array: str  # an expression
    alias: str  # of the element; its fields are the warehouse's own
    position: str


class Cte(Frozen):
    """One `name as (select … from … join … where … group by …)`.

    No projections: `select *`; `whole`: every column of `from_alias`, and the projections beside.
    `union` appends whole other CTEs with `union all`.
    """

    name: str
    comment: str | None = None
    from_alias: str
    projections: tuple[Projection, ...] = ()
    whole: bool = False
    unnest: Unnest | None = None
    joins: tuple[Join, ...] = ()
    where: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ()  # expressions
    distinct: bool = False
    latest: Latest | None = None
    union: tuple[str, ...] = ()


class Query(Tagged):
    """Import CTEs, logical CTEs, and `select * from <last one>`."""

    kind: Literal["query"] = "query"
    inputs: tuple[Input, ...]
    ctes: tuple[Cte, ...]


class DateSpine(Tagged):
    """A row a day, from the first to the last day found in the inputs.

    Each bound is (model, column). Whole years are covered, so that a new day needs no new row. Days
    outside of `earliest` to `latest` bound nothing.
    """

    kind: Literal["date_spine"] = "date_spine"
    bounds: tuple[tuple[str, str], ...]
    earliest: str = "1900-01-01"
    latest: str = "2100-12-31"
    years_ahead: int = 0  # to the end of this year, and of so many after it
    projections: tuple[Projection, ...]  # over `"days"."date_day"`


Body = Annotated[Query | DateSpine, Field(discriminator="kind")]


# ---------------------------------------------------------------- models


class Incremental(Frozen):
    """`why` becomes a comment above the filter."""

    unique_key: tuple[str, ...]
    watermark: str  # an output column
    input_alias: str  # the import CTE that is filtered
    input_column: str
    why: str


ADDED = "added"
"""The rule of columns that a provider, an agent or the user's decisions added."""

BY_VALUE = "by_value"
"""The rule of columns that are named for a value of the data: no provider is told such a name."""


RULES = (
    "ages", "allocated", "amounts", "by_flag", BY_VALUE, "converted", "counts", "durations",
    "ends", "engagement", "full_name", "held", "intervals", "only_one", "progress", "sequence",
    "through", "worth",
)  # fmt: skip
"""The rules that compute columns: the modules of `design.derive`. The user may decline any."""


class ModelColumn(Frozen):
    name: str
    description: str
    type: TypeFamily
    data_type: str | None = None  # in the warehouse's words, where known
    pii: str | None = None
    made_by: str | None = None  # the rule of `design.derive` that computes it
    additivity: Additivity | None = None
    unit: str | None = None
    unit_by: str | None = None  # the column that names each row's unit, of several
    tests: tuple[Test, ...] = ()


Again = Literal["sum", "average", "distinct", "first", "latest"]


class Conserved(Frozen):
    """What has to arrive: the sum of `column` here is that of `of`'s `measure`.

    `key` pairs a column here with one there: rows there that find none here belong to nobody, and
    are not counted. `how` says what was made of the rows of each key: of averages and of distinct
    counts the sum over all keys is compared, of a first and a latest the very first and the very
    latest. No test of the project; the proof asks it.
    """

    column: str
    of: str  # a model
    measure: str | None  # None: its rows are counted
    key: tuple[str, str] | None = None
    removed: str | None = None  # a flag there; rows that bear it are not counted
    chosen: tuple[str, str | None] | None = None  # only rows there with this value; None: if true
    also: tuple[str, str | None] | None = None  # … that have this one too
    how: Again = "sum"


class Model(Frozen):
    name: str
    layer: Layer
    folder: str  # below the layer's folder; "" for none: `chinook`
    source: str = ""  # that most of it is made from
    follows: bool = False  # its columns are called as the user called them in the file
    description: str
    grain: str  # "One row per invoice line."
    entity: str
    body: Body
    columns: tuple[ModelColumn, ...]  # in the order of the output
    tests: tuple[Test, ...] = ()
    materialized: Literal["view", "table", "incremental", "ephemeral"] = "view"
    incremental: Incremental | None = None
    dist: str | None = None  # Redshift: the column by which the rows are spread
    sort: tuple[str, ...] = ()  # Redshift: the columns by which they are sorted
    primary_key: tuple[str, ...] = ()
    based_on: tuple[str, ...] = ()  # `Relation.id`s whose rows it shows
    notes: tuple[str, ...] = ()  # why, for the report
    tags: tuple[str, ...] = ()
    conserved: tuple[Conserved, ...] = ()

    @property
    def all_tests(self) -> tuple[Test, ...]:
        return (*(t for column in self.columns for t in column.tests), *self.tests)


class Snapshot(Frozen):
    """Columns are those of what it reads: of a source, as the warehouse has them."""

    name: str
    model: str  # the staging model of the rows
    source: tuple[str, str] | None = None  # (source name, table name); None: it reads the model
    unique_key: tuple[str, ...]
    strategy: Literal["timestamp", "check"]
    updated_at: str | None = None
    check_columns: tuple[str, ...] = ()
    description: str = ""


class LeftOut(Frozen):
    """What was not made, and why, for the report."""

    what: str
    why: str


class Design(Document):
    file_name: ClassVar[str] = "design.json"

    adapter: str
    sources: tuple[Source, ...] = ()
    models: tuple[Model, ...] = ()  # in the order of dependence
    snapshots: tuple[Snapshot, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    used: tuple[LeftOut, ...] = ()  # of the host's own, and how
    renamed: dict[str, str] = Field(default={})  # model or snapshot → what it was called before
    said_before: dict[str, str] = Field(default={})  # words of those names → the words now
    problems: tuple[Problem, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Model]:
        return {model.name: model for model in self.models}


class Offline(Design):
    """What the rules designed, before a provider or the user's decisions added to it."""

    file_name: ClassVar[str] = "offline.json"
