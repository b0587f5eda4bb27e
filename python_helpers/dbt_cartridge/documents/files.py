"""Files: the text of the generated project, before it is proved or written."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field

from dbt_cartridge.documents.base import Document, Frozen
from dbt_cartridge.documents.design import LeftOut

FileKind = Literal["sql", "yaml", "markdown"]


class File(Frozen):
    path: str  # from the host's root, with forward slashes
    text: str
    kind: FileKind
    describes: tuple[str, ...] = ()  # names of the models, sources, snapshots or macros in it
    relations: tuple[str, ...] = ()  # `Relation.id`s that it is made from, where it is a model's
    bounds: tuple[tuple[str, str], ...] = ()  # of a calendar: (model, column)
    layer: str = ""  # where it is a model's
    entity: str = ""  # what one row of it is called, where it is a model's
    extends: str = ""  # a file of the user's in which its sources' tables are to stand instead
    over: str = ""  # digest of the user's text that it extends and takes the place of
    follows: bool = False  # it is what the user made of it already, in our words


class Files(Document):
    file_name: ClassVar[str] = "files.json"

    files: tuple[File, ...] = ()  # ordered by path
    left_out: tuple[LeftOut, ...] = ()  # what could not be written safely
    renamed: dict[str, str] = Field(default={})  # model or snapshot → what it was called before

    def with_files(self, *more: File | None) -> Files:
        """With those that there are."""
        made = (*self.files, *(file for file in more if file is not None))
        return self.model_copy(update={"files": tuple(sorted(made, key=lambda file: file.path))})

    @cached_property
    def digest(self) -> str:
        """Of every path and text."""
        return hashlib.sha256(self.model_dump_json(include={"files"}).encode()).hexdigest()

    @cached_property
    def by_path(self) -> dict[str, File]:
        return {file.path: file for file in self.files}
