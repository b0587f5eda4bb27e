"""Statements put to the warehouse, and their answers read as dbt would have told them.

A statement that fails is taken apart: its model's reading first, then every test alone, so that
each gets the words that are its own. What says nothing of the SQL (a time-out, a quota, a lost
connection) is asked once more, and then is unproved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from dbt_cartridge.engine.base import Engine, Reply, Request
from dbt_cartridge.engine.build import NodeResult
from dbt_cartridge.engine.failures import says_nothing
from dbt_cartridge.engine.nodes import Thresholds
from dbt_cartridge.verify.statements import Foreign, Item, Ours, Statement, alone
from dbt_cartridge.verify.unfinished import Unfinished, key_of

LATE = "the time for the proof (verify_max_seconds) was over"
_NO_NUMBER = "the test gives no number"


@dataclass
class Asking:
    """One round of questions. `results`: by unique id, as they come.

    Args:
        told: called with each result.
        late: whether the time for all of it is over.
        kept: answers of a proof that was interrupted, and those of this one.
        tables: what a statement reads, each with its mark.
    """

    engine: Engine
    told: Callable[[NodeResult], None]
    late: Callable[[], bool]
    results: dict[str, NodeResult] = field(default_factory=dict[str, NodeResult])
    kept: Unfinished = field(default_factory=Unfinished)
    tables: Callable[[Statement], Iterable[str]] = lambda _: ()

    def ask(self, statements: Sequence[Statement]) -> None:
        failed = self._asked(statements)
        apart = [each for each, _ in failed if len(each.items) > 1]
        again = [each for each, why in failed if len(each.items) == 1 and says_nothing(why)]
        self._taken_apart(apart)
        self._alone(again, last=True)

    def _taken_apart(self, statements: Sequence[Statement]) -> None:
        readings = [item for each in statements for item in each.items if _reads(item)]
        self._alone(map(alone, readings))
        broken = {id(each) for each in statements if any(map(self._broken, each.items))}
        for each in statements:
            if id(each) in broken:
                reading = next(item for item in each.items if self._broken(item))
                why = self.results[reading.node.unique_id]
                self._tell_all(each, why.status, why.message)
        rest = [
            item for each in statements if id(each) not in broken
            for item in each.items if not _reads(item)
        ]  # fmt: skip
        self._alone(map(alone, rest))

    def _alone(self, statements: Iterable[Statement], last: bool = False) -> None:
        failed = self._asked(tuple(statements), last)
        again = [each for each, why in failed if says_nothing(why)]
        if again and not last:
            self._alone(again, last=True)

    def _asked(
        self, statements: Sequence[Statement], last: bool = False
    ) -> list[tuple[Statement, str]]:
        """Those that failed. What is single and wrong, or asked for the last time, is told."""
        failed: list[tuple[Statement, str]] = []
        keys = [key_of(each.sql, *self.tables(each)) for each in statements]
        asked: list[int] = []
        for place, key in enumerate(keys):
            if (reply := self.kept.known(key)) is not None:
                self._read(statements[place], reply)
            else:
                asked.append(place)
        waiting = {place: statements[place] for place in asked}
        requests = [Request("statement", {"sql": each.sql}) for each in waiting.values()]
        if not requests:
            return []
        for number, reply in self.engine.ask(requests):
            place = asked[number]
            statement = waiting.pop(place)
            self.kept.keep(keys[place], reply)
            why = self._read(statement, reply)
            if why is None:
                pass
            elif len(statement.items) > 1 or (says_nothing(why) and not last):
                failed.append((statement, why))
            else:
                self._tell_all(statement, "unproved" if says_nothing(why) else "error", why)
            if self.late():
                break
        for statement in waiting.values():
            self._tell_all(statement, "unproved", LATE)
        return failed

    def _read(self, statement: Statement, reply: Reply) -> str | None:
        """Why there is no answer; None where there is one."""
        if reply.error is not None:
            return reply.error
        cells = _row(reply)
        for place, item in enumerate(statement.items):
            if isinstance(item, Foreign):
                found = _of_dbt(item, cells)
            else:
                found = _counted(item, cells[place] if place < len(cells) else None)
            self._tell(item, found)
        return None

    def _tell_all(self, statement: Statement, status: str, why: str) -> None:
        for item in statement.items:
            self._tell(item, NodeResult(item.node.unique_id, status, 0, why))

    def _tell(self, item: Item, result: NodeResult) -> None:
        if item.node.unique_id not in self.results:
            self.told(result)
        self.results[item.node.unique_id] = result

    def _broken(self, item: Item) -> bool:
        result = self.results.get(item.node.unique_id)
        return _reads(item) and result is not None and result.status in ("error", "unproved")


def _reads(item: Item) -> bool:
    return isinstance(item, Ours) and item.reads


# ---------------------------------------------------------------- a cell as a verdict


def _row(reply: Reply) -> Sequence[object]:
    return reply.rows[0] if len(reply.rows) == 1 else ()


def _counted(item: Item, cell: object) -> NodeResult:
    unique_id, judged_by = item.node.unique_id, item.node.judged_by
    if (failures := _number(cell)) is None:
        return NodeResult(unique_id, "error", 0, _NO_NUMBER)
    if isinstance(item, Ours):
        return NodeResult(unique_id, "warn", failures)
    return NodeResult(unique_id, _status(failures != 0, failures != 0, judged_by), failures)


def _of_dbt(item: Foreign, cells: Sequence[object]) -> NodeResult:
    failures, *said = cells or (None,)
    number = _number(failures)
    if number is None:
        return NodeResult(item.node.unique_id, "error", 0, _NO_NUMBER)
    warns, fails = (str(cell).casefold() in ("true", "t", "1") for cell in said)
    status = _status(warns, fails, item.node.judged_by)
    return NodeResult(item.node.unique_id, status, 0 if status == "pass" else number)


def _status(warns: bool, fails: bool, judged_by: Thresholds) -> str:
    """As dbt says it of a test's `should_warn` and `should_error`."""
    if judged_by.severity == "error" and fails:
        return "fail"
    return "warn" if warns else "pass"


def _number(cell: object) -> int | None:
    try:
        return None if cell is None else int(Decimal(str(cell)))
    except (InvalidOperation, ValueError, OverflowError):
        return None
