"""Shorter aliases where `alias.column` alone would pass the end of a line.

Nothing can be broken inside such a name. An alias is local to its model, so it can be another.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from dbt_cartridge.documents.design import Cte, Model, Query
from dbt_cartridge.render import expressions

_COLUMN_INDENT = 8
_NESTED_INDENT = 12  # inside a call that is broken over lines, or behind `on`
_WORD = re.compile(r"[a-z][a-z0-9]*\Z")


def shortened(model: Model, width: int) -> Model:
    """`model`, each alias that is too long for its columns without its first words.

    Args:
        width: columns of a line.
    """
    if not isinstance(model.body, Query):
        return model
    renames = _renames(model.body, width)
    if not renames:
        return model
    body = Query(
        inputs=tuple(
            each.model_copy(update={"alias": renames.get(each.alias, each.alias)})
            for each in model.body.inputs
        ),
        ctes=tuple(_renamed(cte, renames) for cte in model.body.ctes),
    )
    change: dict[str, object] = {"body": body}
    if model.incremental is not None:
        alias = model.incremental.input_alias
        incremental = {"input_alias": renames.get(alias, alias)}
        change["incremental"] = model.incremental.model_copy(update=incremental)
    return model.model_copy(update=change)


def _renames(query: Query, width: int) -> dict[str, str]:
    longest: dict[str, int] = defaultdict(int)
    for cte in query.ctes:
        for expression, indent in _expressions(cte):
            # A name in it is shorter by four quotes and a dot: none of it can pass the end.
            if indent + len(expression) - len('"".""') + len(".,") <= width:
                continue
            for alias, column in expressions.names(expression):
                longest[alias] = max(longest[alias], indent + len(column))
    names = [*(each.alias for each in query.inputs), *(each.name for each in query.ctes)]
    taken = set(names)
    renames: dict[str, str] = {}
    for alias in names:
        room = width - len(".,") - longest[alias]
        if len(alias) > room:
            short = _first_that_fits(list(_shorter(alias, taken)), room)
            if short is not None:
                renames[alias] = short
                taken.add(short)
    return renames


def _first_that_fits(names: list[str], room: int) -> str | None:
    """Where none fits, the shortest of two words: most lines are better for it."""
    fitting = next((name for name in names if len(name) <= room), None)
    return fitting or next((name for name in reversed(names) if "_" in name), None)


def _shorter(alias: str, taken: set[str]) -> Iterator[str]:
    """Free names for it: without another alias that it starts with, or its first words."""
    whole = [other for other in taken if alias.startswith(f"{other}_")]
    found = [alias.removeprefix(f"{other}_") for other in sorted(whole, key=len, reverse=True)]
    words = alias.split("_")
    found += ["_".join(words[start:]) for start in range(1, len(words))]
    return (name for name in found if name not in taken and _WORD.match(name.split("_")[0]))


def _expressions(cte: Cte) -> Iterator[tuple[str, int]]:
    """Every expression of it, and how far in its names may stand."""
    for each in cte.projections:
        plain = expressions.is_column(each.expression)
        distinct = len("distinct ") if "distinct " in each.expression else 0
        yield each.expression, _COLUMN_INDENT if plain else _NESTED_INDENT + distinct
    for join in cte.joins:
        for condition in join.on:
            yield condition, _NESTED_INDENT
    for condition in cte.where:
        yield condition, _NESTED_INDENT


def _renamed(cte: Cte, renames: dict[str, str]) -> Cte:
    def said(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(expressions.with_aliases(text, renames) for text in texts)

    projections = tuple(
        each.model_copy(update={"expression": expressions.with_aliases(each.expression, renames)})
        for each in cte.projections
    )
    joins = tuple(
        join.model_copy(update={"to": renames.get(join.to, join.to), "on": said(join.on)})
        for join in cte.joins
    )
    latest = cte.latest
    if latest is not None:
        update = {"keys": said(latest.keys), "order_by": said(latest.order_by)}
        latest = latest.model_copy(update=update)
    return cte.model_copy(
        update={
            "name": renames.get(cte.name, cte.name),
            "from_alias": renames.get(cte.from_alias, cte.from_alias),
            "projections": projections,
            "joins": joins,
            "where": said(cte.where),
            "group_by": said(cte.group_by),
            "latest": latest,
            "union": tuple(renames.get(other, other) for other in cte.union),
        }
    )
