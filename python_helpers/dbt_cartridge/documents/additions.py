"""What may be added to a design, as typed parts that are applied one by one: the answer of a
provider, the file of `cartridge add`, and the `models:` of the host's decisions are this.

A part is laid on the offline design; taking it away again gives that design back. What does not
fit is refused with the reason, and the rest stands.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from dbt_cartridge.documents.wording import Expression, Name, Sentence, Unit

Wanted = Literal["integer", "decimal", "float", "text", "boolean", "date", "timestamp"]
ColumnTest = Literal["unique", "not_null"]


class Answer(BaseModel):
    """What a provider, an agent or the user may say. Closed: what is not asked for is refused.

    `parts`: fields that stand alone, of a list each of its elements. Where one is wrong, the rest
    of the answer is taken all the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    parts: ClassVar[frozenset[str]] = frozenset()


class Column(Answer):
    """A column that is computed: an expression over columns that are there, those before it in this
    list included. `type`: what it is made to be; empty: what the expression gives."""

    name: Name
    expression: Expression
    description: Sentence = ""
    unit: Unit = ""
    type: Wanted | Literal[""] = ""
    tests: list[ColumnTest] = Field(default=[], max_length=2)


class Group(Answer):
    name: Name
    expression: Expression


class Rule(Answer):
    """True in every row. `severity`: of the test, where it does not hold tomorrow."""

    name: Name
    expression: Expression
    severity: Literal["error", "warn"] = "error"


class Accepted(Answer):
    column: str
    values: list[str] = Field(max_length=30)


class Match(Answer):
    """`left`: a column of what is there already, `alias.column`; `right`: of what is joined."""

    left: str
    right: str


class AsOf(Answer):
    """Of several rows that fit, the one that held at a time.

    `at`: a column of what is there; `since`: of what is joined, when its row began to hold;
    `until`: when it ended, where a column says so; else the next row ends it.
    """

    at: str
    since: str
    until: str = ""


class Join(Answer):
    """To a model, or an earlier step, that has at most one row for each row: never a row more."""

    alias: Name
    model: str
    match: list[Match] = Field(default=[], max_length=5)
    as_of: AsOf | None = None


class Step(Answer):
    """A query on the way: rows of `of` (a model or an earlier step), joined, filtered, summed up.

    With `by` it is summed up, and `columns` are aggregates, or expressions over these. Without, a
    row stays a row.
    """

    parts = frozenset({"columns"})

    name: Name
    of: str = ""
    joins: list[str] = Field(default=[], max_length=8)
    join_to: list[Join] = Field(default=[], max_length=6)
    where: list[Expression] = Field(default=[], max_length=6)
    by: list[Group] = Field(default=[], max_length=6)
    columns: list[Column] = Field(default=[], max_length=30)


class Mart(Step):
    """A new model. `union`: steps whose rows stand below its own, in the same columns; `key` then
    tells the rows apart. `layer`: intermediate where only other models read it."""

    parts = frozenset({"columns", "rules", "accepted"})

    description: Sentence
    steps: list[Step] = Field(default=[], max_length=6)
    union: list[str] = Field(default=[], max_length=4)
    key: list[str] = Field(default=[], max_length=5)
    layer: Literal["marts", "intermediate"] = "marts"
    rules: list[Rule] = Field(default=[], max_length=6)
    accepted: list[Accepted] = Field(default=[], max_length=6)
    tags: list[Name] = Field(default=[], max_length=5)


class Asked(Answer):
    """Something that only the user knows."""

    text: Sentence


class Dropped(Answer):
    column: str
    why: Sentence = ""


class Additions(Answer):
    """To one model: what it is, derived columns, rules of the business, and new marts over it; what
    of it should not be there, and what to ask the user."""

    parts = frozenset({
        "description", "columns", "rules", "accepted", "marts", "drop_columns", "questions", "tags",
        "drop",
    })  # fmt: skip

    description: Sentence = ""
    columns: list[Column] = Field(default=[], max_length=12)
    rules: list[Rule] = Field(default=[], max_length=8)
    accepted: list[Accepted] = Field(default=[], max_length=6)
    marts: list[Mart] = Field(default=[], max_length=5)
    drop_columns: list[Dropped] = Field(default=[], max_length=10)
    drop: Sentence = ""
    tags: list[Name] = Field(default=[], max_length=5)
    questions: list[Asked] = Field(default=[], max_length=3)
