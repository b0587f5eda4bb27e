"""What dbt's manifest says of tests: their claims, how they are judged, what they compile to.

dbt puts what is ephemeral below a statement in front of it, as common table expressions. Here the
two are told apart again, so that several statements over the same models can share them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Compiled:
    """SQL as dbt compiled it. `ctes`: (name, `name as (…)`), each after those that it reads."""

    ctes: tuple[tuple[str, str], ...]
    body: str
    whole: str


@dataclass(frozen=True)
class Thresholds:
    """How dbt makes a verdict of what a test counts; as it stands where nobody set anything."""

    severity: str = "error"
    warn_if: str = "!= 0"
    error_if: str = "!= 0"
    fail_calc: str = "count(*)"
    limit: int | None = None


@dataclass(frozen=True)
class TestNode:
    """One test of `manifest.json`. A singular test has no `arguments` and no `owner`."""

    unique_id: str
    name: str  # of the generic test, without its package; a singular test's own
    title: str  # what the YAML calls it, else what dbt made up
    owner: str | None = None  # the model, or `source_name.table_name`, that it is written under
    column: str | None = None
    arguments: Mapping[str, Any] | None = None
    where: str | None = None
    package: str | None = None  # of the generic test, where the YAML names it
    reads: tuple[str, ...] = ()  # unique ids
    judged_by: Thresholds = Thresholds()
    compiled: Compiled | None = None


@dataclass(frozen=True)
class Parsed:
    """What of a manifest verification asks for. `macros`: name → (package, text) of each."""

    tests: tuple[TestNode, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict[str, str])  # unique id → SQL
    macros: Mapping[str, tuple[tuple[str, str], ...]] = field(
        default_factory=dict[str, tuple[tuple[str, str], ...]]
    )


def parsed(manifest: Mapping[str, Any]) -> Parsed:
    sources: Mapping[str, Any] = manifest.get("sources") or {}
    written: Mapping[str, Mapping[str, Any]] = manifest.get("macros") or {}
    macros: dict[str, tuple[tuple[str, str], ...]] = {}
    for macro in written.values():
        name, said = str(macro["name"]), (str(macro["package_name"]), str(macro["macro_sql"]))
        macros[name] = (*macros.get(name, ()), said)
    return Parsed(
        tests=tuple(_tests(manifest)),
        sources={id: str(source.get("relation_name")) for id, source in sources.items()},
        macros=macros,
    )


def _tests(manifest: Mapping[str, Any]) -> Iterator[TestNode]:
    nodes: Mapping[str, Any] = manifest.get("nodes") or {}
    for unique_id, node in nodes.items():
        if node.get("resource_type") != "test":
            continue
        generic: dict[str, Any] = node.get("test_metadata") or {}
        arguments: dict[str, Any] = dict(generic.get("kwargs") or {})
        config: dict[str, Any] = node.get("config") or {}
        model_argument = str(arguments.pop("model", ""))
        column = arguments.pop("column_name", None) or node.get("column_name")
        depends: dict[str, Any] = node.get("depends_on") or {}
        yield TestNode(
            unique_id=str(unique_id),
            name=str(generic.get("name") or node.get("name")),
            title=str(node.get("name")),
            owner=relation_named(model_argument),
            column=None if column is None else str(column),
            arguments=arguments if generic else None,
            where=config.get("where"),
            package=generic.get("namespace"),
            reads=tuple(str(each) for each in depends.get("nodes") or ()),
            judged_by=_thresholds(config),
            compiled=_compiled(node),
        )


def _thresholds(config: Mapping[str, Any]) -> Thresholds:
    usual = Thresholds()
    limit = config.get("limit")
    return Thresholds(
        severity=str(config.get("severity") or usual.severity).casefold(),
        warn_if=str(config.get("warn_if") or usual.warn_if),
        error_if=str(config.get("error_if") or usual.error_if),
        fail_calc=str(config.get("fail_calc") or usual.fail_calc),
        limit=None if limit is None else int(limit),
    )


_RELATION = re.compile(r"\b(ref|source)\(([^()]*)\)")
_QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")


def relation_named(text: str) -> str | None:
    """`orders` of `{{ get_where_subquery(ref('orders')) }}`, `shop.orders` of a source."""
    if (call := _RELATION.search(text)) is None:
        return None
    names = [single or double for single, double in _QUOTED.findall(call[2])]
    return ".".join(names) if call[1] == "source" else (names[-1] if names else None)


# ---------------------------------------------------------------- compiled SQL

_NAMED = re.compile(r"\s*(\S+) as \(\n")
# dbt v2 does not list the expressions. It writes them one after the other, and then the statement
# inside of a query of its own.
_V2_HEAD = re.compile(r"\A\s*with (?=__dbt__cte__\S+ as \(\n)")
_V2_NEXT = re.compile(r"\n\), (?=__dbt__cte__\S+ as \(\n)")
_V2_BODY = re.compile(
    r"\n\)\n--EPHEMERAL-SELECT-WRAPPER-START\nselect \* from \(\n"
    r"(?P<body>.*)\n--EPHEMERAL-SELECT-WRAPPER-END\n\)\s*\Z",
    re.DOTALL,
)


def _compiled(node: Mapping[str, Any]) -> Compiled | None:
    """None where dbt did not compile it, or in a way that is not known."""
    whole = node.get("compiled_code")
    if not node.get("compiled") or not isinstance(whole, str):
        return None
    if listed := node.get("extra_ctes"):
        texts = [str(each.get("sql")).strip() for each in listed]
        return _told(texts, whole.rpartition(texts[-1])[2], whole)
    if (head := _V2_HEAD.match(whole)) is None:
        return Compiled((), whole.strip(), whole)
    if (tail := _V2_BODY.search(whole)) is None:
        return None
    texts = _V2_NEXT.split(whole[head.end() : tail.start()])
    return _told([f"{text}\n)" for text in texts], tail["body"], whole)


def _told(texts: list[str], body: str, whole: str) -> Compiled | None:
    names = [_NAMED.match(text) for text in texts]
    ctes = tuple((name[1], text) for name, text in zip(names, texts, strict=True) if name)
    return Compiled(ctes, body.strip(), whole) if len(ctes) == len(texts) else None
