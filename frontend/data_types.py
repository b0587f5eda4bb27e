"""Writes `src/data.ts`: the types of what a page holds, as `report/page_data.py` declares them.

.venv/bin/python frontend/data_types.py
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from dbt_cartridge.report.page_data import PageData

TARGET = Path(__file__).parent / "src" / "data.ts"
HEAD = """\
// Written by frontend/data_types.py from report/page_data.py.
// A field that has its default value is absent.
"""
SCALARS: dict[Any, str] = {str: "string", int: "number", float: "number", bool: "boolean"}


def text() -> str:
    """All interfaces that PageData needs, each after those that it uses."""
    return HEAD + "".join(_interface(model) for model in _models(PageData, set()))


def _models(model: type[BaseModel], seen: set[type]) -> Iterator[type[BaseModel]]:
    seen.add(model)
    for field in model.model_fields.values():
        for part in _parts(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel) and part not in seen:
                yield from _models(part, seen)
    yield model


def _parts(annotation: Any) -> Iterator[Any]:
    arguments = get_args(annotation)
    if not arguments or get_origin(annotation) is Literal:
        yield annotation
    for argument in arguments:
        yield from _parts(argument)


def _interface(model: type[BaseModel]) -> str:
    lines = [
        f"  {name}{'' if field.is_required() else '?'}: {_type(field.annotation)};\n"
        for name, field in model.model_fields.items()
    ]
    return f"\nexport interface {model.__name__} {{\n{''.join(lines)}}}\n"


def _type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in SCALARS:
        return SCALARS[annotation]
    if origin is Literal:
        return " | ".join(f'"{value}"' for value in arguments)
    if origin in (Union, types.UnionType):
        return " | ".join("null" if a is type(None) else _type(a) for a in arguments)
    if origin is tuple:
        return f"{_type(arguments[0])}[]"
    if origin is dict:
        return f"Record<{_type(arguments[0])}, {_type(arguments[1])}>"
    return annotation.__name__


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
