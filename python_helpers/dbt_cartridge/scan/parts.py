"""What is asked of relations, cut into statements: small tables share one, large ones do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.engine.base import Engine, Reply, Request

MOST_COLUMNS = 200
"""Of one relation in one part: a wide table is read in parts."""

_COLUMNS_PER_STATEMENT = 750
_CELLS_PER_STATEMENT = 5_000_000


@dataclass(frozen=True)
class Part:
    """What one verb is asked of some columns of a relation; relation and columns by position.

    `rows`: how many of its rows are read, as far as that is known. `asked`: what is asked of each
    column beyond what is asked of all.
    """

    verb: str
    relation: int
    columns: tuple[int, ...]
    rows: int = 0
    sample: int | None = None  # how many rows are drawn; None: all are read
    asked: tuple[tuple[str, ...], ...] = ()

    @property
    def is_first(self) -> bool:
        """Of the parts of its relation."""
        return self.columns[:1] == (0,)


def cut(
    verb: str,
    number: int,
    columns: Sequence[int],
    rows: int,
    sample: int | None = None,
    most: int = MOST_COLUMNS,
) -> list[Part]:
    """The columns of one relation, in parts of at most so many."""
    return [
        Part(verb, number, tuple(columns[at : at + most]), rows, sample)
        for at in range(0, len(columns), most)
    ]


def statements(of: Sequence[Part]) -> list[list[Part]]:
    """The parts by the statements that they stand in."""
    found: list[list[Part]] = []
    columns = cells = 0
    for part in of:
        width = len(part.columns)
        size = min(width * max(1, part.rows), _CELLS_PER_STATEMENT)  # a large one fits alone
        full = columns + width > _COLUMNS_PER_STATEMENT or cells + size > _CELLS_PER_STATEMENT
        if not found or full:
            found.append([])
            columns = cells = 0
        found[-1].append(part)
        columns += width
        cells += size
    return found


def counts(numbers: Sequence[int], per_statement: int = 100) -> list[list[Part]]:
    """A part for each relation of which nothing but the size is asked."""
    of = [Part("counts", number, ()) for number in numbers]
    return [of[at : at + per_statement] for at in range(0, len(of), per_statement)]


def answered(
    engine: Engine, of: Sequence[list[Part]], request: Callable[[Sequence[Part]], Request]
) -> Iterator[tuple[list[Part], Reply]]:
    """The reply to each statement; one that fails is asked again part by part."""
    again: list[list[Part]] = []
    for asked in (of, again):
        for position, reply in engine.ask([request(each) for each in asked]):
            if reply.error is not None and len(asked[position]) > 1:
                again += [[part] for part in asked[position]]
            else:
                yield asked[position], reply


def read_as(relation: Relation, part: Part) -> dict[str, object]:
    """How the macros name the relation of a part, and how much of it they are to read."""
    return {
        "no": part.relation,
        **relation.read_as,
        "kind": relation.kind,
        "rows": relation.rows,
        "bytes": relation.bytes,
        "sample": part.sample,
        "filter": relation.filter_column,
    }
