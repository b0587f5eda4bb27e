"""A scan that dbt left in the warehouse, where it had no Python: the replies, not the conclusions.

`macros/_cartridge_store.sql` asks the same verbs that the scan asks, and keeps what came back. Here
the scan asks again and is answered from there; what was not kept is asked of the warehouse.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.written import WrittenJoin
from dbt_cartridge.engine.base import DbtCommand, Engine, Reply, Request, Row, Target, in_order
from dbt_cartridge.errors import ScanError

_BY_TABLE = frozenset({"profile", "json"})
# What must be the same for a kept reply to be the answer.
_READ_AS = ("sample",)
Place = tuple[str, str, str]  # verb, schema, table


@dataclass(frozen=True)
class _Kept:
    """A reply about columns of one table; `rows` begin with the numbers of table and column."""

    table: Mapping[str, Any]
    rows: tuple[Row, ...]


@dataclass
class _Scan:
    header: Mapping[str, Any]
    catalogue: dict[str, Reply] = field(default_factory=dict[str, Reply])
    tables: dict[Place, list[_Kept]] = field(
        default_factory=lambda: defaultdict[Place, list[_Kept]](list)
    )


class StoredEngine:
    """Answers the questions of a scan from a kept one; all else, and what is missing, is asked."""

    def __init__(self, engine: Engine, kept: _Scan) -> None:
        self._engine = engine
        self._kept = kept

    @property
    def project_dir(self) -> Path:
        return self._engine.project_dir

    @property
    def target(self) -> Target:
        return self._engine.target

    @property
    def command(self) -> DbtCommand:
        return self._engine.command

    @property
    def statements(self) -> int:
        return self._engine.statements

    def host(self, project_dir: Path) -> Host:
        return self._engine.host(project_dir)

    def joins(self, host: Host) -> tuple[WrittenJoin, ...]:
        return self._engine.joins(host)

    def built(self) -> frozenset[tuple[str, str]]:
        return self._engine.built()

    def released(self) -> AbstractContextManager[None]:
        return self._engine.released()

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        missing: list[int] = []
        partly: dict[int, tuple[Row, ...]] = {}
        asked: list[Request] = []
        for position, request in enumerate(requests):
            rows, rest = self._answer(request)
            if rest is None:
                yield position, Reply(rows=rows)
            else:
                missing.append(position)
                partly[position] = rows
                asked.append(rest)
        for number, reply in self._engine.ask(asked) if asked else ():
            position = missing[number]
            whole = Reply(rows=(*partly[position], *reply.rows), error=reply.error)
            yield position, whole

    def estimate(self, requests: Sequence[Request]) -> int | None:
        rest = [self._answer(request)[1] for request in requests]
        asked = [request for request in rest if request is not None]
        return self._engine.estimate(asked) if asked else 0

    def _answer(self, request: Request) -> tuple[tuple[Row, ...], Request | None]:
        """The rows that were kept, and what is still to be asked."""
        if request.verb in _BY_TABLE:
            return self._by_table(request)
        kept = self._kept.catalogue.get(request.verb)
        same = list(request.body.get("schemas", ())) == list(self._kept.header["schemas"])
        if kept is None or not (same or request.verb == "schemas"):
            return (), request
        return kept.rows, None

    def _by_table(self, request: Request) -> tuple[tuple[Row, ...], Request | None]:
        rows: list[Row] = []
        rest: list[Mapping[str, Any]] = []
        for table in request.body["tables"]:
            found = self._rows(request.verb, table)
            if found is None:
                rest.append(table)
            else:
                rows += found
        return tuple(rows), Request(
            request.verb, {**request.body, "tables": rest}
        ) if rest else None

    def _rows(self, verb: str, table: Mapping[str, Any]) -> list[Row] | None:
        """The kept rows under the numbers that `table` gives them; None if a column is missing."""
        numbers = {str(column[1]): str(column[0]) for column in table["columns"]}
        known: set[str] = set()
        rows: list[Row] = []
        for kept in self._kept.tables.get((verb, table["schema"], table["name"]), ()):
            if any(kept.table.get(name) != table.get(name) for name in _READ_AS):
                continue
            names = {str(column[0]): str(column[1]) for column in kept.table["columns"]}
            known |= set(names.values())
            rows += [
                (str(table["no"]), numbers[names[str(row[1])]], *row[2:])
                for row in kept.rows
                if names.get(str(row[1])) in numbers
            ]
        return rows if numbers.keys() <= known else None


def stored(engine: Engine, settings: Settings) -> tuple[StoredEngine, Settings]:
    """An engine that answers from the newest kept scan, and the settings that it was made with.

    Raises:
        ScanError: there is none, of the schemas that `settings` name, or it is damaged.
    """
    header, identity = _newest(engine, settings)
    (reply,) = in_order(engine.ask([Request("scans", {"scan": identity})]), 1)
    parts = _parts(reply)
    parts.pop(0, None)
    if reply.error is not None or len(parts) != header["replies"]:
        why = reply.error or "parts are gone"
        raise ScanError(
            f"The scan {identity} in cartridge_scans is not whole: {why}. Have dbt run "
            "`cartridge_generate` again."
        )
    kept = _Scan(header)
    for text in parts.values():
        _take(json.loads(text), kept)
    used = {name: header[name] for name in ("profile", "sample_rows")}
    database = settings.database or header["database"]
    update = {**used, "schemas": tuple(header["schemas"]), "database": database}
    return StoredEngine(engine, kept), settings.model_copy(update=update)


def _newest(engine: Engine, settings: Settings) -> tuple[Mapping[str, Any], str]:
    where = f"{engine.target.schema}.cartridge_scans"
    (reply,) = in_order(engine.ask([Request("scans", {"scan": None})]), 1)
    if reply.error is not None:
        raise ScanError(
            f"No scan can be read from {where}: {reply.error}. Have dbt run `dbt run-operation "
            "cartridge_generate --args '{schemas: [raw]}'` where it has no helper, with the same "
            "target schema as here."
        )
    headers = {str(row[0]): json.loads(row[3] or "{}") for row in reply.rows}
    wanted = set(settings.schemas)
    fitting = {
        identity: header
        for identity, header in headers.items()
        if not wanted or wanted == set(header["schemas"])
    }
    if not fitting:
        known = "; ".join(sorted(", ".join(header["schemas"]) for header in headers.values()))
        raise ScanError(
            f"{where} holds no scan of {', '.join(sorted(wanted)) or 'anything'}. There are scans "
            f"of: {known or 'nothing'}. Have dbt run `cartridge_generate` for it, or name another."
        )
    newest = max(fitting)
    return fitting[newest], newest


def _parts(reply: Reply) -> dict[int, str]:
    chunks: dict[int, dict[int, str]] = defaultdict(dict)
    for _, part, chunk, content in reply.rows:
        chunks[int(part or 0)][int(chunk or 0)] = content or ""
    return {
        part: "".join(texts[number] for number in sorted(texts)) for part, texts in chunks.items()
    }


def _take(reply: Mapping[str, Any], kept: _Scan) -> None:
    rows = tuple(tuple(row) for row in reply["rows"])
    if reply["verb"] in _BY_TABLE:
        table = reply["table"]
        kept.tables[reply["verb"], table["schema"], table["name"]].append(_Kept(table, rows))
    else:
        kept.catalogue[reply["verb"]] = Reply(rows=rows)
