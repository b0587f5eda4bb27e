"""Which columns of which tables a statement joins: views, models and queries that people wrote.

Names are followed through aliases, CTEs, sub-queries and other statements (a view on views) down to
the tables that a column stems from. What is computed stems from nothing; a cast changes no meaning.
Shared, because the scan reads views by it and the host's models are read by it.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

_LOG = logging.getLogger("sqlglot")
LONGEST = 100_000
"""Characters of a statement that is read at all."""
_MOST_KEPT = 200
"""Statements that are kept as trees."""
_MAY_JOIN = re.compile(r"\b(?:join|where)\b", re.IGNORECASE)
_DEEPEST = 40  # names that stand for one another, before it is taken for a circle
_MOST_SIDES = 8  # columns that one side of an equality may stem from

Place = tuple[str, str]  # a table's id, a column
Side = tuple[int, str]  # one use of something that is read: the scope, and its name there
T = TypeVar("T")


@dataclass(frozen=True, order=True)
class Join:
    """Columns that are set equal, in pairs; the sides in the order of their names."""

    table: str
    columns: tuple[str, ...]
    ref_table: str
    ref_columns: tuple[str, ...]


class Statements:
    """Statements over tables, and over each other.

    Args:
        tables: id (`schema.name`) → columns; none where they are not known.
        texts: id → the SQL that it stands for, with or without `create view … as`.
    """

    def __init__(
        self, dialect: str, tables: Mapping[str, Collection[str]], texts: Mapping[str, str]
    ) -> None:
        self._dialect = dialect
        self._columns = {id: {c.casefold(): c for c in own} for id, own in tables.items()}
        self._texts = texts
        self._by_id = _folded((id, id) for id in (*tables, *texts))
        names = dict.fromkeys((*tables, *texts))
        self._by_name = _folded((id.partition(".")[2], id) for id in names)
        self._read: dict[str, list[Scope]] = {}
        self._outputs: dict[Place, frozenset[Place]] = {}  # of statements
        self._known: dict[tuple[int, str], frozenset[Place]] = {}  # of queries in one of them
        self._having: dict[Place, bool] = {}  # statements that show a column

    def joins_of(self, id: str) -> list[Join]:
        """What the statement of that name joins."""
        if not _MAY_JOIN.search(self._texts.get(id, "")):
            return []
        return self._joins(self._scopes(id), _schema(id))

    def joins_in(self, text: str) -> list[Join]:
        """What a statement without a name joins."""
        return self._joins(_scopes(text, self._dialect), "") if _MAY_JOIN.search(text) else []

    # ------------------------------------------------------------ joins

    def _joins(self, scopes: Iterable[Scope], home: str) -> list[Join]:
        found: set[Join] = set()
        for scope in scopes:
            pairs: dict[tuple[Side, Side, str, str], set[tuple[str, str]]] = defaultdict(set)
            for one, other in self._equalities(scope, home):
                for side, (table, column) in one:
                    for its_side, (its_table, its_column) in other:
                        if side != its_side and (table, column) != (its_table, its_column):
                            key, pair = (side, its_side, table, its_table), (column, its_column)
                            if (its_table, its_side) < (table, side):
                                key, pair = (its_side, side, its_table, table), (its_column, column)
                            pairs[key].add(pair)
            found |= {_join(key[2], key[3], equal) for key, equal in pairs.items()}
        self._forget()
        return sorted(found)

    def _forget(self) -> None:
        """Trees are large; and a number that stood for a query may stand for another next."""
        self._known.clear()
        while len(self._read) > _MOST_KEPT:
            del self._read[next(iter(self._read))]

    def _equalities(
        self, scope: Scope, home: str
    ) -> Iterator[tuple[list[tuple[Side, Place]], list[tuple[Side, Place]]]]:
        """Both sides of each equality that must hold, as the columns that they stem from."""
        conditions = [where.this for where in scope.find_all(exp.Where)]
        for join in scope.find_all(exp.Join):
            if join.args.get("on") is not None:
                conditions.append(join.args["on"])
            for name in cast("list[exp.Expr]", join.args.get("using") or []):
                column = name.name
                sides = self._sides_with(column, join, scope, home)
                if len(sides) == 2:
                    yield sides[0], sides[1]
        for condition in conditions:
            for part in _all_of(condition):
                if isinstance(part, (exp.EQ, exp.NullSafeEQ)):
                    one = self._stems(part.left, scope, home)
                    other = self._stems(part.right, scope, home)
                    if one and other:
                        yield one, other
                elif isinstance(part, exp.In) and part.args.get("query") is not None:
                    one = self._stems(part.this, scope, home)
                    other = self._selected(part.args["query"], scope, home)
                    if one and other:
                        yield one, other

    def _sides_with(
        self, name: str, join: exp.Join, scope: Scope, home: str
    ) -> list[list[tuple[Side, Place]]]:
        """`using (name)`: the thing that is joined, and the first before it that has the column."""
        joined = join.alias_or_name
        sources = _selected_from(scope)
        right = self._of(joined, name, scope, home)
        for alias in sources:
            if alias == joined:
                break
            if left := self._of(alias, name, scope, home):
                return [left, right] if right else []
        return []

    def _selected(self, query: exp.Expr, scope: Scope, home: str) -> list[tuple[Side, Place]]:
        """`in (select customer_id …)`: what the query's only output stems from."""
        tree = query.unnest()
        inner = next((s for s in scope.subquery_scopes if s.expression is tree), None)
        if inner is None or not isinstance(tree, exp.Select) or len(tree.selects) != 1:
            return []
        (output,) = tree.selects
        if output.is_star:
            return []
        places = self._output(inner, output.alias_or_name, home, 0)
        return [((id(inner), ""), place) for place in sorted(places)]

    # ------------------------------------------------------------ where a column stems from

    def _stems(self, expression: exp.Expr, scope: Scope, home: str) -> list[tuple[Side, Place]]:
        column = _plain(expression)
        if column is None:
            return []
        name, at = column.name, scope
        while True:
            sources = _selected_from(at)
            alias = _like(column.table, sources) if column.table else None
            if column.table and alias is None and at.parent is not None and at.is_subquery:
                at = at.parent  # a correlated sub-query
                continue
            if column.table:
                return self._of(alias, name, at, home) if alias is not None else []
            owner = self._owner(name, at, home)
            if owner is None and not sources and at.parent is not None:
                at = at.parent
                continue
            return self._of(owner, name, at, home) if owner is not None else []

    def _owner(self, name: str, scope: Scope, home: str) -> str | None:
        """Which of the things that are read has the column, where no alias says it."""
        sources = _selected_from(scope)
        if len(sources) == 1:
            return next(iter(sources))
        has = [alias for alias, source in sources.items() if self._has(source, name, home)]
        return has[0] if len(has) == 1 else None

    def _has(self, source: exp.Table | Scope, name: str, home: str) -> bool:
        if isinstance(source, exp.Table):
            id = self._find(source, home)
            if id is None:
                return False
            if own := self._columns.get(id):
                return name.casefold() in own
            key = (id, name.casefold())
            if key not in self._having:
                self._having[key] = False  # until it is known: an incremental model reads itself
                self._having[key] = id in self._texts and any(
                    self._has(inner, name, _schema(id)) for inner in self._whole(id)
                )
            return self._having[key]
        tree = source.expression
        if isinstance(tree, exp.SetOperation):
            return any(self._has(each, name, home) for each in _parts(source)[:1])
        if not isinstance(tree, exp.Select):
            return False
        wanted = name.casefold()
        if any(each.alias_or_name.casefold() == wanted for each in tree.selects):
            return True
        sources = _selected_from(source)
        starred = [sources[alias] for alias in _starred(tree, sources)]
        return any(self._has(each, name, home) for each in starred)

    def _of(self, alias: str, name: str, scope: Scope, home: str) -> list[tuple[Side, Place]]:
        source = _selected_from(scope)[alias]
        places = sorted(self._places(source, name, home, 0))
        return [((id(scope), alias), place) for place in places[:_MOST_SIDES]]

    def _places(
        self, source: exp.Table | Scope, name: str, home: str, depth: int
    ) -> frozenset[Place]:
        if depth > _DEEPEST:
            return frozenset()
        if isinstance(source, Scope):
            return self._output(source, name, home, depth + 1)
        table = self._find(source, home)
        if table is None:
            return frozenset()
        found: set[Place] = set()
        if table in self._columns:
            own = self._columns[table]
            column = own.get(name.casefold()) if own else name
            found |= {(table, column)} if column else set()
        return frozenset(found) | self._shown(table, name, depth + 1)

    def _shown(self, id: str, name: str, depth: int) -> frozenset[Place]:
        """What a column stems from that another statement shows."""
        key = (id, name.casefold())
        if key not in self._outputs:
            self._outputs[key] = frozenset()  # until it is known: it may stem from itself
            for whole in self._whole(id):
                self._outputs[key] = self._output(whole, name, _schema(id), depth)
        return self._outputs[key]

    def _output(self, scope: Scope, name: str, home: str, depth: int) -> frozenset[Place]:
        """The columns that an output of a query stems from."""
        if depth > _DEEPEST:
            return frozenset()
        key = (id(scope), name.casefold())
        if key not in self._known:
            self._known[key] = frozenset()  # until it is known: a recursive CTE stems from itself
            self._known[key] = self._output_of(scope, name, home, depth)
        return self._known[key]

    def _output_of(self, scope: Scope, name: str, home: str, depth: int) -> frozenset[Place]:
        tree = scope.expression
        if isinstance(tree, exp.SetOperation):
            united: set[Place] = set()
            for part, own in _united(scope, name):
                united |= self._output(part, own, home, depth + 1)
            return frozenset(united)
        if not isinstance(tree, exp.Select):
            return frozenset()
        wanted = name.casefold()
        for each in tree.selects:
            if each.alias_or_name.casefold() == wanted and not each.is_star:
                stems = self._stems(each.unalias(), scope, home)
                return frozenset(place for _, place in stems)
        sources = _selected_from(scope)
        starred = _starred(tree, sources)
        if len(starred) > 1:
            starred = [alias for alias in starred if self._has(sources[alias], name, home)][:1]
        if len(starred) != 1 or wanted in _left_out(tree):
            return frozenset()
        return self._places(sources[starred[0]], name, home, depth + 1)

    # ------------------------------------------------------------ names

    def _find(self, table: exp.Table, home: str) -> str | None:
        """Its id: as it is named, else in the schema of what reads it, else the only one."""
        if table.db:
            return _one(self._by_id, f"{table.db}.{table.name}")
        near = _one(self._by_id, f"{home}.{table.name}") if home else None
        return near or _one(self._by_name, table.name)

    def _whole(self, id: str) -> list[Scope]:
        """The outermost query of a statement, in a list of one; none where it cannot be read."""
        return self._scopes(id)[-1:]

    def _scopes(self, id: str) -> list[Scope]:
        if id not in self._read:
            text = self._texts.get(id, "")
            self._read[id] = _scopes(text, self._dialect, named=True) if text else []
        return self._read[id]


def _scopes(text: str, dialect: str, *, named: bool = False) -> list[Scope]:
    """Every query of a statement, the outermost last; none where it cannot be read.

    Args:
        named: it may be `create view … as`.
    """
    if len(text) > LONGEST:
        return []
    try:
        with _quiet():
            tree = sqlglot.parse_one(text, read=dialect)
        if named and isinstance(tree, exp.Create):
            tree = _named_outputs(tree)
        return list(traverse_scope(tree)) if isinstance(tree, exp.Query) else []
    except (SqlglotError, ValueError, RecursionError):
        return []


@contextmanager
def _quiet() -> Generator[None]:
    """sqlglot says on standard error what it does not know; a statement that it cannot read says
    nothing here, and that is all."""
    was, _LOG.disabled = _LOG.disabled, True
    try:
        yield
    finally:
        _LOG.disabled = was


def _named_outputs(view: exp.Create) -> exp.Expr | None:
    """The query of `create view v (a, b) as …`, its outputs called so."""
    query = view.args.get("expression")
    head = view.this
    if not isinstance(query, exp.Query) or not isinstance(head, exp.Schema):
        return query
    names = [each.name for each in head.expressions]
    if isinstance(query, exp.Select) and len(names) == len(query.selects):
        outputs = zip(query.selects, names, strict=True)
        query.set(
            "expressions", [exp.alias_(each.unalias(), name, quoted=True) for each, name in outputs]
        )
    return query


def _join(table: str, ref_table: str, equal: set[tuple[str, str]]) -> Join:
    if table == ref_table:  # either way round is the same
        equal = min(equal, {(b, a) for a, b in equal}, key=sorted)
    pairs = sorted(equal)
    return Join(table, tuple(a for a, _ in pairs), ref_table, tuple(b for _, b in pairs))


def _all_of(condition: exp.Expr) -> Iterator[exp.Expr]:
    """What must all hold: the parts between `and`."""
    inner = condition.unnest()
    if isinstance(inner, exp.And):
        yield from _all_of(inner.left)
        yield from _all_of(inner.right)
    elif isinstance(inner, exp.Exists):
        return  # its query is a scope of its own, with its own condition
    else:
        yield inner


def _plain(expression: exp.Expr) -> exp.Column | None:
    """The column, if it is one: in brackets or cast."""
    while isinstance(expression, (exp.Paren, exp.Cast, exp.Collate)):
        expression = expression.this
    return expression if isinstance(expression, exp.Column) else None


def _selected_from(scope: Scope) -> dict[str, exp.Table | Scope]:
    """What the query reads, by its name there, in the order of the text."""
    return {alias: source for alias, (_, source) in scope.selected_sources.items()}


def _starred(tree: exp.Select, sources: Mapping[str, object]) -> list[str]:
    """The things of which all columns are selected."""
    found: list[str] = []
    for each in tree.selects:
        if isinstance(each, exp.Star):
            return list(sources)
        if isinstance(each, exp.Column) and each.is_star:
            alias = _like(each.table, sources)
            found += [alias] if alias is not None else []
    return found


def _left_out(tree: exp.Select) -> set[str]:
    """`* except (a, b)`, `* exclude (a)`."""
    stars = (each.this if isinstance(each, exp.Column) else each for each in tree.selects)
    return {
        name.name.casefold()
        for star in stars
        if isinstance(star, exp.Star)
        for kind in ("except_", "except", "exclude")
        for name in cast("list[exp.Expr]", star.args.get(kind) or [])
    }


def _parts(scope: Scope) -> list[Scope]:
    """The two queries of a union; the property has had two names."""
    found = getattr(scope, "set_operation_scopes", None) or getattr(scope, "union_scopes", None)
    return cast("list[Scope]", found or [])


def _united(scope: Scope, name: str) -> Iterator[tuple[Scope, str]]:
    """The queries of a union, and what each calls its output: they are told by their place."""
    parts = _parts(scope)
    names = [[o.alias_or_name for o in _first(part.expression).selects] for part in parts]
    place = next((n for n, own in enumerate(names[0]) if own.casefold() == name.casefold()), None)
    for part, own in zip(parts, names, strict=True):
        plain = place is not None and "*" not in (*names[0], *own) and place < len(own)
        yield part, own[place] if plain and place is not None else name


def _first(query: exp.Expr) -> exp.Query:
    """The query that names a union's outputs."""
    while isinstance(query, (exp.SetOperation, exp.Subquery)):
        query = query.this
    return cast("exp.Query", query)


def _folded(named: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for name, value in named:
        found[name.casefold()].append(value)
    return found


def _one(known: Mapping[str, list[str]], name: str) -> str | None:
    """The one of that name; in another case if need be."""
    found = known.get(name.casefold(), [])
    exact = [id for id in found if id == name or id.endswith(f".{name}")]
    chosen = dict.fromkeys(exact or found)
    return next(iter(chosen)) if len(chosen) == 1 else None


def _like(name: str, known: Mapping[str, T]) -> str | None:
    if name in known:
        return name
    found = [other for other in known if other.casefold() == name.casefold()]
    return found[0] if len(found) == 1 else None


def _schema(id: str) -> str:
    return id.partition(".")[0]
