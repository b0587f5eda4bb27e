"""A model's body as SQL: import CTEs, logical CTEs, `select * from final`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from sqlglot import exp

from dbt_cartridge.documents.design import (
    Body,
    Cte,
    DateSpine,
    Incremental,
    Input,
    Join,
    Model,
    Part,
    Projection,
    Query,
    Union,
)
from dbt_cartridge.documents.style import Style
from dbt_cartridge.errors import RenderError
from dbt_cartridge.frozen import frozen
from dbt_cartridge.render import aliases, expressions, identifiers, inert, layout, portable
from dbt_cartridge.render.filling import fill, names

_INDENT = " " * 4
_RANK = "row_rank"


@frozen
class Block:
    """Columns under one comment line, its dashes included."""

    title: str
    lines: tuple[str, ...]


@frozen
class TextCte:
    name: str
    body: str
    comment: tuple[str, ...] = ()
    fetched: bool = False  # read before anything is thought over it


@dataclass(frozen=True)
class Scope:
    """What a CTE's expressions are written by.

    stored: aliases whose columns are the warehouse's own.
    bare: a column is written without its alias where only one relation is in scope.
    outputs: the column names of each CTE that says them, in the order of the design.
    """

    adapter: str
    style: Style
    bare: bool
    stored: frozenset[str] = frozenset()
    outputs: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def body(model: Model, adapter: str, style: Style) -> tuple[list[TextCte], str]:
    """The CTEs of `model` and the name of the last, as SQL text."""
    if isinstance(model.body, DateSpine):
        return _date_spine(model.body, adapter, style)
    model = aliases.shortened(model, style.room)
    assert isinstance(model.body, Query)
    return _query(model.body, model, adapter, style)


def names_in(model: Model, adapter: str) -> frozenset[str]:
    """The columns and relations that the model's text names without quotes, in lower case."""
    found = {name for name in _names(model.body) if name}
    written = {identifiers.write(name, adapter, its) for name in found for its in (False, True)}
    return frozenset(written & {name.lower() for name in found})


def _names(body: Body) -> set[str]:
    if isinstance(body, DateSpine):
        bounds = {name for bound in body.bounds for name in bound}
        return {*bounds, *(each.name for each in body.projections)}
    found = {each.alias for each in body.inputs}
    for cte in body.ctes:
        found |= {cte.name, cte.from_alias, *(each.name for each in cte.projections)}
        for expression in (*(each.expression for each in cte.projections), *cte.where):
            found |= expressions.columns(expression)
    return found


def ref(model: str) -> str:
    return "{{ ref('" + call_name(model) + "') }}"


def source(name: tuple[str, str]) -> str:
    return "{{ source('" + call_name(name[0]) + "', '" + call_name(name[1]) + "') }}"


def call_name(name: str) -> str:
    if not name or any(char in "'\\{}\n\r" for char in name):
        raise RenderError(
            f"{name!r} cannot be the name of a source, a table or a model in a dbt call. "
            "Rename it in the host's YAML."
        )
    return name


def _query(query: Query, model: Model, adapter: str, style: Style) -> tuple[list[TextCte], str]:
    ctes = [_import(each, model.incremental, adapter, style) for each in query.inputs]
    stored = frozenset(each.alias for each in query.inputs if each.source is not None)
    stored |= {cte.unnest.alias for cte in query.ctes if cte.unnest}
    bare = style.references == "unqualified" or (
        model.layer == "staging" and style.references != "qualified"
    )
    scope = Scope(adapter, style, bare=bare, stored=stored)
    for cte in query.ctes:
        ctes += _cte(cte, scope)
        if cte.projections and not cte.whole:
            scope.outputs[cte.name] = tuple(each.name for each in cte.projections)
        elif not cte.joins and cte.from_alias in scope.stored:
            scope = replace(scope, stored=scope.stored | {cte.name})
    if not ctes:
        raise RenderError(f"Model {model.name} has no query: its design is empty.")
    return ctes, ctes[-1].name


def _import(each: Input, incremental: Incremental | None, adapter: str, style: Style) -> TextCte:
    if each.model is None and each.source is None:
        raise RenderError(f"The input '{each.alias}' names neither a model nor a source.")
    relation = ref(each.model) if each.model is not None else source(each.source or ("", ""))
    watermark = None
    if incremental is not None and incremental.input_alias == each.alias:
        stored = each.source is not None
        watermark = {
            "why": comment_lines(incremental.why, 8, style),
            "column": _name(incremental.watermark, adapter),
            "look_back": portable.days("{{ var('lookback_days', 3) }}", adapter),
            "input_column": inert.in_sql(
                identifiers.write(incremental.input_column, adapter, stored)
            ),
        }
    where = None
    if each.demanded is not None:
        column = inert.in_sql(identifiers.write(each.demanded.column, adapter, True))
        where = f"{column} >= {portable.first_read(each.demanded.type)}"
    fetched = each.foreign and portable.fetches(adapter)
    if each.union is not None:
        return TextCte(_name(each.alias, adapter), _union(each.union, adapter), fetched=fetched)
    text = fill("import.sql", relation=relation, watermark=watermark, where=where)
    return TextCte(_name(each.alias, adapter), text, fetched=fetched)


def _union(union: Union, adapter: str) -> str:
    """Columns by name: one table may have them in another order than the next."""

    def stored(name: str) -> str:
        return inert.in_sql(identifiers.write(name, adapter, True))

    def blocks(part: Part) -> list[Block]:
        literal = "'" + part.label.replace("'", "''") + "'"
        label = inert.in_sql(expressions.sql(f"cast({literal} as varchar)", adapter))
        columns = [
            f"null as {stored(name)}" if name in part.missing else stored(name)
            for name in union.columns
        ]
        return [Block("", tuple(_comma([*columns, f"{label} as {stored(union.label_column)}"])))]

    first, *others = union.parts
    below = [_fill_select(blocks=blocks(part), from_=source(part.source)) for part in others]
    return _fill_select(blocks=blocks(first), from_=source(first.source), union=below)


def _name(name: str, adapter: str) -> str:
    return inert.in_sql(identifiers.write(name, adapter))


def comment_lines(comment: str | None, indent: int, style: Style) -> tuple[str, ...]:
    """`comment`, inert, in lines that fit behind `-- ` at `indent`."""
    if not comment:
        return ()
    return tuple(textwrap.wrap(inert.comment(comment), style.room - indent - 3))


# ---------------------------------------------------------------- one CTE


def _cte(cte: Cte, scope: Scope) -> list[TextCte]:
    comment = comment_lines(cte.comment, 0, scope.style)
    name = _name(cte.name, scope.adapter)
    if cte.latest is None:
        return [TextCte(name, _select(cte, scope), comment)]
    if not cte.projections and portable.has_qualify(scope.adapter):
        return [TextCte(name, _select(cte, scope, qualify=_rank(cte, scope)), comment)]
    ranked = _name(f"{cte.name}_ranked", scope.adapter)
    text = _select(cte, scope, rank=_rank(cte, scope))
    blocks = [Block("", tuple(_comma(_name(p.name, scope.adapter) for p in cte.projections)))]
    latest = _fill_select(
        blocks=blocks if cte.projections else [], from_=ranked, where=(f"where {_RANK} = 1",)
    )
    return [TextCte(ranked, text, comment), TextCte(name, latest)]


def _select(cte: Cte, scope: Scope, qualify: str = "", rank: str = "") -> str:
    bare = scope.bare and not cte.joins and cte.unnest is None
    drop = frozenset({cte.from_alias}) if bare else frozenset[str]()
    writer = _Writer(scope.adapter, scope.style, drop, scope.stored)
    ordered = _ordered(cte)
    blocks = _blocks(ordered, writer)
    where = _where(cte.where, writer)
    # sqlfluff's RF03: where one relation is in scope, a star is written as its columns are.
    qualified = not (drop or cte.joins or cte.unnest) and (blocks or rank or where or qualify)
    star = f"{_name(cte.from_alias, scope.adapter)}.*" if qualified else "*"
    if cte.whole:
        blocks.insert(0, Block("", (f"{star},",)))
    if rank:
        last = blocks[-1] if blocks else Block("", (star,))
        blocks[-1:] = [Block(last.title, (*last.lines[:-1], f"{last.lines[-1]},"))]
        title = _title("latest", scope.adapter) if cte.projections else ""
        blocks.append(Block(title, (f"{rank} as {_RANK}",)))
    return _fill_select(
        distinct=cte.distinct,
        blocks=blocks,
        from_=_name(cte.from_alias, scope.adapter),
        joins=[*_unnest(cte, writer), *(_join(join, cte, writer) for join in cte.joins)],
        where=where,
        star=star,
        group_by=_positions(cte.group_by, ordered, writer),
        qualify=f"{qualify} = 1" if qualify else "",
        union=[_other(other, cte, scope) for other in cte.union],
    )


def _fill_select(
    *,
    blocks: list[Block],
    from_: str,
    star: str = "*",
    distinct: bool = False,
    joins: Sequence[object] = (),
    where: Sequence[str] = (),
    group_by: str = "",
    qualify: str = "",
    union: Sequence[str] = (),
) -> str:
    # sqlfluff's LT09: what is alone stands on the line of its select.
    alone = "".join(line for block in blocks for line in block.lines)
    fits = len(f"{_INDENT}select distinct {alone}") <= layout.WIDTH and "\n" not in alone
    if fits and sum(len(block.lines) for block in blocks) == 1:
        blocks, star = [], alone
    return fill(
        "select.sql", blocks=blocks, star=star, from_=from_, distinct=distinct, joins=joins,
        where=where, group_by=group_by, qualify=qualify, union=union,
    )  # fmt: skip


@dataclass(frozen=True)
class _Writer:
    """Expressions of one CTE, as text that Jinja leaves alone."""

    adapter: str
    style: Style
    drop: frozenset[str]
    stored: frozenset[str]

    def __call__(self, expression: str) -> str:
        text = expressions.sql(expression, self.adapter, drop=self.drop, stored=self.stored)
        return inert.in_sql(text)


def _ordered(cte: Cte) -> tuple[Projection, ...]:
    """In a union the order is the design's: it is what the parts have in common."""
    return cte.projections if cte.union else _by_group(cte.projections)


def _by_group(projections: Sequence[Projection]) -> tuple[Projection, ...]:
    """Groups in the order of the design; plain columns and casts before what is computed.

    sqlfluff's ST06 wants the second.
    """
    groups = list(dict.fromkeys(each.group for each in projections))

    def place(each: Projection) -> tuple[bool, int]:
        return not expressions.is_simple(each.expression), groups.index(each.group)

    return tuple(sorted(projections, key=place))


def _blocks(projections: Sequence[Projection], writer: _Writer) -> list[Block]:
    blocks: list[Block] = []
    titles: set[str] = set()
    group = ""
    for index, each in enumerate(projections):
        if each.group != group:
            group = each.group
            title = _title(group.replace("_", "-"), writer.adapter)
            blocks.append(Block(f"{title}, computed" if title in titles else title, ()))
            titles.add(title)
        comma = "," if index < len(projections) - 1 else ""
        lines = _projection(each.expression, each.name, each.comment, writer, comma)
        blocks[-1] = Block(blocks[-1].title, (*blocks[-1].lines, *lines))
    return blocks


def _title(words: str, adapter: str) -> str:
    """A comment line. MySQL takes two dashes for a comment only where a blank follows them."""
    return f"-- {words}" if words and adapter == "mysql" else f"---------- {words}" if words else ""


@lru_cache(maxsize=16384)
def _projection(
    expression: str, named: str, said: str | None, writer: _Writer, comma: str
) -> tuple[str, ...]:
    """The lines of one column. The same columns stand in table after table."""
    text = writer(expression)
    name = _name(named, writer.adapter)
    same = text == name or (text.endswith(f".{name}") and expressions.is_column(expression))
    behind = ("" if same else f" as {name}") + comma
    room = writer.style.room
    fits = len(_INDENT * 2 + text + behind) <= room
    if not same and not fits and expressions.is_column(expression):
        wrapped = f"{text}\n{_INDENT * 3}{behind.strip()}"
    else:
        wrapped = layout.wrap(text, _INDENT * 2, room, reserve=len(behind)) + behind
    comment = comment_lines(said, 8, writer.style)
    return (*(f"-- {line}" for line in comment), wrapped)


def _comma(lines: Iterable[str]) -> list[str]:
    texts = list(lines)
    return [*(f"{text}," for text in texts[:-1]), *texts[-1:]]


def _join(join: Join, cte: Cte, writer: _Writer) -> dict[str, object]:
    words = "cross join" if join.kind == "cross" else _join_words(join.kind, writer.style)
    conditions = [writer(_earlier_first(condition, join.to)) for condition in join.on]
    to = _name(join.to, writer.adapter)
    on = _conditions("on", conditions, _INDENT * 2, writer.style)
    return {"words": words, "to": to, "on": on}


def _join_words(kind: str, style: Style) -> str:
    """sqlfluff's AM05: `inner` says inner and leaves out outer, `outer` the other way round."""
    if kind == "inner":
        return "join" if style.joins == "outer" else "inner join"
    if kind == "left":
        return "left join" if style.joins == "inner" else "left outer join"
    return "full outer join"


def _unnest(cte: Cte, writer: _Writer) -> list[dict[str, object]]:
    """As BigQuery says it: cloud.google.com/bigquery/docs/arrays#flattening_arrays."""
    its = cte.unnest
    if its is None:
        return []
    alias, position = _name(its.alias, writer.adapter), _name(its.position, writer.adapter)
    to = f"unnest({writer(its.array)}) as {alias} with offset as {position}"
    return [{"words": "cross join", "to": to, "on": []}]


def _earlier_first(condition: str, to: str) -> str:
    """`"earlier"."x" = "to"."y"`, the earlier relation on the left (sqlfluff's ST09)."""
    left, equals, right = condition.partition(" = ")
    if not equals or not expressions.is_column(left) or not expressions.is_column(right):
        return condition
    joined = expressions.alias_of(left) == to and expressions.alias_of(right) != to
    return f"{right} = {left}" if joined else condition


def _where(conditions: Sequence[str], writer: _Writer) -> list[str]:
    texts: list[str] = []
    for condition in conditions:
        text = writer(condition)
        loose = len(conditions) > 1 and expressions.is_kind(condition, exp.Or)
        texts.append(f"({text})" if loose else text)
    return _conditions("where", texts, _INDENT, writer.style)


def _conditions(keyword: str, texts: Sequence[str], indent: str, style: Style) -> list[str]:
    """`on a = b` on one line, or the keyword alone and a condition a line."""
    if not texts:
        return []
    if len(texts) == 1 and len(indent) + len(keyword) + 1 + len(texts[0]) <= style.room:
        return [f"{keyword} {texts[0]}"]
    inner = indent + _INDENT
    lines = [keyword]
    for index, text in enumerate(texts):
        head = "and " if index else ""
        lines.append(f"{_INDENT}{head}{layout.wrap(text, inner, style.room, reserve=len(head))}")
    return lines


def _positions(group_by: Sequence[str], ordered: Sequence[Projection], writer: _Writer) -> str:
    """`1, 2`: jaffle-shop's way. An expression that is not shown is written out."""
    at = {each.expression: str(index + 1) for index, each in enumerate(ordered)}
    implicit = writer.style.group_by == "implicit"
    if implicit and all(expression in at for expression in group_by):
        return ", ".join(sorted((at[expression] for expression in group_by), key=int))
    return ", ".join(writer(expression) for expression in group_by)


def _rank(cte: Cte, scope: Scope) -> str:
    """`row_number() over (…)`, in lines for the level of a select's columns."""
    assert cte.latest is not None
    bare = scope.bare and not cte.joins
    drop = frozenset({cte.from_alias}) if bare else frozenset[str]()
    writer = _Writer(scope.adapter, scope.style, drop, scope.stored)
    nulls = " nulls last" if portable.nulls_last(scope.adapter) else ""
    keys = ", ".join(writer(key) for key in cte.latest.keys)
    order = ", ".join(f"{writer(each)} desc{nulls}" for each in cte.latest.order_by)
    indent = _INDENT * 2
    lines = [f"partition by {keys}", f"order by {order}"]
    inner = [layout.wrap(line, indent + _INDENT, scope.style.room) for line in lines]
    return "\n".join(
        ["row_number() over (", *(f"{indent}{_INDENT}{x}" for x in inner), indent + ")"]
    )


def _other(name: str, cte: Cte, scope: Scope) -> str:
    """A whole other CTE of a union, its columns in the order of the first."""
    theirs, ours = scope.outputs.get(name, ()), tuple(each.name for each in cte.projections)
    ordered = ours if set(ours) == set(theirs) else theirs
    if not ordered or not ours:
        return f"{_INDENT}select * from {_name(name, scope.adapter)}"
    columns = tuple(_comma(_name(column, scope.adapter) for column in ordered))
    return _fill_select(blocks=[Block("", columns)], from_=_name(name, scope.adapter))


# ---------------------------------------------------------------- dates


def _date_spine(spine: DateSpine, adapter: str, style: Style) -> tuple[list[TextCte], str]:
    models = sorted({model for model, _ in spine.bounds})
    if not models:
        raise RenderError("A date spine needs at least one column that bounds it.")
    imports = [
        TextCte(
            _name(each, adapter), fill("import.sql", relation=ref(each), watermark=None, where=None)
        )
        for each in models
    ]
    bounds = [
        {"model": _name(model, adapter), "column": _name(column, adapter)}
        for model, column in spine.bounds
    ]
    own = fill_dates(adapter, spine, bounds)
    writer = _Writer(adapter, style, frozenset({"days"}), frozenset())
    final = _fill_select(blocks=_blocks(_by_group(spine.projections), writer), from_="days")
    return [*imports, *own, TextCte("final", final)], "final"


def fill_dates(adapter: str, spine: DateSpine, bounds: Sequence[dict[str, str]]) -> list[TextCte]:
    """The CTEs `observed`, `bounds`, … `days` of the adapter's own file, or of the default one.

    Args:
        bounds: those of the spine, its `model` and `column` as the adapter writes them.
    """
    name = adapter if adapter in names("date_spine") else "default"
    text = fill(
        f"date_spine/{name}.sql",
        bounds=bounds,
        earliest=_day(spine.earliest),
        latest=_day(spine.latest),
        years_ahead=spine.years_ahead,
    )
    parts = text.split("==== ")
    ctes: list[TextCte] = []
    for part in parts:
        if part.strip():
            title, _, text = part.partition("\n")
            ctes.append(TextCte(title.strip(), text.strip("\n")))
    return ctes


def _day(text: str) -> str:
    """A day as it may stand between quotes. What lies on disk can have been changed.

    Raises:
        RenderError: it is none.
    """
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise RenderError(f"The calendar cannot be bounded by {text!r}: it is no day.") from error
