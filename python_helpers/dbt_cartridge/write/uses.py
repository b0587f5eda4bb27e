"""Where the user's own code names what is gone from the warehouse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dbt_cartridge.documents.changes import SchemaChange
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.write.code import host_code, lines_that_name, refs, sources
from dbt_cartridge.write.decide import Decision

_MOST = 50  # places of one change


@dataclass(frozen=True)
class _Code:
    path: str
    text: str
    reads: frozenset[str]  # names of models, and of source tables


def with_uses(
    changes: Iterable[SchemaChange],
    decision: Decision,
    files: Files,
    host: Host,
    project_dir: Path,
) -> tuple[SchemaChange, ...]:
    """The changes, each with the lines of the user's code that still name what is gone.

    A column is looked for by its own name and by the one that staging gave it, in files that read
    a model or source made from its table, and in generated files that the user edited.
    """
    listed = list(changes)
    if not any(change.kind in ("dropped", "renamed") for change in listed):
        return tuple(listed)
    code = list(_user_code(decision, files, host, project_dir))
    return tuple(
        change.model_copy(update={"used": tuple(_used(change, code, decision))[:_MOST]})
        if change.kind in ("dropped", "renamed")
        else change
        for change in listed
    )


def _user_code(decision: Decision, files: Files, host: Host, project_dir: Path) -> Iterator[_Code]:
    ours: set[str] = set()
    for outcome in decision.outcomes:
        text, file = outcome.text, files.by_path.get(outcome.generated)
        ours.add(outcome.path)
        if text is not None and outcome.action != "prune" and (file is None or text != file.text):
            yield _code(outcome.path, text, {outcome.model})
    rest = {entry.at or path: path for path, entry in decision.ledger.entries.items()}
    for path, text in host_code(host, project_dir, ours):
        if path not in rest or text != decision.ledger.bases.get(rest[path]):
            yield _code(path, text, set())


def _code(path: str, text: str, own: set[str]) -> _Code:
    return _Code(path, text, refs(text) | {table for _, table in sources(text)} | own)


def _used(change: SchemaChange, code: Iterable[_Code], decision: Decision) -> Iterator[str]:
    relation, column = _split(change.where)
    made = [e for e in decision.ledger.entries.values() if e.kind == "sql"]
    table = relation.split(".", 1)[-1].casefold()
    names = {table, *(n for e in made if e.relations == (relation,) for n in e.describes)}
    words = {column, *_names_in_staging(column, relation, decision)} if column else names
    # A column goes on into what is made of several tables; a table's name does not.
    wide = {n for e in made if column and relation in e.relations for n in e.describes}
    for each in code:
        if {n.casefold() for n in each.reads} & {n.casefold() for n in names | wide}:
            for number in lines_that_name(each.text, words):
                yield f"{each.path}:{number}"


def _split(where: str) -> tuple[str, str]:
    """`raw.orders.total` → (`raw.orders`, `total`); a table has no column."""
    schema, _, rest = where.partition(".")
    table, dot, column = rest.partition(".")
    return (f"{schema}.{table}", column) if dot else (where, "")


def _names_in_staging(column: str, relation: str, decision: Decision) -> Iterator[str]:
    """What the generated SQL called it: `cust_no as customer_number`."""
    renamed = re.compile(rf"(?<!\w){re.escape(column)}(?!\w).*\bas\s+[\"`]?(\w+)[\"`]?,?\s*$", re.I)
    for path, entry in decision.ledger.entries.items():
        if entry.kind == "sql" and entry.relations == (relation,):
            for line in decision.ledger.bases.get(path, "").splitlines():
                if match := renamed.search(line):
                    yield match[1]
