"""The profile: several small tables to a statement; of a large one a sample, then all its rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.scan import Problem, Relation
from dbt_cartridge.engine.base import Engine, Request, Row
from dbt_cartridge.progress import Progress
from dbt_cartridge.scan import large
from dbt_cartridge.scan.parts import Part, answered, counts, cut, read_as, statements
from dbt_cartridge.scan.rows import NULLS, ROWS, count, may_hold_json, measured
from dbt_cartridge.sizes import bytes_of, in_words

Place = tuple[int, int]  # of a column: its relation and its own, by position
_BILLED_BYTES = 10**12
_HARDLY = 10  # a sample that has one row for so many that were wanted is none


@dataclass
class _Found:
    profiles: dict[Place, Row] = field(default_factory=dict[Place, Row])
    seen: dict[Place, Row] = field(default_factory=dict[Place, Row])  # of large tables: the sample
    paths: dict[Place, list[Row]] = field(
        default_factory=lambda: defaultdict[Place, list[Row]](list)
    )
    errors: dict[int, str] = field(default_factory=dict[int, str])


class _Reading:
    """What is asked of the relations of one scan, and how much of each is read."""

    def __init__(self, relations: Sequence[Relation], settings: Settings) -> None:
        self.relations = relations
        self._settings = settings
        self._unseen: set[int] = set()  # of which no sample can be drawn

    def is_sampled(self, number: int) -> bool:
        """Nothing but a sample is to be read. What has no known size is not small."""
        relation = self.relations[number]
        wanted = relation.beyond or self._settings.profile == "sample"
        return relation.rows is None or (wanted and relation.rows > self._settings.sample_rows)

    def is_large(self, number: int) -> bool:
        """A sample is read first, and then all rows in the way that it suggests."""
        return (self.relations[number].rows or 0) > large.EXACT_ROWS and not self.is_sampled(number)

    def sample(self, number: int) -> int | None:
        """How many rows the first look draws; None: it reads them all."""
        if self.is_sampled(number):
            return self._settings.sample_rows
        return large.SAMPLE_ROWS if self.is_large(number) else None

    def look(
        self, number: int, columns: Sequence[int] | None = None, verb: str = "profile"
    ) -> list[Part]:
        """A small table whole, of another a sample."""
        relation, sample = self.relations[number], self.sample(number)
        chosen = range(len(relation.columns)) if columns is None else columns
        return cut(verb, number, chosen, (relation.rows or 0) if sample is None else sample, sample)

    def first_rows(self, number: int) -> list[Part]:
        """A look at its first rows, which from now on stand for it."""
        self._unseen.add(number)
        return self.look(number)

    def passes(self, number: int, asked: Mapping[int, Sequence[str]]) -> list[Part]:
        """Over all rows of a large table, for columns with what is asked of each."""
        rows = self.relations[number].rows or 0
        return [
            replace(part, asked=tuple(tuple(asked[at]) for at in part.columns))
            for part in cut("measures", number, list(asked), rows, most=large.MOST_MEASURED)
        ]

    def request(self, of: Sequence[Part]) -> Request:
        return Request(of[0].verb, {"tables": [self._table(part) for part in of]})

    def _table(self, part: Part) -> dict[str, object]:
        relation = self.relations[part.relation]
        table = read_as(relation, part)
        if part.relation in self._unseen:
            table |= {"kind": "view", "rows": None}
        chosen = [(at, relation.columns[at]) for at in part.columns]
        columns: list[list[object]] = [[at, c.name, c.type, c.native_type] for at, c in chosen]
        for column, asked in zip(columns, part.asked, strict=False):
            column.append(list(asked))
        return {**table, "columns": columns}


def profiled(
    engine: Engine,
    relations: Sequence[Relation],
    settings: Settings,
    progress: Progress,
    cost: str = "",
) -> tuple[tuple[Relation, ...], tuple[Problem, ...]]:
    """The relations with their columns' profiles. One that cannot be read is left out.

    `relations`: of known sizes, as far as those can be known.
    """
    reading, found = _Reading(relations, settings), _Found()
    progress.start(f"Profiling ({cost})" if cost else "Profiling", len(relations))
    _look(engine, reading, found, progress)
    _measure(engine, reading, found, progress)
    _unfold(engine, reading, found)
    progress.finish()
    kept: list[Relation] = []
    problems: list[Problem] = []
    for number, relation in enumerate(relations):
        if number in found.errors:
            problems.append(
                Problem(
                    where=relation.id,
                    what=f"left out: reading it failed: {found.errors[number]}",
                    next="mend it, or leave it out with `exclude`",
                )
            )
        else:
            kept.append(_with_profile(relation, number, found, reading.is_sampled(number)))
    return tuple(kept), tuple(problems)


def within(
    relations: Sequence[Relation], settings: Settings, billed: bool, progress: Progress
) -> tuple[tuple[Relation, ...], tuple[Problem, ...]]:
    """The relations, of which the largest are marked as too large to be read whole until the others
    are within `max_bytes`. Whoever sits at a terminal is asked once whether all are to be read.

    Args:
        billed: the warehouse takes money for each byte, so that there is a limit by default.
    """
    most = settings.max_bytes
    if most is None and billed:
        most = _BILLED_BYTES
    left = sum(map(bytes_of, relations))
    if most is None or left <= most:
        return tuple(relations), ()
    told, beyond = in_words(left), dict[str, Problem]()
    for relation in sorted(relations, key=lambda r: (-bytes_of(r), r.id)):
        if left <= most:
            break
        left -= bytes_of(relation)
        beyond[relation.id] = Problem(
            where=relation.id,
            what=f"of its {in_words(bytes_of(relation))} a sample was read, its models are "
            f"verified as `sql`: all tables together are {told}, more than max_bytes "
            f"({in_words(most)})",
            next="raise max_bytes, or leave tables out with `exclude`",
        )
    several = f"{len(beyond):,} tables" if len(beyond) > 1 else "one table"
    if progress.agrees(
        f"All tables together are {told}, more than max_bytes ({in_words(most)}): of {several} "
        "only a sample is read. Read them all?"
    ):
        return tuple(relations), ()
    marked = (
        relation.model_copy(update={"beyond": True}) if relation.id in beyond else relation
        for relation in relations
    )
    return tuple(marked), tuple(beyond.values())


def sized(
    engine: Engine, relations: Sequence[Relation], settings: Settings, progress: Progress
) -> Sequence[Relation]:
    """Counted, where the catalogue does not tell a size: what is not known is not small.

    What cannot be counted keeps no size: it is sampled, as a large one would be.
    """
    unknown = [number for number, relation in enumerate(relations) if relation.rows is None]
    if not unknown:
        return relations
    request = _Reading(relations, settings).request
    known: dict[int, int] = {}
    progress.start("Counting rows of views and tables of unknown size", len(unknown))
    for asked, reply in answered(engine, counts(unknown), request):
        known |= {count(row[0]): count(row[1]) for row in reply.rows}
        progress.advance(len(asked), relations[asked[-1].relation].id)
    progress.finish()
    return [
        relation.model_copy(update={"rows": known[number], "rows_exact": True})
        if number in known
        else relation
        for number, relation in enumerate(relations)
    ]


def _look(engine: Engine, reading: _Reading, found: _Found, progress: Progress) -> None:
    """Small tables are read whole, of the others a sample."""
    numbers = range(len(reading.relations))
    looks = statements([part for number in numbers for part in reading.look(number)])
    for asked in _ask(engine, looks, reading, found):
        ended = [part for part in asked if part.is_first and not reading.is_large(part.relation)]
        progress.advance(len(ended), reading.relations[asked[-1].relation].id)
    again = [number for number in numbers if _is_unseen(number, reading, found)]
    others = statements([part for number in again for part in reading.first_rows(number)])
    for _ in _ask(engine, others, reading, found):
        pass


def _is_unseen(number: int, reading: _Reading, found: _Found) -> bool:
    """A sample that hardly drew a row, of a table that has some."""
    relation, wanted = reading.relations[number], reading.sample(number)
    if wanted is None or not relation.rows or number in found.errors:
        return False
    cells = (found.profiles.get((number, at)) for at in range(len(relation.columns)))
    drawn = max((count(row[ROWS]) for row in cells if row), default=0)
    return drawn * _HARDLY < min(wanted, relation.rows)


def _measure(engine: Engine, reading: _Reading, found: _Found, progress: Progress) -> None:
    """All rows of large tables, each column in the way that its sample suggests."""
    of: list[Part] = []
    for number, relation in enumerate(reading.relations):
        if not reading.is_large(number) or number in found.errors:
            continue
        rows = [found.profiles.pop((number, at), None) for at in range(len(relation.columns))]
        found.seen |= {(number, at): row for at, row in enumerate(rows) if row is not None}
        columns = list(zip(relation.columns, rows, strict=True))
        few = [at for at, seen in enumerate(columns) if large.repeats(*seen)]
        asked = {at: large.asked(*seen) for at, seen in enumerate(columns) if at not in few}
        of += cut("profile", number, few, relation.rows or 0) + reading.passes(number, asked)
    left = Counter(part.relation for part in of)
    for (part,) in _ask(engine, [[part] for part in of], reading, found):
        left[part.relation] -= 1
        if not left[part.relation]:
            progress.advance(1, reading.relations[part.relation].id)


def _unfold(engine: Engine, reading: _Reading, found: _Found) -> None:
    """The paths of JSON columns, and of text columns whose every value looks like a document."""
    of: list[Part] = []
    for number, relation in enumerate(reading.relations):
        columns = [
            at
            for at, column in enumerate(relation.columns)
            if may_hold_json(column, found.profiles.get((number, at)))
        ]
        if columns and number not in found.errors:
            of += reading.look(number, columns, "json")
    for _ in _ask(engine, statements(of), reading, found):
        pass


def _ask(
    engine: Engine, of: Sequence[list[Part]], reading: _Reading, found: _Found
) -> Iterator[list[Part]]:
    """Ask, keep what comes back, and tell which parts are done."""
    for asked, reply in answered(engine, of, reading.request):
        verb = asked[0].verb
        if reply.error is not None and verb != "json":
            found.errors[asked[0].relation] = reply.error
        for row in reply.rows:
            place = (count(row[0]), count(row[1]))
            if verb == "json":
                found.paths[place].append(row)
            elif verb == "measures":
                found.profiles[place] = large.whole(found.seen.get(place), row)
            else:
                found.profiles[place] = row
        yield asked


def estimated(
    engine: Engine, relations: Sequence[Relation], settings: Settings, billed: bool
) -> str:
    """What the profile is going to read: `12 statements, about 3.2 GB`. The paths of JSON columns
    are counted; that a text column holds documents is known when it has been looked at.

    Where bytes are `billed`, the warehouse says itself how many, in a dry run of each statement, if
    the engine can have one; else they are the catalogue's, as far as it knows them.
    """
    reading = _Reading(relations, settings)
    of = statements([part for number in range(len(relations)) for part in reading.look(number)])
    for number, relation in enumerate(relations):
        if reading.is_large(number):
            asked: dict[int, list[str]] = {at: [] for at in range(len(relation.columns))}
            of += [[part] for part in reading.passes(number, asked)]
    unfolded = {
        number: columns
        for number, relation in enumerate(relations)
        if (columns := [at for at, c in enumerate(relation.columns) if c.type == "json"])
    }
    of += statements(
        [p for n, columns in unfolded.items() for p in reading.look(n, columns, "json")]
    )
    told = f"{len(of)} statement{'s' if len(of) > 1 else ''}"
    known = engine.estimate([reading.request(each) for each in of]) if billed else None
    if known is None:
        read = [
            (r.bytes or 0) * (settings.sample_rows / (r.rows or 1) if reading.is_sampled(n) else 1)
            for n, r in enumerate(relations)
        ]
        read += [
            (relations[n].bytes or 0)
            * min(1, (reading.sample(n) or inf) / (relations[n].rows or 1))
            for n in unfolded
        ]
        known = sum(read)
    return f"{told}, about {in_words(known)}" if known else told


def _with_profile(relation: Relation, number: int, found: _Found, sampled: bool) -> Relation:
    columns = tuple(
        measured(
            column,
            found.profiles.get((number, at)),
            _in_all(found, (number, at)),
            sampled,
        )
        for at, column in enumerate(relation.columns)
    )
    if sampled:  # a sample's size is not the table's
        return relation.model_copy(update={"columns": columns})
    rows = max((column.profile.rows for column in columns if column.profile), default=0)
    return relation.model_copy(update={"columns": columns, "rows": rows, "rows_exact": True})


def _in_all(found: _Found, place: Place) -> list[Row]:
    """The paths of a column; a large table's are its sample's, in proportion to the values."""
    seen, all_rows = found.seen.get(place), found.profiles.get(place)
    paths = found.paths.get(place, [])
    if seen is None or all_rows is None:
        return paths
    of_sample, of_all = (count(row[ROWS]) - count(row[NULLS]) for row in (seen, all_rows))
    return [
        (*row[:4], str(min(of_all, count(row[4]) * of_all // max(1, of_sample)))) for row in paths
    ]
