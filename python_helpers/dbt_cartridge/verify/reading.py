"""Our own tests in the copy: one query per model that makes the warehouse compute every column.

An ephemeral model that no test reads is never run, and a test of its key never evaluates a cast in
another column; building it would. `count(column)` over all of them does, in one pass.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator

from dbt_cartridge.documents.design import Design, Model
from dbt_cartridge.documents.files import File
from dbt_cartridge.verify.host_copy import READS

_COLUMNS = 400  # a query: PostgreSQL has no more than 1,664
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
# What `adapter.quote` puts around a name, where we know: hundreds of calls a test are half of the
# time that dbt takes for it.
_QUOTES = {
    "bigquery": "`", "duckdb": '"', "mysql": "`", "postgres": '"', "redshift": '"',
    "snowflake": '"',
}  # fmt: skip
_TEST = """\
{{{{ config(
    severity='warn', warn_if='>= 0', error_if='< 0', limit=none, where=none,
    fail_calc='max(case when {never} then 0 else cartridge_rows + 1 end)'
) }}}}
select
    count(*) as cartridge_rows{counts}
from {{{{ ref('{model}') }}}}{where}
"""


def read_name(model: str, part: int = 0) -> str:
    """The name of the test that reads `model`. The first part says how many rows it has."""
    return f"{READS}__{model}" + (f"__part_{part}" if part else "")


_OURS = re.compile(rf"{READS}(?:_rows|_sums)?__(?P<model>.+?)(?:__part_\d+|__older)?\Z")


def model_of(name: str) -> str | None:
    """The model that a test of ours is about, be it of its columns, its rows or its sums."""
    found = _OURS.match(name)
    return found and found["model"]


def is_reading(name: str) -> bool:
    return name.startswith(f"{READS}__")


def reading_tests(design: Design, unread: Collection[str] = ()) -> Iterator[File]:
    """The tests' files. A result's `failures` is one more than the rows, its status always `warn`.

    One more, since of dbt v2's warnings 0 failures alone tell a statement that failed.

    Args:
        unread: models that are read through a filter that lets no row through.
    """
    for model in design.models:
        where = "\nwhere 1 = 0" if model.name in unread else ""
        for part, columns in enumerate(_parts(design, model)):
            text = _text(model.name, columns, design.adapter, where)
            yield File(path=f"{READS}/{read_name(model.name, part)}.sql", text=text, kind="sql")


def read_parts(design: Design, model: Model) -> int:
    """How many tests read `model`."""
    return len(_parts(design, model))


def _parts(design: Design, model: Model) -> list[tuple[str, ...]]:
    names = dict.fromkeys(column.name for column in model.columns)
    for snapshot in design.snapshots:  # what it reads must be there, though it never runs here
        if snapshot.model == model.name and snapshot.source is None:
            more = (*snapshot.unique_key, *snapshot.check_columns, snapshot.updated_at or "")
            names |= dict.fromkeys(name for name in more if name and name != "all")
    columns = tuple(names)
    return [columns[at : at + _COLUMNS] for at in range(0, len(columns), _COLUMNS)] or [()]


def _text(model: str, columns: tuple[str, ...], adapter: str, where: str) -> str:
    counted = {f"cartridge_{i}": f"count({quoted(n, adapter)})" for i, n in enumerate(columns)}
    return _TEST.format(
        never=" or ".join(f"{alias} < 0" for alias in counted) or "1 = 0",
        counts="".join(f",\n    {count} as {alias}" for alias, count in counted.items()),
        model=model,
        where=where,
    )


def quoted(name: str, adapter: str, stored: bool = False) -> str:
    """A column of a model; `stored`: as the warehouse itself has it."""
    if not is_quoted(name, adapter, stored):
        return name
    if _PLAIN.match(name) and (quote := _QUOTES.get(adapter)):
        return f"{quote}{name}{quote}"
    return f"{{{{ adapter.quote({json.dumps(name)}) }}}}"


def is_quoted(name: str, adapter: str, stored: bool = False) -> bool:
    """Where unquoted names are stored in upper case, the models' plain names are unquoted."""
    return adapter != "snowflake" or stored or not _PLAIN.match(name)
