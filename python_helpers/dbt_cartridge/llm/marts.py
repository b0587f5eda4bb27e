"""New models: queries of several steps, with a grain that is known at each.

No join gives a row more: what is joined has at most one row for each row, by a key that is tested,
or by the key that a step was summed up by. The key of the whole is tested on the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dbt_cartridge import native
from dbt_cartridge.design import docs
from dbt_cartridge.documents.additions import Column, Group, Mart, Step
from dbt_cartridge.documents.additions import Join as Wanted
from dbt_cartridge.documents.design import (
    ColumnGroup,
    CompositeUniqueTest,
    Cte,
    Input,
    Join,
    Model,
    ModelColumn,
    NotNullTest,
    Projection,
    Query,
    SameRowCountTest,
    Test,
    UniqueTest,
)
from dbt_cartridge.documents.scan import TypeFamily
from dbt_cartridge.errors import did_you_mean
from dbt_cartridge.llm.building import (
    ORDER,
    Faults,
    Made,
    Name,
    Refused,
    checked,
    levelled,
    made,
    require_units,
    with_tests,
)
from dbt_cartridge.llm.ground import Ground, alias_of, is_query, keys_of
from dbt_cartridge.llm.questions import Fault, Place
from dbt_cartridge.llm.sql import NotAllowed, Scope

Key = frozenset[str]


@dataclass(frozen=True)
class Rows:
    """What stands under a name: a model's rows, or those of a step."""

    name: str  # of the CTE
    columns: Mapping[str, ModelColumn]
    keys: tuple[Key, ...]  # sets of columns that tell rows apart
    primary: tuple[str, ...] = ()
    model: str = ""  # whose rows they are, where it is just these
    based_on: tuple[str, ...] = ()
    literals: Mapping[str, str] = field(default_factory=dict[str, str])  # alike in every row

    @property
    def types(self) -> dict[str, TypeFamily]:
        return {name: column.type for name, column in self.columns.items()}


@dataclass
class _Made:
    """A step as it was made."""

    rows: Rows
    made: list[Made]
    same_rows: bool  # as many as in `of`


def new_mart(ground: Ground, mart: Mart, name: str) -> Model:
    """The model, as it stands over `ground`.

    Raises:
        Refused: all that is wrong with it, each with its place.
    """
    return _Builder(ground, mart).model(name)


class _Builder:
    def __init__(self, ground: Ground, mart: Mart) -> None:
        self._ground, self._mart = ground, mart
        self._inputs: list[Input] = []
        self._ctes: list[Cte] = []
        self._known: dict[str, Rows] = {}  # by alias or step
        self._steps: set[str] = set()
        self._faults = Faults()
        self._unknown: set[str] = set()  # aliases that could not be made: told once

    def model(self, name: str) -> Model:
        mart = self._mart
        if not mart.name:
            self._faults.say((), "a model has a name")
        for number, step in enumerate(mart.steps):
            self._step(step, ("steps", number))
        final = self._made(mart, "final", (), union=tuple(mart.union))
        if (final is None or not final.made) and not self._faults.found:
            self._faults.say((), "a model has columns")
        self._faults.end()
        assert final is not None
        keys = self._keys(final)
        self._faults.end()
        return self._written(name, final, keys)

    # ------------------------------------------------------------ what is read

    def _rows(self, name: str) -> Rows:
        """A step, the base, or a model by its name; read once.

        Raises:
            Refused: there is no such thing.
        """
        if name in self._known:
            return self._known[name]
        models = self._ground.models
        model = self._ground.model if name in ("", self._ground.alias) else models.get(name)
        if model is None:
            known = [*self._steps, *models]
            raise Refused(f"there is no model or step {name[:60]}.{did_you_mean(name, known)}")
        if not is_query(model):
            raise Refused(f"{name[:60]} is nothing to build on")
        return self._read(model, alias_of(model), name)

    def _read(self, model: Model, alias: str, *names: str) -> Rows:
        standing = self._known.get(alias)
        if standing is not None and standing.model != model.name:
            raise Refused(f"{alias}: another thing is called so; give the join another alias")
        if standing is None:
            self._inputs.append(Input(alias=alias, model=model.name))
            standing = _of_model(model, alias)
        self._known.update(dict.fromkeys((alias, *names), standing))
        return standing

    # ------------------------------------------------------------ steps

    def _step(self, step: Step, place: Place) -> None:
        if not step.name or step.name in self._known or step.name in ("final", self._mart.name):
            self._faults.say(place, f"a step needs a name of its own: {step.name or '?'}")
            return
        before = len(self._faults.found)
        one = self._made(step, step.name, place)
        if one is None or len(self._faults.found) > before:
            self._unknown.add(step.name)
            self._known[step.name] = Rows(step.name, {}, ())
            return
        self._known[step.name] = one.rows
        self._steps.add(step.name)

    def _made(
        self, step: Step, called: str, place: Place, union: tuple[str, ...] = ()
    ) -> _Made | None:
        """Adds the CTEs of the step, the last of them by the name `called`."""
        faults = self._faults
        of = faults.of((*place, "of"), lambda: self._rows(step.of))
        if of is None:
            return None
        scope = {of.name: of}
        joins: list[Join] = []
        for number, alias in enumerate(step.joins):
            where = (*place, "joins", number)
            joins += faults.of(where, lambda a=alias, o=of: self._along(o, a, scope)) or ()
        for number, join in enumerate(step.join_to):
            where = (*place, "join_to", number)
            joins += faults.of(where, lambda j=join: self._joined(j, scope)) or ()
        types = {alias: rows.types for alias, rows in scope.items()}
        known: dict[Name, ModelColumn] = {
            (alias, name): column
            for alias, rows in scope.items()
            for name, column in rows.columns.items()
        }
        dialect = self._ground.dialect
        rows_scope = Scope(dialect, types, of.name)
        conditions = [
            condition
            for number, text in enumerate(step.where)
            if (condition := self._condition(text, rows_scope, (*place, "where", number)))
        ]
        groups = [
            group
            for number, one in enumerate(step.by)
            if (group := self._group(one, rows_scope, known, (*place, "by", number)))
        ]
        making = _Columns(rows_scope, known, groups, self._ground.dialect, of.name)
        for number, column in enumerate(step.columns):
            self._column(making, column, (*place, "columns", number))
        if not step.by:
            groups = self._identified(of, making)
        every = [*groups, *making.made]
        if not every:
            return None
        self._ctes += _layers(
            called, of.name, groups, making, joins, conditions, summed=bool(step.by), union=union
        )
        by = tuple(group.name for group in groups)
        result = Rows(
            name=called,
            columns={one.name: one.column for one in every},
            keys=(frozenset(by),) if by else (),
            primary=by,
            based_on=of.based_on,
            literals={o.name: o.checked.literal for o in every if o.checked.literal is not None},
        )
        return _Made(result, every, not (step.by or step.where or union))

    def _column(self, making: _Columns, column: Column, place: Place) -> None:
        try:
            making.add(column)
        except Refused as error:
            if not any(f"there is no alias {name}" in str(error) for name in self._unknown):
                self._faults.found += [Fault(place, each.why) for each in error.faults]

    def _condition(self, text: str, scope: Scope, place: Place) -> str:
        def work() -> str:
            of = scope.check(text)
            if of.type != "boolean" or of.aggregates or of.windows:
                raise Refused("where: a condition on one row, without aggregates and windows")
            return of.expression

        return self._faults.of(place, work) or ""

    def _group(
        self, group: Group, scope: Scope, known: Mapping[Name, ModelColumn], place: Place
    ) -> Made | None:
        def work() -> Made:
            column = Column(name=group.name, expression=group.expression)
            of = checked(column, scope)
            if of.aggregates or of.windows:
                raise Refused("by: no aggregates and no windows")
            return made(column, of, known)

        return self._faults.of(place, work)

    def _identified(self, of: Rows, making: _Columns) -> list[Made]:
        """The key's columns, where the step does not show them itself."""
        shown = {
            name: one.name
            for one in making.made
            if len(one.checked.columns) == 1
            and one.checked.expression == native.quoted(*next(iter(one.checked.columns)))
            for _, name in [next(iter(one.checked.columns))]
        }
        taken = {one.name for one in making.made}
        groups: list[Made] = []
        for name in of.primary:
            if shown.get(name) is not None:
                groups.append(making.take(shown[name]))
            elif name in taken:
                raise Refused(f"{name}: the key is called so; give the column another name")
            else:
                groups.append(making.plain(name))
        return groups

    # ------------------------------------------------------------ joins

    def _along(self, of: Rows, alias: str, scope: dict[str, Rows]) -> list[Join]:
        """A known way from the base."""
        ground = self._ground
        if of.model != ground.model.name or alias not in ground.joins:
            self._unknown.add(alias)
            near = did_you_mean(alias, ground.joins)
            raise Refused(f"{alias[:60]} cannot be joined.{near}")
        way = ground.joins[alias]
        rows = self._read(way.model, alias)
        scope[alias] = rows
        pairs = zip(way.columns, way.fields, strict=True)
        on = tuple(f"{native.quoted(of.name, c)} = {native.quoted(alias, f)}" for c, f in pairs)
        return [Join(kind="left", to=alias, on=on)]

    def _joined(self, join: Wanted, scope: dict[str, Rows]) -> list[Join]:
        try:
            return self._join(join, scope)
        except Refused:
            self._unknown.add(join.alias)
            raise

    def _join(self, join: Wanted, scope: dict[str, Rows]) -> list[Join]:
        if not join.alias or join.alias in scope:
            raise Refused(f"a join needs an alias of its own: {join.alias or '?'}")
        target = self._target(join)
        if not join.match and join.as_of is None:
            raise Refused(f"{join.alias}: a join says which columns `match`")
        conditions: list[str] = []
        for pair in join.match:
            left = _side(pair.left, scope)
            if pair.right not in target.columns:
                near = did_you_mean(pair.right, target.columns)
                raise Refused(f"{join.model[:60]} has no column {pair.right[:60]}.{near}")
            _require_alike(left, (target.columns[pair.right].type, f"{join.alias}.{pair.right}"))
            conditions.append(f"{left[0]} = {native.quoted(join.alias, pair.right)}")
        fields = {pair.right for pair in join.match}
        if join.as_of is not None:
            conditions += self._as_of(join, target, scope)
            fields.add(join.as_of.since)
        elif target.name != join.alias:
            self._whole(join.alias, target.name)
        if not any(key <= fields for key in target.keys):
            said = " or ".join(f"({', '.join(sorted(key))})" for key in target.keys[:3])
            raise Refused(
                f"{join.alias}: several rows of {join.model[:60]} may fit one row; "
                + (f"its key is {said}" if said else "no key of it is known")
                + ": join it by all of that, or sum it up in a step first"
            )
        scope[join.alias] = replace(target, name=join.alias)
        self._known.setdefault(join.alias, scope[join.alias])
        return [Join(kind="left", to=join.alias, on=tuple(conditions))]

    def _target(self, join: Wanted) -> Rows:
        if join.model in self._steps:
            step, standing = self._known[join.model], self._known.get(join.alias)
            if standing is not None and standing.columns is not step.columns:
                raise Refused(f"{join.alias}: another thing is called so")
            return standing or step
        if join.model in self._unknown:
            raise Refused(f"{join.model} was refused")
        model = self._ground.models.get(join.model)
        if model is None or not is_query(model):
            known = [*self._steps, *self._ground.models]
            near = did_you_mean(join.model, known)
            raise Refused(f"there is no model or step {join.model[:60]}.{near}")
        if join.as_of is not None and not join.as_of.until:
            return self._read(model, f"{join.alias}_rows")
        return self._read(model, join.alias)

    def _as_of(self, join: Wanted, target: Rows, scope: dict[str, Rows]) -> list[str]:
        """The row that held at a time. Where none says when it ended, the next one ends it."""
        as_of = join.as_of
        assert as_of is not None
        at = _side(as_of.at, scope)
        for name in filter(None, (as_of.since, as_of.until)):
            if name not in target.columns:
                near = did_you_mean(name, target.columns)
                raise Refused(f"{join.model[:60]} has no column {name[:60]}.{near}")
            _require_alike(at, (target.columns[name].type, f"{join.alias}.{name}"))
        until = as_of.until or f"next_{as_of.since}"
        if not as_of.until:
            rows = [native.quoted(target.name, pair.right) for pair in join.match]
            since = native.quoted(target.name, as_of.since)
            among = f"partition by {', '.join(rows)} " if rows else ""
            column = Projection(
                name=until, expression=f"lead({since}) over ({among}order by {since})",
                group="timestamps",
            )  # fmt: skip
            self._whole(join.alias, target.name, column)
        elif target.name != join.alias:
            self._whole(join.alias, target.name)
        start, end = (native.quoted(join.alias, name) for name in (as_of.since, until))
        return [f"{at[0]} >= {start}", f"({at[0]} < {end} or {end} is null)"]

    def _whole(self, name: str, of: str, *more: Projection) -> None:
        """All columns of what stands there, under another name."""
        cte = Cte(name=name, from_alias=of, whole=bool(more), projections=more)
        if cte not in self._ctes:
            self._ctes.append(cte)

    # ------------------------------------------------------------ the whole

    def _keys(self, final: _Made) -> tuple[str, ...]:
        """The columns that tell the rows of the whole apart."""
        mart = self._mart
        for name in mart.union:
            self._require_alike(final, name)
        if mart.union:
            return self._key_of_union(final)
        if not final.rows.primary and mart.layer == "marts":
            self._faults.say((), "what it is made from has no key: sum it up by something")
        return final.rows.primary

    def _require_alike(self, final: _Made, name: str) -> None:
        if name not in self._steps:
            self._faults.say(("union",), f"there is no step {name[:60]}")
            return
        ours, theirs = final.rows.types, self._known[name].types
        if ours != theirs:
            odd = sorted({n for n in {*ours, *theirs} if ours.get(n) != theirs.get(n)})
            self._faults.say(("union",), f"{name}: {', '.join(odd[:5])}: other columns or types")

    def _key_of_union(self, final: _Made) -> tuple[str, ...]:
        """Rows of several things: a text that differs from one to the next, and the key of each."""
        key = tuple(dict.fromkeys(self._mart.key))
        parts = [final.rows, *(self._known[n] for n in self._mart.union if n in self._steps)]
        telling = [
            name
            for name in key
            if len({part.literals.get(name, "") for part in parts} - {""}) == len(parts)
        ]
        own = all(part.primary and set(part.primary) <= set(key) for part in parts)
        if not telling or not own:
            self._faults.say(
                ("key",),
                "the key of several things one below the other is a column with another text in "
                "each of them, and the key of each",
            )
        return key

    def _written(self, name: str, final: _Made, keys: tuple[str, ...]) -> Model:
        mart, ground = self._mart, self._ground
        used = _used(self._inputs, self._ctes)
        query = Query(
            inputs=tuple(each for each in self._inputs if each.alias in used),
            ctes=tuple(cte for cte in self._ctes if cte.name in used),
        )
        own_base = final.rows.based_on
        same = final.same_rows and self._rows(mart.of).model
        columns = [
            _keyed(one.column, keys, required=not mart.by and not mart.union) for one in final.made
        ]
        groups = {p.name: p.group for p in query.ctes[-1].projections}
        columns.sort(key=lambda column: ORDER[groups[column.name]])
        tests: list[Test] = [CompositeUniqueTest(columns=keys)] if len(keys) > 1 else []
        if same:
            tests.append(SameRowCountTest(as_model=same))
        is_row = bool(same) and same == ground.model.name
        model = Model(
            name=name, layer=mart.layer, folder=ground.model.folder, source=ground.model.source,
            description=docs.sentence(mart.description) or docs.sentence(docs.words(name)),
            grain=ground.model.grain if is_row else _grain(keys),
            entity=name.split("_", 1)[-1], body=query, columns=tuple(columns), tests=tuple(tests),
            materialized="table" if mart.layer == "marts" else "view", primary_key=keys,
            based_on=own_base, tags=tuple(mart.tags),
        )  # fmt: skip
        return with_tests(replace(ground, model=model), mart)


# ---------------------------------------------------------------- columns of one step


@dataclass
class _Columns:
    """The columns of a step, in their order: those before may be read."""

    scope: Scope
    known: Mapping[Name, ModelColumn]
    groups: Sequence[Made]
    dialect: str
    base: str
    ones: list[tuple[Made, frozenset[str]]] = field(
        default_factory=list[tuple[Made, frozenset[str]]]
    )
    taken: dict[str, Made] = field(default_factory=dict[str, Made])

    @property
    def made(self) -> list[Made]:
        return [one for one, _ in self.ones if one.name not in self.taken]

    def add(self, column: Column) -> None:
        """Raises Refused."""
        names = {one.name for one, _ in self.ones} | {group.name for group in self.groups}
        if column.name in names:
            raise Refused(f"{column.name}: two columns have one name")
        self.ones.append(self._summed(column) if self.groups else self._of_row(column))

    def take(self, name: str) -> Made:
        """A column that was asked for and is the key: it stands with the key."""
        one = next(one for one, _ in self.ones if one.name == name)
        self.taken[name] = one
        return one

    def plain(self, name: str) -> Made:
        column = Column(name=name, expression=native.quoted(self.base, name))
        of = Scope("duckdb", self.scope.columns, self.base).check(column.expression)
        return made(column, of, self.known)

    def _before(self) -> dict[str, Made]:
        return {one.name: one for one, _ in self.ones}

    def _of_row(self, column: Column) -> tuple[Made, frozenset[str]]:
        before = self._before()
        own = self.scope.columns[self.base]
        more = {n: one.checked.type for n, one in before.items() if n not in own}
        scope = replace(self.scope, columns={**self.scope.columns, self.base: {**more, **own}})
        of = checked(column, scope)
        if of.aggregates:
            raise Refused(f"{column.name}: an aggregate needs `by`")
        reads = {name for alias, name in of.columns if alias == self.base and name in more}
        known = {**self.known, **{(self.base, n): before[n].column for n in reads}}
        return made(column, of, known), frozenset(reads)

    def _summed(self, column: Column) -> tuple[Made, frozenset[str]]:
        """An aggregate, or an expression over what was summed up before."""
        try:
            of = checked(column, self.scope)
        except Refused as error:
            return self._over_sums(column, error)
        if not of.aggregates and of.columns:
            only = Refused(f"{column.name}: with `by`, every column is an aggregate, or is over "
                           "columns that are")  # fmt: skip
            return self._over_sums(column, only)
        if of.windows:
            raise Refused(f"{column.name}: no windows beside aggregates: read a step that sums up")
        by = frozenset(name for group in self.groups for name in group.checked.columns)
        try:
            require_units(of, self.known, by)
        except Refused as error:
            raise Refused(f"{column.name}: {error}") from None
        return made(column, of, self.known), frozenset()

    def _over_sums(self, column: Column, otherwise: Refused) -> tuple[Made, frozenset[str]]:
        before = {**{g.name: g for g in self.groups}, **self._before()}
        types: dict[str, TypeFamily] = {name: one.checked.type for name, one in before.items()}
        scope = Scope(self.dialect, {"summed": types}, "summed")
        try:
            of = scope.check(column.expression)
        except NotAllowed:
            raise otherwise from None
        if of.aggregates:
            raise otherwise
        if column.type:
            of = scope.made(column.expression, column.type)
        if of.type in ("integer", "decimal", "float"):
            of = replace(of, adds_up=False)
        known = {("summed", name): one.column for name, one in before.items()}
        reads = {name for _, name in of.columns}
        above = frozenset(reads & self._before().keys())
        one = made(column, of, known)
        if not above:  # of groups alone: it is one level up all the same
            above = frozenset({next(iter(self._before()), "")} - {""})
            if not above:
                raise otherwise
        return one, above


def _layers(
    called: str,
    base: str,
    groups: Sequence[Made],
    making: _Columns,
    joins: Sequence[Join],
    conditions: Sequence[str],
    *,
    summed: bool,
    union: tuple[str, ...],
) -> list[Cte]:
    """The CTEs of a step: what can be computed at once, and what is computed over that."""
    levels = levelled(making.ones)
    levels = levels or [[]]
    keys = [one for one in groups if one.name not in making.taken]
    names = _names(called, len(levels), "summed" if summed else "joined")
    carried = {} if summed else _carried(levels, making, base, groups)
    first = [
        *(one.projection for one in keys),
        *(one.projection for one in levels[0]),
        *(Projection(name=new, expression=native.quoted(*old), group="strings")
          for old, new in carried.items()),
    ]  # fmt: skip
    ctes = [
        Cte(
            name=names[0], from_alias=base, joins=tuple(joins), where=tuple(conditions),
            projections=_sorted(first),
            group_by=tuple(one.derivation.expression for one in groups) if summed else (),
        )
    ]  # fmt: skip
    shown = [*keys, *levels[0]]
    for level, name in zip(levels[1:], names[1:], strict=True):
        above = ctes[-1].name
        last = name == names[-1]
        kept: list[tuple[str, ColumnGroup]] = [(o.name, o.projection.group) for o in shown]
        for new in () if last else carried.values():
            kept.append((new, "strings"))
        projections = [
            *(Projection(name=n, expression=native.quoted(above, n), group=g) for n, g in kept),
            *(_raised(one, above, base, carried) for one in level),
        ]
        ctes.append(Cte(name=name, from_alias=above, projections=_sorted(projections)))
        shown += level
    if union:
        ctes[-1] = ctes[-1].model_copy(update={"union": union})
    return ctes


def _names(called: str, count: int, verb: str) -> list[str]:
    stem = verb if called == "final" else f"{called}_{verb}"
    below = [stem, *(f"{stem}_{number}" for number in range(2, count))]
    return [*below[: count - 1], called]


def _carried(
    levels: Sequence[Sequence[Made]], making: _Columns, base: str, groups: Sequence[Made]
) -> dict[Name, str]:
    """Columns of what is read that a later level needs, and what they are called on the way."""
    new = {one.name for level in levels for one in level} | {one.name for one in groups}
    made_here = {one.name: one for level in levels for one in level}
    found: dict[Name, str] = {}
    for level in levels[1:]:
        for one in level:
            reads = next(reads for each, reads in making.ones if each is one)
            for alias, name in sorted(one.checked.columns):
                if alias == base and name in reads and name in made_here:
                    continue
                plain = name if name not in new else f"{alias}_{name}"
                found[alias, name] = plain
    return found


def _raised(one: Made, above: str, base: str, carried: Mapping[Name, str]) -> Projection:
    places = {
        (alias, name): (above, carried.get((alias, name), name))
        for alias, name in one.checked.columns
    }
    expression = native.moved(one.derivation.expression, places)
    return one.projection.model_copy(update={"expression": expression})


def _sorted(projections: Sequence[Projection]) -> tuple[Projection, ...]:
    return tuple(sorted(projections, key=lambda each: ORDER[each.group]))


# ---------------------------------------------------------------- small parts


def _of_model(model: Model, alias: str) -> Rows:
    keys = keys_of(model)
    primary = model.primary_key
    if not primary or frozenset(primary) not in keys:
        primary = tuple(sorted(keys[0])) if keys else ()
    columns = {column.name: column.model_copy(update={"tests": ()}) for column in model.columns}
    return Rows(alias, columns, keys, primary, model.name, model.based_on)


def _side(text: str, scope: Mapping[str, Rows]) -> tuple[str, TypeFamily, str]:
    """`alias.column` of what is there, quoted, with its type."""
    alias, dot, name = text.partition(".")
    if not dot:
        alias, name = next(iter(scope)), text
    if alias not in scope:
        raise Refused(f"there is no alias {alias[:60]} before this join")
    if name not in scope[alias].columns:
        near = did_you_mean(name, scope[alias].columns)
        raise Refused(f"{alias} has no column {name[:60]}.{near}")
    return native.quoted(alias, name), scope[alias].columns[name].type, f"{alias}.{name}"


_ALIKE = (frozenset({"integer", "decimal", "float"}), frozenset({"date", "timestamp"}))


def _require_alike(left: tuple[str, TypeFamily, str], right: tuple[TypeFamily, str]) -> None:
    kinds = {left[1], right[0]}
    if len(kinds) > 1 and not any(kinds <= alike for alike in _ALIKE):
        raise Refused(f"{left[2]} is {left[1]} and {right[1]} is {right[0]}: they are not the same")


def _keyed(column: ModelColumn, keys: tuple[str, ...], *, required: bool) -> ModelColumn:
    if keys != (column.name,):
        return column
    tests: tuple[Test, ...] = (UniqueTest(column=column.name),)
    if required:
        tests = (*tests, NotNullTest(column=column.name))
    more = (test for test in column.tests if test not in tests)
    return column.model_copy(update={"tests": (*tests, *more)})


def _grain(keys: tuple[str, ...]) -> str:
    if not keys:
        return ""
    return docs.grain(docs.listed([docs.words(key) for key in keys]))


def _used(inputs: Sequence[Input], ctes: Sequence[Cte]) -> set[str]:
    """What the last CTE stands on."""
    found = {ctes[-1].name}
    for cte in reversed(ctes):
        if cte.name in found:
            found |= {cte.from_alias, *(join.to for join in cte.joins), *cte.union}
    return found | {each.alias for each in inputs if each.alias in found}
