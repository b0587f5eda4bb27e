"""Our own tests in the copy of what arrives: rows that staging leaves out, and sums in the marts.

dbt gives one whole number for a test, so each of ours is one: a count, or a mark for each sum that
is not what it has to be. A statement that the warehouse cannot answer says nothing of the model.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlglot

from dbt_cartridge.documents.design import Conserved, Design, Model, Query
from dbt_cartridge.documents.files import File
from dbt_cartridge.documents.verdicts import ModelVerdict
from dbt_cartridge.engine.build import NodeResult
from dbt_cartridge.verify.host_copy import READS
from dbt_cartridge.verify.reading import quoted

_OF_THOSE = "__older"
_MOST_SUMS = 30  # a test: a mark for each in one number
_NEAR = "0.000000001"  # of a sum: what adding up floats in another order may change

_PLAIN = re.compile(r"[\w .,:/+-]*")  # a value that is no Jinja, and ends no literal anywhere

_CONFIG = """\
{{{{ config(
    severity='warn', warn_if='>= 0', error_if='< 0', limit=none, where=none,
    fail_calc='max({name}) + 1'
) }}}}
"""
_LEFT_OUT = """\
select cartridge_source.n - cartridge_staged.n as cartridge_left_out
from (select count(*) as n from {source}) as cartridge_source
cross join (select count(*) as n from {staged}) as cartridge_staged
"""
# With the model, so that dbt runs it with the model's other tests.
_OLDER = """\
select cartridge_source.n - cartridge_keys.n as cartridge_left_out
from (select count(*) as n from {source}) as cartridge_source
cross join (
    select count(*) as n from (select distinct {keys} from {source}) as cartridge_distinct
) as cartridge_keys
cross join (select count(*) as n from {staged} where 1 = 0) as cartridge_staged
"""
_SUMS = """\
select
    {marks} as cartridge_lost
from (
    select {own}
    from {{{{ ref('{model}') }}}}{unread}
) as cartridge_own
{others}
"""
_OTHER = """\
cross join (
    select {sums}
    from {{{{ ref('{of}') }}}}{where}
) as {name}"""

_OTHER_BY_KEY = """\
cross join (
    select {added}
    from (
        select {sums}
        from {{{{ ref('{of}') }}}}{where}
        group by {by}
    ) as cartridge_keys
) as {name}"""
_ENDS = {"first": "min", "latest": "max"}
_BY_KEY = {"average": "avg(1.0 * ", "distinct": "count(distinct "}
_ROUNDED = "0.0001"  # of an average: half of its last digit here, and what floats may change


@dataclass(frozen=True)
class _Question:
    name: str
    text: str
    sums: tuple[str, ...] = ()  # columns of the model, in the order of their marks


def conservation_tests(design: Design, unread: Collection[str] = ()) -> Iterator[File]:
    """The tests' files. A result's `failures` is one more than what was counted."""
    for model in design.models:
        for each in _questions(design, model, model.name in unread):
            yield File(path=f"{READS}/{each.name}.sql", text=each.text, kind="sql")


def conservation_names(design: Design, model: Model) -> tuple[str, ...]:
    """The names of the tests about `model`."""
    return tuple(each.name for each in _questions(design, model))


def with_conservation(
    verdict: ModelVerdict, design: Design, results: Mapping[str, NodeResult]
) -> ModelVerdict:
    """The verdict with what was counted; an error where a sum is not what it has to be.

    Args:
        results: by the test's name, of those that read the rows.
    """
    if verdict.status != "pass":
        return verdict
    found: dict[str, int] = {}
    lost: list[str] = []
    kept: list[str] = []
    for each in _questions(design, design.by_name[verdict.model]):
        result = results.get(each.name)
        if result is None or result.status not in ("pass", "warn", "fail"):
            continue
        counted = result.failures - 1
        if not each.sums:
            found["superseded" if each.name.endswith(_OF_THOSE) else "left_out"] = counted
        for place, column in enumerate(each.sums):
            (lost if counted >> place & 1 else kept).append(column)
    if lost:
        message = f"{_listed(lost)} does not add up to what {_sources(design, verdict, lost)} holds"
        return verdict.model_copy(update={"status": "error", "message": message})
    if "left_out" in found and _latest_keys(design.by_name[verdict.model]):
        found.setdefault("superseded", found["left_out"])
    return verdict.model_copy(update={**found, "sums": tuple(kept)})


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sources(design: Design, verdict: ModelVerdict, lost: Sequence[str]) -> str:
    claims = design.by_name[verdict.model].conserved
    return ", ".join(dict.fromkeys(each.of for each in claims if each.column in lost))


# ---------------------------------------------------------------- what is asked


def _questions(design: Design, model: Model, unread: bool = False) -> tuple[_Question, ...]:
    asked = [*_of_staging(design, model, unread)]
    claims = [each for each in model.conserved if _stands(design, model, each)]
    for number, at in enumerate(range(0, len(claims), _MOST_SUMS)):
        some = sorted(claims[at : at + _MOST_SUMS], key=_origin)
        name = f"{READS}_sums__{model.name}" + (f"__part_{number}" if number else "")
        columns = tuple(each.column for each in some)
        asked.append(_Question(name, _sums(design, model, some, unread), columns))
    return tuple(asked)


def _stands(design: Design, model: Model, claim: Conserved) -> bool:
    """Whether both ends still have the columns: what was edited or left out claims no more."""
    other = design.by_name.get(claim.of)
    if other is None:
        return False
    own, theirs = ({column.name for column in each.columns} for each in (model, other))
    wanted = {claim.measure, claim.removed, claim.key[1] if claim.key else None} - {None}
    for name, told in _conditions(claim):
        wanted.add(name)
        if not _PLAIN.fullmatch(told or ""):
            return False
    return {claim.column, *(claim.key[:1] if claim.key else ())} <= own and wanted <= theirs


def _conditions(claim: Conserved) -> list[tuple[str, str | None]]:
    """(column, value) of each that a row fulfils which counts; None: the column is true."""
    return [each for each in (claim.chosen, claim.also) if each is not None]


def _of_staging(design: Design, model: Model, unread: bool) -> Iterator[_Question]:
    """How many rows of its source a model leaves out, and how many of those a later one replaced.

    A plain select leaves out none, and what the warehouse demands of a read is not asked around.
    """
    if model.layer != "staging" or not isinstance(model.body, Query):
        return
    read, ctes = model.body.inputs[0], model.body.ctes
    filtered = any(cte.where for cte in ctes)
    if read.source is None or read.demanded or any(cte.unnest or cte.joins for cte in ctes):
        return
    keys = _latest_keys(model)
    if not (keys or filtered):
        return
    nothing = " where 1 = 0" if unread else ""
    source = "{{ source(" + ", ".join(f"'{part}'" for part in read.source) + ") }}" + nothing
    staged = f"{{{{ ref('{model.name}') }}}}"
    name, head = f"{READS}_rows__{model.name}", _CONFIG.format(name="cartridge_left_out")
    yield _Question(name, head + _LEFT_OUT.format(source=source, staged=f"{staged}{nothing}"))
    if filtered and keys:
        columns = ", ".join(quoted(key, design.adapter, stored=True) for key in keys)
        text = _OLDER.format(source=source, keys=columns, staged=staged)
        yield _Question(f"{name}{_OF_THOSE}", head + text)


def _latest_keys(model: Model) -> tuple[str, ...]:
    ctes = model.body.ctes if isinstance(model.body, Query) else ()
    keys = [key for cte in ctes if cte.latest for key in cte.latest.keys]
    return tuple(sqlglot.parse_one(key, read="duckdb").name for key in keys)


def _origin(claim: Conserved) -> tuple[str, str, str, bool]:
    """Claims with the same are asked of the same rows, and with them grouped or not."""
    return claim.of, "\0".join(claim.key or ()), claim.removed or "", claim.how in _BY_KEY


def _sums(design: Design, model: Model, claims: Sequence[Conserved], unread: bool) -> str:
    own = [
        _own(claim, quoted(claim.column, design.adapter), place)
        for place, claim in enumerate(claims)
    ]
    marks: list[str] = []
    others: list[str] = []
    placed = enumerate(claims)
    for _, group in groupby(placed, key=lambda each: _origin(each[1])):
        same, name = list(group), f"cartridge_{len(others)}"
        marks += [_mark(claim, f"{name}.c{place}", place) for place, claim in same]
        others.append(_other(design, model, same, name, unread))
    text = _SUMS.format(
        marks="\n    + ".join(marks), own=", ".join(own), model=model.name,
        unread=" where 1 = 0" if unread else "", others="\n".join(others),
    )  # fmt: skip
    return _CONFIG.format(name="cartridge_lost") + text


def _own(claim: Conserved, column: str, place: int) -> str:
    if claim.how in _ENDS:
        return f"{_ENDS[claim.how]}({column}) as c{place}"
    counted = f", count({column}) as n{place}" if claim.how == "average" else ""
    return f"coalesce(sum({column}), 0) as c{place}{counted}"


def _mark(claim: Conserved, theirs: str, place: int) -> str:
    own = f"cartridge_own.c{place}"
    if claim.how in _ENDS:
        return f"case when {own} <> {theirs} then {1 << place} else 0 end"
    near = f"{_NEAR} * (1 + abs({theirs}))"
    if claim.how == "average":  # each is rounded, here and there
        near = f"{_ROUNDED} * (1 + cartridge_own.n{place})"
    return f"case when abs({own} - {theirs}) > {near} then {1 << place} else 0 end"


def _other(
    design: Design, model: Model, claims: Sequence[tuple[int, Conserved]], name: str, unread: bool
) -> str:
    def column(text: str) -> str:
        return quoted(text, design.adapter)

    def value(claim: Conserved) -> str:
        counted = column(claim.measure) if claim.measure else "1"
        chosen = [
            column(name) + ("" if told is None else f" = '{told}'")
            for name, told in _conditions(claim)
        ]
        if chosen:
            counted = f"case when {' and '.join(chosen)} then {counted} end"
        if claim.how in _ENDS:
            return f"{_ENDS[claim.how]}({counted})"
        if claim.how in _BY_KEY:
            return f"{_BY_KEY[claim.how]}{counted})"
        return f"coalesce(sum({counted}), 0)"

    sums = [f"{value(claim)} as c{place}" for place, claim in claims]
    first = claims[0][1]
    where = ["1 = 0"] if unread else []
    if first.key is not None:
        own, theirs = (column(each) for each in first.key)
        known = f"select {own} from {{{{ ref('{model.name}') }}}} where {own} is not null"
        where.append(f"{theirs} in ({known})")
    if first.removed is not None:
        where.append(f"not coalesce({column(first.removed)}, false)")
    said = f"\n    where {' and '.join(where)}" if where else ""
    if first.how in _BY_KEY and first.key is not None:
        added = [f"coalesce(sum(c{place}), 0) as c{place}" for place, _ in claims]
        by = column(first.key[1])
        return _OTHER_BY_KEY.format(
            added=", ".join(added), sums=", ".join(sums), of=first.of, name=name, where=said, by=by
        )
    return _OTHER.format(sums=", ".join(sums), of=first.of, name=name, where=said)
