"""What each kind of test counts, in two forms: as dbt asks it, and as a part of one pass.

The text of a generic test is known where it is dbt's own or ours and nobody has written another of
that name, so what it counts can be counted beside other things in the same rows. `alone` is the
test's own query; `together` gives the same number. What is not known here is compiled by dbt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from dbt_cartridge.engine.nodes import TestNode, Thresholds, relation_named

N = "\0n"  # stands for what `counts` counts, in `together`
_KEY = "\0k"  # stands for the parent's key, in `counts`


@dataclass(frozen=True)
class Place:
    """A relation as SQL reads it, and the expressions that must stand before."""

    ctes: tuple[tuple[str, str], ...]
    sql: str


@dataclass(frozen=True)
class Lookup:
    """A parent's key, looked up from a column of the rows."""

    column: str
    parent: Place
    field: str


@dataclass(frozen=True)
class Counted:
    """One test.

    alone: a query of one number: failures, as dbt counts them.
    counts: an aggregate over the rows of the owner that `where` leaves; None where there is none.
    together: an expression for the same number; `N` in it stands for `counts`.
    """

    node: TestNode
    owner: Place
    places: tuple[Place, ...]
    alone: str
    together: str
    counts: str | None = None
    lookup: Lookup | None = None

    def looked_up(self, key: str) -> str:
        """`counts`, where the parent's key is called `key`."""
        return (self.counts or "").replace(_KEY, key)


@dataclass(frozen=True)
class _Asked:
    """A node with all that its text is made of."""

    node: TestNode
    owner: Place
    rows: str  # the owner, filtered as dbt filters it
    given: Mapping[str, Any]
    to: Place | None

    def counted(
        self, alone: str, together: str, counts: str | None = None, lookup: Lookup | None = None
    ) -> Counted:
        places = (self.owner,) if self.to is None else (self.owner, self.to)
        limit = self.node.judged_by.limit
        if limit is not None:
            together = f"case when {together} > {limit} then {limit} else {together} end"
        return Counted(self.node, self.owner, places, alone, together, counts, lookup)

    def query(self, test: str) -> str:
        """How dbt asks a test: the rows that fail, counted."""
        limit = self.node.judged_by.limit
        bound = "" if limit is None else f"\nlimit {limit}"
        return f"select count(*) as n from (\n{test}{bound}\n) as cartridge_test"

    def of_each_row(self, fails: str, selected: str = "1 as cartridge_one") -> Counted:
        """A test whose every failing row counts."""
        alone = self.query(f"select {selected} from {self.rows} where {fails}")
        return self.counted(alone, N, f"count(case when {fails} then 1 end)")

    def only_alone(self, test: str) -> Counted:
        """A test whose failing rows are no rows of the owner."""
        alone = self.query(test)
        return Counted(self.node, self.owner, (self.owner, *filter(None, (self.to,))), alone,
                       f"({alone})")  # fmt: skip


def counted(
    node: TestNode, places: Mapping[str, Place], texts: Mapping[str, str], macros: Macros
) -> Counted | None:
    """What the test counts; None where its text is not known.

    Args:
        places: of what it may read, by unique id.
        texts: our own generic tests, by name.
        macros: as in `Parsed`.
    """
    usual = Thresholds(severity=node.judged_by.severity, limit=node.judged_by.limit)
    if node.arguments is None or node.package or node.judged_by != usual:
        return None
    rule = _RULES.get(node.name)
    if rule is None or not _is_known(node.name, texts, macros) or not _is_plain(node):
        return None
    if (found := _reads(node, places)) is None:
        return None
    owner, to = found
    rows = owner.sql
    if node.where:
        rows = f"(select * from {owner.sql} where {node.where}) dbt_subquery"
    return rule(_Asked(node, owner, rows, node.arguments, to))


Macros = Mapping[str, tuple[tuple[str, str], ...]]
_DBTS_OWN = frozenset({"unique", "not_null", "accepted_values", "relationships"})
# Whoever writes one of these changes what every test means, or how it is judged.
_OF_ALL_TESTS = re.compile(
    r"(\w+__)?(get_where_subquery|should_store_failures|get_limit_subquery_sql|get_test_sql)\Z"
    r"|materialization_test_\w+\Z"
)


def has_own_ways(macros: Macros) -> bool:
    """Whether the host, a package or the adapter runs tests in another way than dbt does."""
    return any(
        package != "dbt"
        for name, written in macros.items()
        if _OF_ALL_TESTS.match(name)
        for package, _ in written
    )


def _is_known(name: str, texts: Mapping[str, str], macros: Macros) -> bool:
    """Whether the test of this name is the one that we know."""
    written = macros.get(f"test_{name}", ())
    others = [macro for macro in macros if macro.endswith(f"__test_{name}")]
    if name in _DBTS_OWN:
        mine = {f"default__test_{name}"}
        both = [*written, *(one for macro in others for one in macros[macro])]
        return set(others) <= mine and all(package == "dbt" for package, _ in both)
    text = texts.get(name)
    return (
        text is not None and not others and [t for _, t in written if t.strip() not in text] == []
    )


def _is_plain(node: TestNode) -> bool:
    """Whether dbt pastes what the YAML gives as it stands there."""
    said = [node.column or "", node.where or "", *_strings(node.arguments)]
    return not any(_NOT_PLAIN.search(text) for text in said)


# Jinja as dbt looks for it (a lone brace, as in a regular expression, is none), comments, ends of
# statements and of lines, and calls that dbt makes even without braces.
_NOT_PLAIN = re.compile(r"\{[{%#]|[}%#]\}|[\0;]|--|/\*|\n\Z|\A\s*(?:env_var|var|doc)\s*\(")


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return _strings(list(cast("Mapping[str, Any]", value).values()))
    if isinstance(value, (list, tuple)):
        return [text for each in cast("Sequence[Any]", value) for text in _strings(each)]
    return []


def _reads(node: TestNode, places: Mapping[str, Place]) -> tuple[Place, Place | None] | None:
    """The owner's place, and that of what it is held against, if it is; None where unknown."""
    named = {named_by(unique_id): unique_id for unique_id in node.reads}
    owner = places.get(named.get(node.owner or "", ""))
    given = node.arguments or {}
    called = given.get("to") or given.get("compare_model")
    if owner is None or len(named) != len(node.reads):
        return None
    if called is None:
        return owner, None
    to = places.get(named.get(relation_named(str(called)) or "", ""))
    return None if to is None else (owner, to)


def named_by(unique_id: str) -> str:
    """`orders` of `model.shop.orders`, `raw.orders` of `source.shop.raw.orders`."""
    kind, _, rest = unique_id.split(".", 2)
    return rest if kind == "source" else rest.partition(".")[0]


# ---------------------------------------------------------------- one kind after the other


def _not_null(asked: _Asked) -> Counted | None:
    column = asked.node.column
    return asked.of_each_row(f"{column} is null", f"{column}") if column else None


def _unique(asked: _Asked) -> Counted | None:
    column = asked.node.column
    return asked.only_alone(_repeated(asked, [column])) if column else None


def _composite_unique(asked: _Asked) -> Counted | None:
    columns = asked.given.get("combination_of_columns") or ()
    return asked.only_alone(_repeated(asked, columns)) if columns else None


def _repeated(asked: _Asked, columns: Sequence[str]) -> str:
    known = " and ".join(f"{column} is not null" for column in columns)
    keys = ", ".join(columns)
    return (
        f"select {keys}, count(*) as number_of_rows from {asked.rows} where {known} "
        f"group by {keys} having count(*) > 1"
    )


def _accepted_values(asked: _Asked) -> Counted | None:
    column, values = asked.node.column, asked.given.get("values")
    if not column or not isinstance(values, (list, tuple)) or not values:
        return None
    quote = asked.given.get("quote", True)
    listed = ", ".join(f"'{v}'" if quote else f"{v}" for v in cast("Sequence[Any]", values))
    test = (
        f"select * from (select {column} as value_field, count(*) as n_records from {asked.rows} "
        f"group by {column}) as all_values where value_field not in ({listed})"
    )
    other = f"count(distinct case when {column} not in ({listed}) then {column} end)"
    return asked.counted(asked.query(test), N, other)


def _relationships(asked: _Asked) -> Counted | None:
    column, field = asked.node.column, asked.given.get("field")
    if not column or not field or asked.to is None:
        return None
    test = (
        f"select from_field from (select {column} as from_field from {asked.rows} "
        f"where {column} is not null) as child left join (select {field} as to_field "
        f"from {asked.to.sql}) as parent on child.from_field = parent.to_field "
        "where parent.to_field is null"
    )
    orphans = f"count(case when {column} is not null and {_KEY} is null then 1 end)"
    return asked.counted(asked.query(test), N, orphans, Lookup(column, asked.to, str(field)))


def _composite_relationships(asked: _Asked) -> Counted | None:
    columns: Sequence[str] = asked.given.get("combination_of_columns") or ()
    fields: Sequence[str] = asked.given.get("fields") or ()
    if not columns or len(columns) != len(fields) or asked.to is None:
        return None
    known = " and ".join(f"{column} is not null" for column in columns)
    own = ", ".join(f"{column} as key_{i}" for i, column in enumerate(columns, 1))
    theirs = ", ".join(f"{field} as key_{i}" for i, field in enumerate(fields, 1))
    same = " and ".join(f"children.key_{i} = parents.key_{i}" for i in range(1, len(columns) + 1))
    return asked.only_alone(
        f"select children.* from (select distinct {own} from {asked.rows} where {known}) "
        f"as children left join (select distinct {theirs} from {asked.to.sql}) as parents "
        f"on {same} where parents.key_1 is null"
    )


def _range(asked: _Asked) -> Counted | None:
    column = asked.node.column
    least, most = asked.given.get("min_value"), asked.given.get("max_value")
    if not column:
        return None
    outside = ["1 = 2"]
    outside += [] if least is None else [f"{column} < {least}"]
    outside += [] if most is None else [f"{column} > {most}"]
    return asked.of_each_row(" or ".join(outside), column)


def _expression(asked: _Asked) -> Counted | None:
    expression = asked.given.get("expression")
    return asked.of_each_row(f"not ({expression})", "*") if expression else None


def _same_row_count(asked: _Asked) -> Counted | None:
    if asked.to is None:
        return None
    theirs = f"(select count(*) as number_of_rows from {asked.to.sql})"
    test = (
        f"select ours.number_of_rows from (select count(*) as number_of_rows from {asked.rows}) "
        f"as ours cross join {theirs} as theirs "
        "where ours.number_of_rows <> theirs.number_of_rows"
    )
    together = f"case when {N} <> {theirs} then 1 else 0 end"
    return asked.counted(asked.query(test), together, "count(*)")


def _fewest_rows(asked: _Asked) -> Counted | None:
    least = asked.given.get("min_rows")
    if not isinstance(least, int):
        return None
    test = (
        "select counted.number_of_rows from (select count(*) as number_of_rows "
        f"from {asked.rows}) as counted where counted.number_of_rows < {least}"
    )
    return asked.counted(
        asked.query(test), f"case when {N} < {least} then 1 else 0 end", "count(*)"
    )


def _reconciles(asked: _Asked) -> Counted | None:
    given = {name: asked.given.get(name) for name in ("key", "expression", "to_key", "field")}
    if asked.to is None or not all(given.values()):
        return None
    key, to_key = given["key"], given["to_key"]
    return asked.only_alone(
        f"select sums.reconciled_key from (select {key} as reconciled_key, "
        f"sum({given['expression']}) as total from {asked.rows} where {key} is not null "
        f"group by {key}) as sums inner join (select {to_key} as reconciled_key, "
        f"{given['field']} as total from {asked.to.sql}) as stated "
        "on sums.reconciled_key = stated.reconciled_key "
        "where abs(sums.total - stated.total) > 0.01"
    )


_RULES: Mapping[str, Callable[[_Asked], Counted | None]] = {
    "not_null": _not_null,
    "unique": _unique,
    "accepted_values": _accepted_values,
    "relationships": _relationships,
    "columns_unique_together": _composite_unique,
    "columns_reference": _composite_relationships,
    "value_within_range": _range,
    "expression_holds": _expression,
    "row_count_equals": _same_row_count,
    "row_count_at_least": _fewest_rows,
    "sum_reconciles_with": _reconciles,
}
