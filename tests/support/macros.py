"""The package's macros without dbt: the SQL text of a request, in any warehouse's dialect.

dbt makes a template of each macro, finds an adapter's own by `dispatch`, and takes what `return`
was given in place of the text. That is all that these macros need of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

import jinja2
import jinja2.ext

from tests.support.host import REPOSITORY

_MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\(.*?{%-?\s*endmacro\s*-?%}", re.DOTALL)
_PARENTS = {"redshift": ("postgres",)}


class _Returned(Exception):
    """What a macro handed to `return`."""


def sql(adapter: str, verb: str, request: Mapping[str, Any], database: str = "db") -> str:
    """The statement by which `adapter` answers a request, as the helper would send it."""
    return str(_macros(adapter, database)["_cartridge_sql"](verb, request))


@cache
def _macros(adapter: str, database: str) -> Mapping[str, Callable[..., Any]]:
    environment = jinja2.Environment(extensions=[jinja2.ext.do])
    found: dict[str, Callable[..., Any]] = {}

    def handed_back(value: Any) -> None:
        raise _Returned(value)

    def dispatched(name: str, package: str) -> Callable[..., Any]:
        assert package == "cartridge"
        places = (adapter, *_PARENTS.get(adapter, ()), "default")
        return next(found[f"{p}__{name}"] for p in places if f"{p}__{name}" in found)

    def refused(message: str) -> None:
        raise AssertionError(message)

    environment.globals.update(
        {
            "return": handed_back,
            "adapter": SimpleNamespace(
                dispatch=dispatched, type=lambda: adapter, list_schemas=lambda database: ["raw"]
            ),
            "exceptions": SimpleNamespace(raise_compiler_error=refused),
            "modules": SimpleNamespace(re=re),
            "target": SimpleNamespace(database=database, schema="analytics"),
            "tojson": json.dumps,
            "cartridge": SimpleNamespace(),
        }
    )
    for path in sorted((REPOSITORY / "macros").rglob("*.sql")):
        for match in _MACRO.finditer(path.read_text("utf-8")):
            # Jinja exports no name that begins with an underscore.
            text = match[0].replace(match[1], f"macro_{match[1]}", 1)
            found[match[1]] = _called(environment.from_string(text), f"macro_{match[1]}")
    environment.globals.update(found)
    vars(environment.globals["cartridge"]).update(found)
    return found


def _called(template: jinja2.Template, name: str) -> Callable[..., Any]:
    def call(*given: Any, **named: Any) -> Any:
        try:
            return getattr(template.module, name)(*given, **named)
        except _Returned as returned:
            return returned.args[0]

    return call
