"""Verdicts: what dbt said of the generated project, and what follows from it."""

from __future__ import annotations

from typing import ClassVar, Literal

from dbt_cartridge.documents.base import Document, Frozen
from dbt_cartridge.documents.design import Test
from dbt_cartridge.documents.scan import Problem


class ModelVerdict(Frozen):
    """`rows` and what follows it are None where the rows were not read.

    Unproved: it was asked, and the answer (a time-out, a quota) says nothing of it.
    """

    model: str
    status: Literal["pass", "error", "skipped", "unproved"]
    message: str = ""
    rows: int | None = None
    left_out: int | None = None  # rows of the source that the model does not show
    superseded: int | None = None  # of those, versions that a later one replaced
    sums: tuple[str, ...] = ()  # columns whose sum is the one that it has to be


class TestVerdict(Frozen):
    owner: str  # a model's name, or `source_name.table_name`
    test: Test
    status: Literal["pass", "fail", "error", "skipped", "unproved"]
    failures: int = 0
    rows: int | None = None  # rows of the owner, where known
    message: str = ""


class Verdicts(Document):
    file_name: ClassVar[str] = "verdicts.json"

    level: Literal["none", "sql", "data"]
    models: tuple[ModelVerdict, ...] = ()
    tests: tuple[TestVerdict, ...] = ()
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    lost: tuple[str, ...] = ()  # models that were designed and did not hold
    texts: str = ""  # `Files.digest` of what they are about
    broken: tuple[str, ...] = ()  # models that do not run with the user's edits

    @property
    def clean(self) -> bool:
        return not any(m.status == "error" for m in self.models) and not any(
            t.status in ("fail", "error") for t in self.tests
        )
