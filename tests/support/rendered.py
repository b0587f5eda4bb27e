"""An engine without dbt: the package's macros as they are rendered, on a DuckDB in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb

from dbt_cartridge.engine.base import Reply, Request, Target
from tests.support.macros import sql


class Rendered:
    """Answers requests as the helper's engines do; `sent` holds what was asked, in its order."""

    target = Target("duckdb", "memory", "analytics", 2, "1.11.16")

    def __init__(self, *made: str) -> None:
        """`made`: statements that fill the database."""
        self._connection = duckdb.connect(":memory:")
        self.sent: list[Request] = []
        for statement in made:
            self._connection.execute(statement)

    @property
    def statements(self) -> int:
        return len(self.sent)

    def built(self) -> frozenset[tuple[str, str]]:
        return frozenset()

    def estimate(self, requests: Sequence[Request]) -> int | None:
        return None

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        for position, request in enumerate(requests):
            self.sent.append(request)
            text = sql("duckdb", request.verb, request.body, "memory")
            try:
                rows = self._connection.execute(text).fetchall()
            except duckdb.Error as error:
                yield position, Reply(error=str(error))
            else:
                yield position, Reply(rows=tuple(tuple(row) for row in rows))
