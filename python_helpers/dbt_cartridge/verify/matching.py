"""Which test of dbt's manifest is which test of the design.

By what is claimed: the owner, the kind, the columns and the arguments. Nothing is put into the
user's YAML for it.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from dbt_cartridge.documents.design import (
    AcceptedValuesTest,
    CompositeRelationshipsTest,
    CompositeUniqueTest,
    ExpressionTest,
    FewestRowsTest,
    NotNullTest,
    RangeTest,
    ReconcilesTest,
    RelationshipsTest,
    SameRowCountTest,
    Test,
    UniqueTest,
)
from dbt_cartridge.engine.nodes import TestNode, relation_named

Claim = tuple[object, ...]
_NOT_WORD = re.compile(r"[^a-z0-9_]+")

# The names under which a kind is written: dbt's own, ours, dbt_utils'.
KINDS = {
    "unique": "unique",
    "not_null": "not_null",
    "accepted_values": "accepted_values",
    "relationships": "relationships",
    "columns_unique_together": "composite_unique",
    "unique_combination_of_columns": "composite_unique",
    "columns_reference": "composite_relationships",
    "value_within_range": "range",
    "accepted_range": "range",
    "expression_holds": "expression",
    "expression_is_true": "expression",
    "row_count_equals": "same_row_count",
    "equal_rowcount": "same_row_count",
    "row_count_at_least": "fewest_rows",
    "sum_reconciles_with": "reconciles",
}


def match(
    tests: Iterable[tuple[str, Test]], nodes: Sequence[TestNode]
) -> tuple[dict[tuple[str, Test], TestNode], tuple[TestNode, ...]]:
    """((owner, test) → its node, generic nodes that are no test of the design).

    Several of one claim (they differ in `where` only) are told apart by their order, which is the
    same in the design, the YAML and the manifest.
    """
    waiting: dict[Claim, deque[TestNode]] = defaultdict(deque)
    for node in nodes:
        if node.arguments is not None:
            waiting[_folded(claim_of_node(node))].append(node)
    found: dict[tuple[str, Test], TestNode] = {}
    for owner, test in tests:
        if (owner, test) not in found and (same := waiting[_folded(claim_of_test(owner, test))]):
            found[owner, test] = same.popleft()
    return found, tuple(node for left in waiting.values() for node in left)


def _folded(claim: Claim) -> Claim:
    """In any case: a source's column may be written in another than the warehouse has it."""
    return tuple(
        part.casefold() if isinstance(part, str)
        else _folded(cast("Claim", part)) if isinstance(part, tuple)
        else part
        for part in claim
    )  # fmt: skip


def claim_of_test(owner: str, test: Test) -> Claim:
    if isinstance(test, UniqueTest | NotNullTest | AcceptedValuesTest):
        return owner, test.kind, test.column
    if isinstance(test, RelationshipsTest):
        to = test.to if test.to is not None else ".".join(test.to_source or ())
        return owner, test.kind, test.column, to, test.field
    if isinstance(test, CompositeUniqueTest):
        return owner, test.kind, test.columns
    if isinstance(test, CompositeRelationshipsTest):
        return owner, test.kind, test.columns, test.to, test.fields
    if isinstance(test, RangeTest):
        return owner, test.kind, test.column, test.min_value, test.max_value
    if isinstance(test, ExpressionTest):
        # The expression stands there in another dialect; its name is what is claimed.
        claimed = _NOT_WORD.sub("_", test.name.lower()).strip("_")
        return owner, test.kind, f"{owner.replace('.', '_')}_{claimed}"
    if isinstance(test, SameRowCountTest):
        return owner, test.kind, test.as_model
    if isinstance(test, FewestRowsTest):
        return owner, test.kind
    return _reconciles(owner, test)


def _reconciles(owner: str, test: ReconcilesTest) -> Claim:
    return owner, test.kind, test.key, test.to, test.to_key, test.field


def claim_of_node(node: TestNode) -> Claim:
    given: Mapping[str, Any] = node.arguments or {}
    kind = KINDS.get(node.name, node.name)
    column = _name(node.column)
    names = _names(given.get("combination_of_columns"))
    to = relation_named(str(given.get("to") or given.get("compare_model") or "")) or ""
    key, to_key = _name(given.get("key")), _name(given.get("to_key"))
    rest: Mapping[str, Claim] = {
        "unique": (column,),
        "not_null": (column,),
        "accepted_values": (column,),
        "expression": (node.title,),
        "relationships": (column, to, _name(given.get("field"))),
        "composite_unique": (names,),
        "composite_relationships": (names, to, _names(given.get("fields"))),
        "range": (column, _number(given.get("min_value")), _number(given.get("max_value"))),
        "same_row_count": (to,),
        "reconciles": (key, to, to_key, _name(given.get("field"))),
    }
    return node.owner, kind, *rest.get(kind, ())


def _name(value: Any) -> str:
    """A column as the warehouse has it, of one that is quoted for SQL where it must be."""
    text = str(value or "")
    for quote in ('"', "`"):
        if len(text) > 1 and text[0] == text[-1] == quote:
            return text[1:-1].replace(quote * 2, quote)
    return text


def _names(value: Any) -> tuple[str, ...]:
    return tuple(_name(each) for each in cast("Sequence[Any]", value or ()))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
