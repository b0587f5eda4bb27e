"""A model that somebody wrote by hand, read without running it: does it only read, are its columns
there, does a join multiply rows, is anything summed that does not add up, and what is one row.

What cannot be told from the text is said to be unknown, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from dbt_cartridge.documents.design import Design, ModelColumn
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.errors import did_you_mean
from dbt_cartridge.llm.functions import CLASSES, is_plain_call
from dbt_cartridge.llm.ground import keys_of

Node = Any
Key = frozenset[str]
_COMMENT = re.compile(r"\{#.*?#\}", re.S)
_GROWING = re.compile(r"\{%-?\s*if\s+is_incremental\(\)\s*-?%\}.*?\{%-?\s*endif\s*-?%\}", re.S)
_CONFIG = re.compile(r"\{\{-?\s*config\((.*?)\)\s*-?\}\}", re.S)
_REF = re.compile(
    r"\{\{-?\s*ref\(\s*(?:['\"]\w+['\"]\s*,\s*)?['\"]([\w.]+)['\"](?:\s*,[^)]*)?\)\s*-?\}\}"
)
_SOURCE = re.compile(
    r"\{\{-?\s*source\(\s*['\"]([^'\"]+)['\"]\s*,\s*['\"]([^'\"]+)['\"]\s*\)\s*-?\}\}"
)
_JINJA = re.compile(r"\{[{%].*?[}%]\}", re.S)
_WRITES = (
    exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.Command,
    exp.Into, exp.Lock,
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """A relation that a model may read. `keys`: sets of columns that tell its rows apart."""

    name: str
    columns: Mapping[str, ModelColumn | None]
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Reading:
    """`problems`: what is wrong. `notes`: what could not be told, or is worth a look."""

    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    key: tuple[str, ...] = ()  # what one row is, where the text tells


def relations(design: Design, schema: Schema, scan: Scan) -> dict[str, Known]:
    """What the last run knows, as a model names it: `name` of a model, `source.table`."""
    found: dict[str, Known] = {}
    for model in design.models:
        columns = {column.name: column for column in model.columns}
        keys = keys_of(model)
        if model.layer != "marts" and model.primary_key:  # tested where the rows are shown
            keys = (*keys, frozenset(model.primary_key))
        found[model.name] = Known(model.name, columns, keys)
    for source in design.sources:
        for table in source.tables:
            relation, its = scan.by_id.get(table.relation), schema.by_id.get(table.relation)
            if relation is None or its is None:
                continue
            keys = [key for key in (its.primary_key, *its.other_keys) if key]
            found[f"{source.name}.{table.name}"] = Known(
                f"{source.name}.{table.name}",
                dict.fromkeys(column.name for column in relation.columns),
                tuple(frozenset(key.columns) for key in keys if key.proved or key.declared),
            )
    return found


def read(text: str, dialect: str, known: Mapping[str, Known]) -> Reading:
    """Read the text of a model."""
    problems: list[str] = []
    if any(word in said for said in _CONFIG.findall(text) for word in ("_hook", "-hook")):
        problems.append("its config has hooks: they run whatever they say")
    named, plain = _without_jinja(text)
    if odd := _JINJA.search(plain):
        return Reading((
            *problems,
            f"it holds Jinja that is not read here: {odd.group()[:60]}. Only ref, source, config "
            "and is_incremental are; `cartridge verify` has dbt compile it",
        ))  # fmt: skip
    try:
        trees: list[Node] = [tree for tree in sqlglot.parse(plain, read=dialect) if tree]
    except (SqlglotError, RecursionError) as error:
        said = re.sub(r"\x1b\[\d+m", "", str(error)).splitlines()[0]
        return Reading((*problems, f"it is no SQL of {dialect}: {said[:200]}"))
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, exp.Query) or next(tree.find_all(*_WRITES), None) is not None:
        return Reading((*problems, "a model is one select, and nothing that writes or locks"))
    return _Reader(tree, dialect, named, known, problems).reading()


def _without_jinja(text: str) -> tuple[dict[str, str], str]:
    """(placeholder → what it stands for, the text with these for relations)."""
    named: dict[str, str] = {}

    def put(name: str) -> str:
        place = f"r{len(named)}_"
        named[place] = name
        return place

    text = _GROWING.sub("", _COMMENT.sub("", text))
    text = _CONFIG.sub("", text)
    text = _REF.sub(lambda match: put(match[1]), text)
    text = _SOURCE.sub(lambda match: put(f"{match[1]}.{match[2]}"), text)
    return named, text.strip().rstrip(";")


@dataclass
class _Reader:
    tree: Node
    dialect: str
    named: Mapping[str, str]
    known: Mapping[str, Known]
    problems: list[str]
    notes: list[str] = field(default_factory=list[str])
    _keys: dict[int, tuple[Key, ...]] = field(default_factory=dict[int, "tuple[Key, ...]"])

    def reading(self) -> Reading:
        reads = tuple(dict.fromkeys(self.named.values()))
        unknown = [name for name in reads if name not in self.known]
        for name in unknown:
            near = did_you_mean(name, self.known)
            self.notes.append(f"{name} is not known to the last run: nothing is said of it.{near}")
        self.notes += self._functions()
        if not self._bound(unknown):
            return self._told(reads, (), ())
        root: Scope | None = build_scope(self.tree)
        if root is None:
            return self._told(reads, (), ())
        for scope in root.traverse():
            self._judge(scope)
        keys = self._keys.get(id(root), ())
        return self._told(reads, tuple(self.tree.named_selects), min(keys, key=len, default=()))

    def _told(
        self, reads: tuple[str, ...], columns: tuple[str, ...], key: Key | tuple[str, ...]
    ) -> Reading:
        problems, notes = dict.fromkeys(self.problems), dict.fromkeys(self.notes)
        order = [name for name in columns if name in key]
        return Reading(tuple(problems), tuple(notes), reads, columns, tuple(order))

    def _functions(self) -> Iterator[str]:
        for node in self.tree.find_all(exp.Func):
            if isinstance(node, exp.Anonymous):
                name = str(node.this)
                if is_plain_call(name, self.dialect):
                    continue
            elif type(node) in CLASSES or not node.sql_names():
                continue
            else:
                name = str(node.sql_names()[0])
            yield f"{name.lower()[:40]}: it may do more than compute, or is not known"

    def _bound(self, unknown: Sequence[str]) -> bool:
        """Whether every column is there. Says which is not."""
        schema: dict[str, object] = {
            place: dict.fromkeys(self.known[name].columns, "text")
            for place, name in self.named.items()
            if name in self.known
        }
        try:
            self.tree = qualify(
                self.tree, schema=schema, dialect=self.dialect,
                validate_qualify_columns=not unknown, quote_identifiers=False,
                allow_partial_qualification=bool(unknown),
            )  # fmt: skip
        except (SqlglotError, RecursionError) as error:
            said = re.sub(r"\x1b\[\d+m", "", str(error)).splitlines()[0]
            for place, name in self.named.items():
                said = re.sub(rf"\b{place}\b", name, said)
            self.problems.append(f"it does not bind: {said[:300]}")
            return False
        return True

    # ------------------------------------------------------------ one select

    def _judge(self, scope: Scope) -> None:
        select = scope.expression
        if not isinstance(select, exp.Select):
            return  # of a union nothing is known
        source = select.args.get("from_") or select.args.get("from")
        if source is None:
            return
        base = source.alias_or_name
        held: list[tuple[str, Key]] = [(base, key) for key in self._keys_of(scope, base)]
        fanned: list[str] = []
        for join in select.args.get("joins") or ():
            alias = join.alias_or_name
            if self._multiplies(scope, join, alias):
                fanned.append(alias)
                held = []
            if join.side in ("RIGHT", "FULL"):
                held = []
            if join.kind == "INNER" or (not join.side and join.kind != "CROSS"):
                self.notes.append(
                    f"{self._name(scope, alias)} is joined inner: rows without one there are lost"
                )
        self._sums(scope, select, fanned)
        self._keys[id(scope)] = self._result(select, held)

    def _keys_of(self, scope: Scope, alias: str) -> tuple[Key, ...]:
        source: Any = scope.sources.get(alias)
        if isinstance(source, Scope):
            return self._keys.get(id(source), ())
        known = self._relation(source)
        return known.keys if known else ()

    def _relation(self, source: Any) -> Known | None:
        if not isinstance(source, exp.Table):
            return None
        return self.known.get(self.named.get(source.name, ""))

    def _name(self, scope: Scope, alias: str) -> str:
        source: Any = scope.sources.get(alias)
        known = self._relation(source)
        return known.name if known and known.name == alias else alias

    def _multiplies(self, scope: Scope, join: Node, alias: str) -> bool:
        fixed: set[str] = set()
        for condition in _terms(join.args.get("on")):
            if isinstance(condition, exp.EQ):
                sides = (condition.this, condition.expression)
                for mine, other in (sides, sides[::-1]):
                    theirs = {column.table for column in other.find_all(exp.Column)}
                    if isinstance(mine, exp.Column) and mine.table == alias and alias not in theirs:
                        fixed.add(mine.name)
        fixed |= {each.name for each in join.args.get("using") or ()}
        name = self._name(scope, alias)
        if not fixed and (join.kind == "CROSS" or not join.args.get("on")):
            self.problems.append(f"{name} is joined without a condition: every row to every row")
            return True
        keys = self._keys_of(scope, alias)
        if not keys:
            self.notes.append(
                f"no key of {name} is known: whether its join by ({', '.join(sorted(fixed))}) "
                "gives rows more, only the data can tell"
            )
            return True
        if any(key <= fixed for key in keys):
            return False
        said = " or ".join(f"({', '.join(sorted(key))})" for key in keys[:3])
        self.problems.append(
            f"the join to {name} by ({', '.join(sorted(fixed))}) gives rows more: its key is "
            f"{said}. Sum it up to one row first, or join it by all of its key"
        )
        return True

    def _result(self, select: Node, held: Sequence[tuple[str, Key]]) -> tuple[Key, ...]:
        """The sets of output columns that tell its rows apart."""
        outputs: dict[str, str] = {}  # `alias.column` as it is read → as it is called
        texts: dict[str, str] = {}
        for projection in select.expressions:
            inner = projection.unalias()
            texts.setdefault(inner.sql(), projection.alias_or_name)
            if isinstance(inner, exp.Column):
                outputs.setdefault(f"{inner.table}.{inner.name}", projection.alias_or_name)
        if select.args.get("group"):
            names = [texts.get(each.sql()) for each in select.args["group"].expressions]
            return (frozenset(n for n in names if n),) if all(names) else ()
        if select.args.get("distinct"):
            return (frozenset(select.named_selects),)
        if any(_is_summed_up(projection) for projection in select.expressions):
            return (frozenset(),)  # one row
        found: list[Key] = []
        for alias, key in held:
            names = [outputs.get(f"{alias}.{column}") for column in key]
            if all(names):
                found.append(frozenset(n for n in names if n))
        return tuple(dict.fromkeys(found))

    # ------------------------------------------------------------ sums

    def _sums(self, scope: Scope, select: Node, fanned: Sequence[str]) -> None:
        group = select.args.get("group")
        by = {
            self._origin(scope, column)
            for each in (group.expressions if group else ())
            for column in each.find_all(exp.Column)
        }
        for node in select.find_all(exp.Sum):
            if node.parent_select is not select:
                continue
            for column in node.find_all(exp.Column):
                if fanned and column.table not in fanned:
                    self.problems.append(
                        f"sum({column.name}) counts a row of {column.table} once for each row of "
                        f"{fanned[-1]}"
                    )
            plain = node.this.unnest()
            known = self._column(scope, plain) if isinstance(plain, exp.Column) else None
            if known is None:
                continue
            if known.additivity == "non_additive":
                self.problems.append(f"sum({plain.name}): it does not add up")
            if known.unit_by:
                origin = self._origin(scope, plain)
                if origin is not None and (origin[0], known.unit_by) not in by:
                    self.problems.append(
                        f"sum({plain.name}) is over several units: group it by {known.unit_by}"
                    )

    def _origin(self, scope: Scope, column: Node) -> tuple[str, str] | None:
        """(relation, column) that it is, through whatever CTEs lie between."""
        source: Any = scope.sources.get(column.table)
        if isinstance(source, Scope):
            for projection in getattr(source.expression, "selects", ()):
                inner = projection.unalias()
                if projection.alias_or_name == column.name and isinstance(inner, exp.Column):
                    return self._origin(source, inner)
            return None
        known = self._relation(source)
        return (known.name, column.name) if known else None

    def _column(self, scope: Scope, column: Node) -> ModelColumn | None:
        origin = self._origin(scope, column)
        return self.known[origin[0]].columns.get(origin[1]) if origin else None


def _is_summed_up(projection: Node) -> bool:
    return any(
        node.find_ancestor(exp.Window, exp.Subquery, exp.Select).__class__ is exp.Select
        for node in projection.find_all(exp.AggFunc)
    )


def _terms(condition: Node | None) -> Iterator[Node]:
    if condition is None:
        return
    if isinstance(condition, exp.And):
        yield from _terms(condition.this)
        yield from _terms(condition.expression)
    else:
        yield condition.unnest()
