"""Parts into models: derived columns, tests, new models. Every expression goes through `sql`.

What is computed here is a `Derivation`, as the rules' own is: an expression, with its type, unit
and additivity, and words for the docs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

from dbt_cartridge import native
from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.parts import Attribute, model_columns
from dbt_cartridge.documents.additions import Accepted, Column, Rule
from dbt_cartridge.documents.design import (
    ADDED,
    AcceptedValuesTest,
    ColumnGroup,
    Cte,
    ExpressionTest,
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
)  # fmt: skip
from dbt_cartridge.documents.scan import TypeFamily
from dbt_cartridge.documents.schema import Additivity
from dbt_cartridge.llm.ground import Ground, JoinTo, types
from dbt_cartridge.llm.questions import Fault, Place
from dbt_cartridge.llm.sql import Checked, NotAllowed, Scope

GROUPS: dict[str, ColumnGroup] = {
    "integer": "numerics", "decimal": "numerics", "float": "numerics", "boolean": "booleans",
    "date": "dates", "timestamp": "timestamps",
}  # fmt: skip
ORDER = {group: place for place, group in enumerate(get_args(ColumnGroup))}
Name = tuple[str, str]
T = TypeVar("T")


class Refused(Exception):
    """What is wrong with a part, in words for the provider and the report."""

    def __init__(self, *faults: Fault | str) -> None:
        self.faults = tuple(Fault((), each) if isinstance(each, str) else each for each in faults)
        super().__init__("; ".join(fault.why for fault in self.faults))


@dataclass
class Faults:
    """All that is wrong, gathered on the way."""

    found: list[Fault] = field(default_factory=list[Fault])

    def of(self, place: Place, work: Callable[[], T]) -> T | None:
        try:
            return work()
        except Refused as error:
            self.found += [Fault((*place, *each.place), each.why) for each in error.faults]
        except NotAllowed as error:
            self.found.append(Fault(place, str(error)))
        return None

    def say(self, place: Place, why: str) -> None:
        self.found.append(Fault(place, why))

    def end(self) -> None:
        """Raises Refused where anything was wrong."""
        if self.found:
            raise Refused(*self.found)


@dataclass(frozen=True)
class Made:
    """A column that was asked for, and what it is made of."""

    derivation: Derivation
    checked: Checked
    tests: tuple[Test, ...] = ()

    @property
    def name(self) -> str:
        return self.derivation.name

    @property
    def projection(self) -> Projection:
        its = self.derivation
        return Projection(name=its.name, expression=its.expression, group=its.attribute.group)

    @property
    def column(self) -> ModelColumn:
        (column,) = model_columns([self.derivation.attribute], {self.name: [*self.tests]})
        return column


Known = Mapping[Name, ModelColumn]
"""What is known of the columns that an expression may name."""


def checked(column: Column, scope: Scope) -> Checked:
    """Raises Refused."""
    if not column.name:
        raise Refused("a name is empty")
    try:
        if column.type:
            return scope.made(column.expression, column.type)
        return scope.check(column.expression)
    except NotAllowed as error:
        raise Refused(f"{column.name}: {error}") from None


def made(column: Column, of: Checked, known: Known) -> Made:
    """A column with what it takes over of those that it is made of: their personal data, and,
    where it is one of them as it stands, what is known of that."""
    sources = [known[name] for name in sorted(of.columns) if name in known]
    plain = sources[0] if of.columns and of.expression in _plain(of.columns) else None
    group = "ids" if column.name.endswith("_id") else GROUPS.get(of.type, "strings")
    personal = next((each.pii for each in sources if each.pii), None) if of.type == "text" else None
    unit = column.unit or (plain.unit if plain else None)
    attribute = Attribute(
        name=column.name, type=of.type, group=group, rule=ADDED,
        description=_sentence(column, plain), unit=unit or None,
        additivity=plain.additivity if plain else _additivity(of),
        unit_by=plain.unit_by if plain else None,
        pii=personal,  # pyright: ignore[reportArgumentType]
        data_type=plain.data_type if plain else None,
    )  # fmt: skip
    kinds = {"unique": UniqueTest, "not_null": NotNullTest}
    tests = tuple(kinds[each](column=column.name) for each in dict.fromkeys(column.tests))
    return Made(Derivation(ADDED, attribute, of.expression, Rank.ALWAYS), of, tests)


def _plain(columns: frozenset[Name]) -> set[str]:
    return {native.quoted(*name) for name in columns}


def _additivity(of: Checked) -> Additivity | None:
    if of.adds_up is None:
        return None
    return "additive" if of.adds_up else "non_additive"


def _sentence(column: Column, plain: ModelColumn | None) -> str:
    if not column.description and plain is not None and plain.name == column.name:
        return plain.description
    text = docs.sentence(column.description or docs.words(column.name))
    if column.unit and column.unit.lower() not in text.lower():
        return f"{text[:-1]}, in {column.unit}."
    return text


def require_units(of: Checked, known: Known, by: frozenset[Name]) -> None:
    """Nothing is summed that does not add up, nor over several currencies or units.

    Raises:
        Refused.
    """
    for name in sorted(of.summed):
        column = known.get(name)
        if column is None:
            continue
        if column.additivity == "non_additive":
            raise Refused(f"{name[1]} does not add up: average it, or sum what it is a part of")
        if column.unit_by and (name[0], column.unit_by) not in by:
            raise Refused(f"{name[1]} is in several units: add {column.unit_by} to `by`")


# ---------------------------------------------------------------- columns on what is there


def levelled(ones: Sequence[tuple[Made, frozenset[str]]]) -> list[list[Made]]:
    """By how many others lie below: each with the names of new columns that it reads."""
    depth: dict[str, int] = {}
    levels: list[list[Made]] = []
    for one, reads in ones:
        at = max((depth[name] + 1 for name in reads), default=0)
        depth[one.name] = at
        levels += [[] for _ in range(at + 1 - len(levels))]
        levels[at].append(one)
    return levels


def with_columns(ground: Ground, columns: Sequence[Column]) -> Model:
    """The model with derived columns behind its own. The same rows. What a rule of ours computes
    already under that name is not computed twice.

    Raises:
        Refused: names that are taken, aggregates, and expressions that are not allowed; all of
            them, each with the column's place.
    """
    model = ground.model
    known = {column.name for column in model.columns if column.made_by not in (None, ADDED)}
    faults = Faults()
    new: dict[str, Made] = {}
    ones: list[tuple[Made, frozenset[str]]] = []
    ways: dict[str, JoinTo] = {}
    for number, column in enumerate(columns):
        if column.name in known:
            continue
        one = faults.of(("columns", number), lambda c=column: _derived(ground, c, new, ways))
        if one is not None:
            new[column.name] = one
            reads = {name for alias, name in one.checked.columns if alias == ground.alias}
            ones.append((one, frozenset(reads & new.keys() - {column.name})))
    faults.end()
    if not ones:
        return model
    return _stacked(ground, levelled(ones), ways)


def _derived(
    ground: Ground, column: Column, new: Mapping[str, Made], ways: dict[str, JoinTo]
) -> Made:
    """Raises Refused. Adds the joins that it needs to `ways`."""
    model, base = ground.model, ground.alias
    if column.name in types(model) or column.name in new:
        raise Refused(f"{column.name}: there is such a column")
    own: dict[str, TypeFamily] = dict(types(model))
    own |= {name: one.checked.type for name, one in new.items()}
    open_: dict[str, Mapping[str, TypeFamily]] = {base: own}
    reachable: dict[str, JoinTo] = {}
    closed: dict[str, str] = {}
    for alias, join in ground.joins.items():
        way = ground.joinable(join)
        if way is None:
            closed[alias] = join.model.name
        else:
            reachable[alias] = way
            open_[alias] = types(way.model)
    for alias, name in closed.items():
        if f"{alias}." in column.expression:
            raise Refused(
                f"{column.name}: {name} is made from {model.name}; put this into a new mart"
            )
    try:
        of = checked(column, Scope(ground.dialect, open_, base))
    except Refused as error:
        raise Refused(f"{error}{_instead(ground, column, reachable)}") from None
    if of.aggregates:
        raise Refused(f"{column.name}: a derived column is of one row; no aggregates")
    used = {alias for alias, _ in of.columns} - {base}
    if model.incremental is not None and (of.windows or used):
        what = "windows" if of.windows else "joins"
        raise Refused(f"{column.name}: no {what} in a model that grows")
    ways.update({alias: reachable[alias] for alias in sorted(used)})
    known = {(base, c.name): c for c in model.columns}
    known |= {(base, name): one.column for name, one in new.items()}
    known |= {(a, c.name): c for a, way in reachable.items() for c in way.model.columns}
    return made(column, of, known)


def _instead(ground: Ground, column: Column, ways: Mapping[str, JoinTo]) -> str:
    """Why a join does not lead to what the base is known to lead to."""
    for alias, way in ways.items():
        known = ground.joins[alias].model.name
        if f"{alias}." in column.expression and way.model.name != known:
            return f" ({known} is made from {ground.model.name}: here {alias} is {way.model.name})"
    return ""


_LAYERS = ("derived", "derived_further", "derived_last")


def _stacked(ground: Ground, levels: list[list[Made]], ways: Mapping[str, JoinTo]) -> Model:
    model = ground.model
    body = model.body
    assert isinstance(body, Query)
    inputs, ctes = list(body.inputs), list(body.ctes)
    taken = {each.alias for each in inputs} | {cte.name for cte in ctes}
    called = {alias: _free(f"{alias}_joined" if alias in taken else alias, taken) for alias in ways}
    inputs += [Input(alias=called[alias], model=way.model.name) for alias, way in ways.items()]
    columns = list(model.columns)
    groups = {p.name: p.group for p in ctes[-1].projections}
    for level in levels:
        last = ctes[-1]
        used = {alias for one in level for alias, _ in one.checked.columns} & ways.keys()
        joins = [_left(ways[alias], called[alias], last.name) for alias in sorted(used)]
        renames = {ground.alias: last.name, **called}
        kept = [
            Projection(name=p.name, expression=native.quoted(last.name, p.name), group=p.group)
            for p in last.projections
        ]
        new = [_over(one, renames) for one in level]
        name = _free(next((n for n in _LAYERS if n not in taken), "derived"), taken)
        ctes.append(
            Cte(name=name, from_alias=last.name, projections=(*kept, *new), joins=tuple(joins))
        )
        columns += [one.column for one in level]
        groups |= {p.name: p.group for p in new}
    columns.sort(key=lambda column: ORDER[groups[column.name]])
    query = Query(inputs=tuple(inputs), ctes=tuple(ctes))
    tests = (*model.tests, *_same_rows(model)) if ways else model.tests
    update: dict[str, Any] = {"body": query, "columns": tuple(columns), "tests": tests}
    if ways:
        more = [id for way in ways.values() for id in way.model.based_on[:1]]
        update["based_on"] = tuple(dict.fromkeys((*model.based_on, *more)))
    return model.model_copy(update=update)


def _free(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    taken.add(found)
    return found


def _left(way: JoinTo, alias: str, base: str) -> Join:
    pairs = zip(way.columns, way.fields, strict=True)
    on = tuple(f"{native.quoted(base, c)} = {native.quoted(alias, f)}" for c, f in pairs)
    return Join(kind="left", to=alias, on=on)


def _over(one: Made, renames: Mapping[str, str]) -> Projection:
    """With other aliases before its columns."""
    places = {(a, n): (renames[a], n) for a, n in one.checked.columns if a in renames}
    expression = native.moved(one.derivation.expression, places)
    return one.projection.model_copy(update={"expression": expression})


def _same_rows(model: Model) -> Iterator[Test]:
    """As many rows as what it is read from, where nothing but joins lies between."""
    body = model.body
    if not isinstance(body, Query) or any(isinstance(t, SameRowCountTest) for t in model.tests):
        return
    plain = all(
        not (c.where or c.group_by or c.distinct or c.latest or c.union or c.unnest)
        for c in body.ctes
    )
    inputs = {each.alias: each for each in body.inputs}
    first = inputs.get(body.ctes[-1].from_alias)
    if plain and first is not None and first.model and not first.demanded:
        yield SameRowCountTest(as_model=first.model)


# ---------------------------------------------------------------- tests


def rules(ground: Ground, claimed: Sequence[Rule]) -> tuple[Test, ...]:
    """Raises Refused, with the place of each."""
    faults = Faults()
    found: list[Test] = []
    for number, rule in enumerate(claimed):
        test = faults.of(("rules", number), lambda r=rule: _rule(ground, r))
        found += [test] if test is not None else []
    faults.end()
    return tuple(dict.fromkeys(found))


def _rule(ground: Ground, rule: Rule) -> Test:
    of = checked(Column(name=rule.name, expression=rule.expression), ground.own)
    if of.type != "boolean" or of.aggregates or of.windows:
        raise Refused(f"{rule.name}: a rule is a condition on one row")
    expression = of.expression.replace(f'"{ground.alias}".', "")
    return ExpressionTest(expression=expression, name=rule.name, severity=rule.severity)


def accepted(ground: Ground, claimed: Sequence[Accepted]) -> tuple[AcceptedValuesTest, ...]:
    """Raises Refused, with the place of each."""
    tested = {
        test.column for test in ground.model.all_tests if isinstance(test, AcceptedValuesTest)
    }
    faults = Faults()
    found: list[AcceptedValuesTest] = []
    for number, each in enumerate(claimed):
        test = faults.of(("accepted", number), lambda a=each: _accepted(ground, a))
        if test is not None and each.column not in tested:
            found.append(test)
    faults.end()
    return tuple(found)


def _accepted(ground: Ground, each: Accepted) -> AcceptedValuesTest:
    known = types(ground.model)
    if each.column not in known:
        raise Refused(f"there is no column {each.column[:60]}")
    if known[each.column] != "text" or not each.values:
        raise Refused(f"{each.column[:60]}: values of a text column, at least one")
    if any(len(value) > 100 or not value.isprintable() for value in each.values):
        raise Refused(f"{each.column[:60]}: values of one printable line")
    return AcceptedValuesTest(column=each.column, values=tuple(dict.fromkeys(each.values)))


def with_tests(ground: Ground, its: Any) -> Model:
    """The model with rules and accepted values of `its`, an Additions or a Mart.

    Raises:
        Refused: with the place of each.
    """
    faults = Faults()
    of_rows = faults.of((), lambda: rules(ground, its.rules)) or ()
    listed = faults.of((), lambda: accepted(ground, its.accepted)) or ()
    faults.end()
    valued = {test.column: test for test in listed}
    model = ground.model
    columns = tuple(
        column.model_copy(update={"tests": (*column.tests, valued[column.name])})
        if column.name in valued
        else column
        for column in model.columns
    )
    return model.model_copy(update={"columns": columns, "tests": (*model.tests, *of_rows)})


# ---------------------------------------------------------------- what should not be there


def without_columns(ground: Ground, names: Sequence[str]) -> Model:
    """The model without columns that nothing else stands on.

    Raises:
        Refused: each that something stands on, by what, with its place.
    """
    faults = Faults()
    gone: set[str] = set()
    for number, name in enumerate(names):
        if (why := _needed(ground, name)) is None:
            gone.add(name)
        else:
            faults.say(("drop_columns", number), f"{name[:60]}: {why}")
    faults.end()
    if not gone:
        return ground.model
    model = ground.model
    body = model.body
    assert isinstance(body, Query)
    last = body.ctes[-1]
    kept = tuple(p for p in last.projections if p.name not in gone)
    ctes = (*body.ctes[:-1], last.model_copy(update={"projections": kept}))
    return model.model_copy(
        update={
            "body": body.model_copy(update={"ctes": ctes}),
            "columns": tuple(c for c in model.columns if c.name not in gone),
            "tests": tuple(t for t in model.tests if not _names_of(t) & gone),
            "conserved": tuple(c for c in model.conserved if c.column not in gone),
        }
    )


def _needed(ground: Ground, name: str) -> str | None:
    """What stands on a column."""
    model = ground.model
    if name not in types(model):
        return "there is no such column"
    grows = model.incremental
    if name in model.primary_key or (grows is not None and name in grows.unique_key):
        return "it is the key"
    if grows is not None and name == grows.watermark:
        return "new rows are found by it"
    if not isinstance(model.body, Query) or model.body.ctes[-1].group_by:
        return "rows are summed up by it"
    for other in ground.models.values():
        if other.name == model.name:
            continue
        if any(_leads_to(test, model.name, name) for test in other.all_tests):
            return f"{other.name} leads to it"
        if _reads(other, model.name, name):
            return f"{other.name} reads it"
    return None


def _leads_to(test: Test, model: str, column: str) -> bool:
    said = test.model_dump()
    fields = {said.get("field"), said.get("to_key"), *(said.get("fields") or ())}
    return said.get("to") == model and column in fields


def _reads(other: Model, model: str, column: str) -> bool:
    body = other.body
    if not isinstance(body, Query):
        return (model, column) in body.bounds
    read = {each.alias for each in body.inputs if each.model == model}
    if not read:
        return False
    whole = any(cte.from_alias in read and (cte.whole or not cte.projections) for cte in body.ctes)
    text = other.body.model_dump_json()
    return whole or any(f'\\"{alias}\\".\\"{column}\\"' in text for alias in read)


def _names_of(test: Test) -> set[str]:
    said = test.model_dump()
    found = {said.get("column"), said.get("key"), *(said.get("columns") or ())}
    text = str(said.get("expression") or "")
    return {str(each) for each in found if each} | set(native.plain_names(text))
