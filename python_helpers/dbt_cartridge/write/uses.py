"""Where the user's own code names what is gone from the warehouse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dbt_cartridge.documents.changes import SchemaChange
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.write.code import calls, host_code, lines_that_name, sources
from dbt_cartridge.write.decide import Decision
from dbt_cartridge.write.described import described
from dbt_cartridge.write.yaml_nodes import NotMergeable

_MOST = 50  # places of one change
_YAML = (".yml", ".yaml")


@dataclass(frozen=True)
class _Code:
    path: str
    text: str
    own: str  # the model that it is, where it is a generated one that the user edited
    ours: bool  # generated, whatever the user did to it since

    @property
    def is_yaml(self) -> bool:
        return self.path.endswith(_YAML)


@dataclass(frozen=True)
class _Gone:
    """What the code may name that is gone, or stands on what is.

    A table's is what was made of it alone; a column's, what has any column of its table.
    """

    relation: str  # `raw.orders`
    models: frozenset[str]
    tables: frozenset[tuple[str, str]]  # (source, table)
    column: str = ""

    @cached_property
    def called(self) -> frozenset[tuple[str, ...]]:
        """As `calls` gives them, in lower case."""
        return frozenset(_folded(each) for each in (*((m,) for m in self.models), *self.tables))


def with_uses(
    changes: Iterable[SchemaChange],
    decision: Decision,
    files: Files,
    host: Host,
    project_dir: Path,
) -> tuple[SchemaChange, ...]:
    """The changes, each with the lines of the user's code that still name what is gone.

    A table is named where it is called: by `source()`, by `ref()` of a model that goes with it, in
    the entry of YAML that declares or describes it, by its schema and name. A word that happens to
    be its name is none. A column is looked for by its own name and by the one that staging gave
    it, in files that read what is made from its table, and in generated files that the user edited.
    """
    listed = list(changes)
    if not any(change.kind in ("dropped", "renamed") for change in listed):
        return tuple(listed)
    code = list(_user_code(decision, files, host, project_dir))
    return tuple(
        change.model_copy(update={"used": tuple(_used(change, code, decision, host))[:_MOST]})
        if change.kind in ("dropped", "renamed")
        else change
        for change in listed
    )


def _user_code(decision: Decision, files: Files, host: Host, project_dir: Path) -> Iterator[_Code]:
    """The user's files, and of the generated ones those that they edited."""
    bases = decision.ledger.bases
    decided: set[str] = set()
    for outcome in decision.outcomes:
        text, file = outcome.text, files.by_path.get(outcome.generated)
        decided.add(outcome.path)
        made = bases.get(outcome.generated) if file is None else file.text
        if text is not None and outcome.action != "prune" and text != made:
            theirs = outcome.action == "clash"
            yield _Code(outcome.path, text, "" if theirs else outcome.model, not theirs)
    rest = {entry.at or path: path for path, entry in decision.ledger.entries.items()}
    for path, text in host_code(host, project_dir, decided):
        if path not in rest or text != bases.get(rest[path]):
            yield _Code(path, text, "", path in rest)


def _used(
    change: SchemaChange, code: Iterable[_Code], decision: Decision, host: Host
) -> Iterator[str]:
    gone = _gone(change, decision, host)
    words = {gone.column, *_names_in_staging(gone, decision)}
    for each in code:
        lines = _of_column(each, gone, words) if gone.column else _of_table(each, gone)
        for line in sorted(set(lines)):
            yield f"{each.path}:{line}"


def _gone(change: SchemaChange, decision: Decision, host: Host) -> _Gone:
    relation, column = _split(change.where)
    schema, _, table = relation.partition(".")
    made = {p: e for p, e in decision.ledger.entries.items() if e.kind == "sql"}
    left = {o.generated for o in decision.outcomes if o.action in ("stale", "prune")}
    tables = {
        (source.name, its)
        for source in host.sources
        if source.schema_name.casefold() == schema.casefold() and (its := source.table_of(table))
    }
    for path, entry in made.items():
        if entry.relations == (relation,):
            tables |= sources(decision.ledger.bases.get(path, ""))
    models = (
        name
        for path, entry in made.items()
        if relation in entry.relations and (column or path in left)
        for name in entry.describes
    )
    return _Gone(relation, frozenset(models), frozenset(tables), column)


# ---------------------------------------------------------------- a table


def _of_table(code: _Code, gone: _Gone) -> Iterator[int]:
    yield from (line for call, line in calls(code.text) if _folded(call) in gone.called)
    if not code.is_yaml:
        yield from lines_that_name(code.text, {gone.relation})
    elif not code.ours:  # what ours say of it goes with it
        with suppress(NotMergeable):
            for entry in described(code.text):
                if _folded(entry.names) in gone.called:
                    yield entry.line


# ---------------------------------------------------------------- a column


def _of_column(code: _Code, gone: _Gone, words: set[str]) -> Iterator[int]:
    named = list(lines_that_name(code.text, words))
    reading = [line for call, line in calls(code.text) if _folded(call) in gone.called]
    if not code.is_yaml:
        if reading or _folded((code.own,)) in gone.called:
            yield from named
        return
    with suppress(NotMergeable):
        for entry in described(code.text):
            if _folded(entry.names) in gone.called or any(n in entry.lines for n in reading):
                yield from (line for line in named if line in entry.lines)


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.casefold() for name in names)


def _split(where: str) -> tuple[str, str]:
    """`raw.orders.total` → (`raw.orders`, `total`); a table has no column."""
    schema, _, rest = where.partition(".")
    table, dot, column = rest.partition(".")
    return (f"{schema}.{table}", column) if dot else (where, "")


def _names_in_staging(gone: _Gone, decision: Decision) -> Iterator[str]:
    """What the generated SQL called the column: `cust_no as customer_number`."""
    column = re.escape(gone.column)
    renamed = re.compile(rf"(?<!\w){column}(?!\w).*\bas\s+[\"`]?(\w+)[\"`]?,?\s*$", re.I)
    for path, entry in decision.ledger.entries.items() if gone.column else ():
        if entry.kind == "sql" and entry.relations == (gone.relation,):
            for line in decision.ledger.bases.get(path, "").splitlines():
                if match := renamed.search(line):
                    yield match[1]
