"""Everything that is asked of one owner's rows, put into one statement, or each thing into its own.

A model's expressions stand first and are shared. The owner's rows are read once, with each parent's
keys joined to them once: not null, values, ranges, expressions, numbers of rows, orphans, and our
own reading of every column are aggregates over them. What is grouped (keys, sums) is a
query of one number beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from dbt_cartridge.engine.nodes import Compiled, TestNode, Thresholds
from dbt_cartridge.verify.counting import Counted, N, Place

MOST = 250  # tests in a statement: PostgreSQL has no more than 1,664 columns, others fewer
LONGEST = 500_000
"""Bytes of a statement of several tests: half of what Snowflake and BigQuery take, which are the
strictest (1 MB; docs.snowflake.com "Query size limits", cloud.google.com/bigquery/quotas "Maximum
unresolved standard SQL query length"). A statement of one test is as long as dbt's own."""


@dataclass(frozen=True)
class Ours:
    """A test of our own, whose text has no expressions of its own."""

    node: TestNode
    compiled: Compiled
    reads: bool  # every column of its model: if it fails, the model does

    @property
    def place(self) -> Place:
        """Where the model that it reads stands."""
        return Place(self.compiled.ctes, self.compiled.body.rpartition("\nfrom ")[2])

    @property
    def selected(self) -> str:
        return self.compiled.body.removeprefix("select").rpartition("\nfrom ")[0]

    @property
    def counts(self) -> str:
        """Its result, of the one row that `selected` gives."""
        return self.node.judged_by.fail_calc.removeprefix("max(").removesuffix(")")

    @property
    def alone(self) -> str:
        return _calculated(self.node.judged_by.fail_calc, self.compiled.body)


@dataclass(frozen=True)
class Foreign:
    """A test whose text we do not know, as dbt compiled it."""

    node: TestNode
    whole: str


Item = Ours | Counted | Foreign


@dataclass(frozen=True)
class Statement:
    """`items` in the order of the columns of its one row; a `Foreign` has three."""

    items: tuple[Item, ...]
    sql: str


def joint(items: Sequence[Item]) -> Iterator[Statement]:
    """As few statements as there can be, for the items of one owner."""
    own = [item for item in items if isinstance(item, Foreign)]
    rest = [item for item in items if not isinstance(item, Foreign)]
    readings = [item for item in rest if isinstance(item, Ours) and item.reads]
    others = [item for item in rest if not (isinstance(item, Ours) and item.reads)]
    parts = [list(others[at : at + MOST]) for at in range(0, len(others), MOST)] or [[]]
    parts[0][:0] = readings[:1]
    # What has too many columns for one reading is read in parts, of the same names: one each.
    for part in (*parts, *([reading] for reading in readings[1:])):
        if len(part) > 1 and _agree(part):
            yield from _short(part)
        else:
            yield from map(alone, part)
    yield from map(alone, own)


def _short(items: Sequence[Ours | Counted]) -> Iterator[Statement]:
    """One statement, or as many as it takes for each to be within `LONGEST`."""
    one = _together(items) if len(items) > 1 else alone(items[0])
    if len(items) == 1 or len(one.sql.encode()) <= LONGEST:
        yield one
        return
    half = len(items) // 2
    yield from _short(items[:half])
    yield from _short(items[half:])


def _agree(items: Iterable[Ours | Counted]) -> bool:
    """Whether what bears one name is the same for all of them."""
    ctes = {cte for item in items for place in _places(item) for cte in place.ctes}
    return len(ctes) == len({name for name, _ in ctes})


def alone(item: Item) -> Statement:
    """The item as dbt asks it."""
    if isinstance(item, Foreign):
        return Statement((item,), _as_dbt_does(item.whole, item.node.judged_by))
    ctes = _shared(_places(item))
    return Statement((item,), f"{_with(ctes)}{item.alone}")


def _together(items: Sequence[Ours | Counted]) -> Statement:
    rows = _Rows()
    columns: list[str] = []
    for place, item in enumerate(items):
        if isinstance(item, Counted):
            columns.append(rows.counted(item, place))
        elif item.reads:
            columns.append(rows.read(item))
        else:
            columns.append(f"({item.alone})")
    listed = ",\n".join(f"{text} as c{place}" for place, text in enumerate(columns))
    ctes = _shared([place for item in items for place in _places(item)])
    return Statement(tuple(items), f"{_with(ctes)}select\n{listed}{rows.sql}")


@dataclass
class _Passes:
    """One reading of the owner's rows, with the keys that are looked up beside them."""

    selected: list[str] = field(default_factory=list[str])
    joins: dict[tuple[str, str, str], tuple[str, str]] = field(
        default_factory=dict[tuple[str, str, str], tuple[str, str]]
    )


class _Rows:
    """The readings of the owner's rows: one for each filter that tests put before them."""

    def __init__(self) -> None:
        self._passes: dict[tuple[str, str], _Passes] = {}

    def read(self, item: Ours) -> str:
        self._of(item.place, "").selected.append(item.selected)
        return item.counts

    def counted(self, item: Counted, place: int) -> str:
        if item.counts is None:
            return item.together
        its = self._of(item.owner, item.node.where or "")
        key = ""
        if (sought := item.lookup) is not None:
            name = f"cartridge_key_{place}"
            text = (
                f"left join (select distinct {sought.field} as {name} from {sought.parent.sql}) "
                f"as cartridge_parent_{place} on {sought.column} = {name}"
            )
            same = (sought.column, sought.parent.sql, sought.field)
            key, _ = its.joins.setdefault(same, (name, text))
        its.selected.append(f"{item.looked_up(key)} as n{place}")
        return item.together.replace(N, f"n{place}")

    def _of(self, place: Place, where: str) -> _Passes:
        return self._passes.setdefault((place.sql, where), _Passes())

    @property
    def sql(self) -> str:
        if not self._passes:
            return ""
        return "\nfrom " + "\ncross join ".join(
            self._pass(number, *each) for number, each in enumerate(self._passes.items())
        )

    @staticmethod
    def _pass(number: int, read: tuple[str, str], its: _Passes) -> str:
        relation, where = read
        source = f"(select * from {relation} where {where})" if where else relation
        joins = "".join(f"\n{text}" for _, text in its.joins.values())
        selected = ",\n".join(its.selected)
        return (
            f"(select {selected}\nfrom {source} as cartridge_rows_{number}{joins}\n) "
            f"as cartridge_pass_{number}"
        )


# ---------------------------------------------------------------- parts of SQL


def _places(item: Ours | Counted) -> Iterable[Place]:
    return item.places if isinstance(item, Counted) else (item.place,)


def _shared(places: Iterable[Place]) -> dict[str, str]:
    """Expressions by name, each after those that it reads: every place lists its own so."""
    return {name: text for place in places for name, text in place.ctes}


def _with(ctes: dict[str, str]) -> str:
    return f"with {', '.join(ctes.values())}\n" if ctes else ""


def _calculated(fail_calc: str, body: str) -> str:
    return f"select {fail_calc} as n from (\n{body}\n) as cartridge_test"


def _as_dbt_does(whole: str, judged_by: Thresholds) -> str:
    """What dbt's `get_test_sql` makes of a test."""
    calc, bound = judged_by.fail_calc, ""
    if judged_by.limit is not None:
        bound = f"\nlimit {judged_by.limit}"
    return (
        f"select\n  {calc} as failures,\n  {calc} {judged_by.warn_if} as should_warn,\n"
        f"  {calc} {judged_by.error_if} as should_error\nfrom (\n{whole}{bound}\n) "
        "dbt_internal_test"
    )
