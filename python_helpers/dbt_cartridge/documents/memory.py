"""What the warehouse and dbt said before, and of which rows: it need not be asked of them again."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from dbt_cartridge.documents.base import Document, Frozen
from dbt_cartridge.documents.probe import Answer
from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.documents.verdicts import ModelVerdict, TestVerdict


class Answers(Document):
    """Answers of probes, by a digest of the question and of the marks of its relations."""

    file_name: ClassVar[str] = "answers.json"

    made_by: str = ""  # the version of cartridge
    answers: dict[str, Answer] = Field(default={})


class EditsFound(Frozen):
    """What dbt said of the files as they will stand with the user's edits."""

    problems: tuple[Problem, ...] = ()
    refuted: dict[str, str] = Field(default={})  # path → why ours must not be written there
    broken: tuple[str, ...] = ()  # models that do not run
    outdated: dict[str, str] = Field(default={})  # path of an earlier run's → why it runs no more


class Proofs(Document):
    """Verdicts, by digests of all that they depend on: texts, marks, versions, macros."""

    file_name: ClassVar[str] = "proofs.json"

    models: dict[str, ModelVerdict] = Field(default={})
    tests: dict[str, TestVerdict] = Field(default={})
    parsed: tuple[str, ...] = ()  # whole sets of files that dbt has parsed
    edits: dict[str, EditsFound] = Field(default={})
    types: dict[str, dict[str, str]] = Field(default={})  # column → type, of models under contract
