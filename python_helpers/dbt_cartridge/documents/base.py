"""What every document is: closed, frozen, and saved as JSON under `target/cartridge/`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)
from typing_extensions import Self

from dbt_cartridge.errors import DocumentError

CLOSED = ConfigDict(extra="forbid")
"""`__pydantic_config__` of parts that are dataclasses with slots: those that a document has by the
hundred thousand, since a model takes eight times their memory."""

_NOBODY_ASKS: set[str] = set()


class Frozen(BaseModel):
    """A part of a document. How it is checked is worked out when the first one is made: a run makes
    few of the kinds that there are."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def model_post_init(self, context: Any, /) -> None:
        """Which fields were given is asked nowhere; a set of them in each part would be a sixth of
        a large run's memory."""
        object.__setattr__(self, "__pydantic_fields_set__", _NOBODY_ASKS)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values.

        What the original has cached (`by_name`) was made of its own values, and is left behind:
        pydantic would take it along. It is made by hand, since a run makes them by the ten
        thousand, and pydantic's takes three times as long.
        """
        own = vars(self)
        values = {name: own[name] for name in type(self).model_fields if name in own}
        values = {**(deepcopy(values) if deep else values), **(update or {})}
        copied = object.__new__(type(self))
        object.__setattr__(copied, "__dict__", values)
        object.__setattr__(copied, "__pydantic_fields_set__", _NOBODY_ASKS)
        object.__setattr__(copied, "__pydantic_extra__", None)
        object.__setattr__(copied, "__pydantic_private__", None)
        return copied


class Tagged(Frozen):
    """One of several forms, told apart by `kind`: it is saved though it is the default."""

    @model_serializer(mode="wrap")
    def _with_its_kind(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"kind": getattr(self, "kind", None), **serialize(self)}


class Document(Frozen):
    """What one step hands to the next.

    A run can be looked into, resumed from any step, and replayed without a warehouse. Programs of
    others read it too: a field that is added leaves `format_version` as it is, whatever else
    changes raises it (docs/documents.md).
    """

    file_name: ClassVar[str]

    format_version: Literal[1] = 1

    def save(self, folder: Path) -> Path:
        """Write the document into `folder` and return its path. Same content, same bytes.

        Raises:
            DocumentError: it cannot be written there.
        """
        path = folder / self.file_name
        put(path, _numbered(self.text(), self.format_version) + "\n")
        return path

    def text(self) -> str:
        """As JSON. What is as it is where nothing was said is left out."""
        return self.model_dump_json(indent=1, exclude_defaults=True)

    @classmethod
    def last(cls, folder: Path) -> Self | None:
        """What an earlier run left in `folder`, if this version can read it."""
        try:
            return cls.load(folder)
        except DocumentError:
            return None

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the document from `folder`.

        Raises:
            DocumentError: it is missing, damaged, or was written by another version.
        """
        path = folder / cls.file_name
        try:
            return cls.model_validate_json(path.read_text("utf-8"))
        except FileNotFoundError:
            raise DocumentError(
                f"{path} does not exist. Run the earlier steps first: leave out --from."
            ) from None
        except OSError as error:
            raise DocumentError(
                f"{path} cannot be read ({error.strerror or error}). Move it away, and run the "
                "earlier steps again: leave out --from."
            ) from error
        except (ValidationError, ValueError) as error:
            raise DocumentError(
                f"{path} cannot be read by this version of cartridge ({_first(error)}). "
                "Run the earlier steps again: leave out --from."
            ) from error


def _numbered(text: str, version: int) -> str:
    """With the format's version, which is a default and left out with the others."""
    if text.startswith(key := '{\n "format_version"'):
        return text
    return f"{key}: {version}{',' if len(text) > 2 else chr(10)}{text[1:]}"


def documents_folder(project_dir: Path) -> Path:
    """Where a run leaves its documents."""
    return project_dir / "target" / "cartridge"


def put(path: Path, text: str) -> None:
    """Write a file of a run's folder: whole or not at all, and never through a link.

    Raises:
        DocumentError: there is a folder of that name, a file where its folder belongs, no room, …
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        where = error.filename or path
        raise DocumentError(
            f"{path} cannot be written ({where}: {error.strerror or error}). The project is as it "
            "was. A run keeps its documents in target/cartridge/: make that a folder that can be "
            "written to."
        ) from error


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        detail = error.errors()[0]
        where = ".".join(str(part) for part in detail["loc"])
        return f"{where}: {detail['msg']}" if where else str(detail["msg"])
    return str(error)
