"""Relations between measures and between times that hold in the data.

    identities(drafts, relationships, ask)  ->  (Identity, …)

    amount = quantity × unit_price × (1 − discount)     total = subtotal + tax + freight
    header.total = sum of its lines                     start ≤ end
    home_total = total × exchange_rate

Few questions are asked: names propose, and the profile's means and ranges strike out what cannot
hold. A sum is linear, so the means must add up as the rows do; a product must stay within the
product of the ranges. What holds in 99.9 % of the rows is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dbt_cartridge.documents.probe import Answer, Ordering, Probe, Product, Total
from dbt_cartridge.documents.schema import Evidence, Identity, Relationship
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.exchange import conversion, conversions, one_way
from dbt_cartridge.infer.figures import Figure, figures
from dbt_cartridge.infer.orderings import orderings
from dbt_cartridge.infer.products import products
from dbt_cartridge.infer.totals import totals

HOLDS = 0.999
FEWEST = 10
"""Rows below which agreement proves nothing."""

Asked = Product | Ordering | Total


def identities(
    drafts: Sequence[Draft], relationships: Sequence[Relationship], ask: Probe
) -> tuple[Identity, ...]:
    """What holds, in the order of the tables. One batch of questions."""
    numbers = {draft.id: figures(draft) for draft in drafts}
    converting = {table: conversions(table, numbers[table]) for table in numbers}
    questions = plan(drafts, relationships, numbers, converting)
    if not questions:
        return ()
    answers = zip(questions, ask(questions), strict=True)
    found: list[Identity] = []
    explained: set[tuple[str, ...]] = set()
    for question, answer in answers:
        if answer.status != "answered" or answer.considered < FEWEST or answer.share < HOLDS:
            continue
        # The first that holds explains a measure; the others follow from it or happen to hold.
        converts = question in converting[question.relation]
        about = ("conversion", *_about(question)) if converts else _about(question)
        if about not in explained:
            explained.add(about)
            found.append(_identity(question, answer, converts))
    return tuple(one_way(found))


def plan(
    drafts: Sequence[Draft],
    relationships: Sequence[Relationship],
    numbers: Mapping[str, tuple[Figure, ...]],
    converting: Mapping[str, Sequence[Product]],
) -> list[Asked]:
    """The questions, the simplest explanation of each measure first."""
    by_table = {draft.id: draft for draft in drafts}
    lines: dict[str, list[Relationship]] = {}
    for relationship in relationships:
        if relationship.table in by_table and relationship.kind == "reference":
            lines.setdefault(relationship.ref_table, []).append(relationship)
    found: list[Asked] = []
    for draft in drafts:
        if (draft.rows or 0) < FEWEST:
            continue
        found += converting[draft.id]
        found += products(draft.id, numbers[draft.id])
        found += orderings(draft)
        for relationship in lines.get(draft.id, ()):
            line = relationship.table
            rows = by_table[line].rows or 0
            found += totals(relationship, numbers[draft.id], numbers[line], draft.rows or 0, rows)
    return found


def _about(question: Asked) -> tuple[str, ...]:
    if isinstance(question, Product):
        return (question.relation, question.result)
    if isinstance(question, Ordering):
        return (question.relation, question.lower, question.upper)
    return (question.relation, question.total, question.child)


def _identity(question: Asked, answer: Answer, converts: bool = False) -> Identity:
    if isinstance(question, Product) and converts:
        return Identity(
            kind="conversion", table=question.relation, considered=answer.considered,
            hits=answer.hits, evidence=_evidence(_formula(question), answer),
            **conversion(question),
        )  # fmt: skip
    if isinstance(question, Product):
        parts = (question.left, question.right, question.third)
        return Identity(
            kind="product",
            table=question.relation,
            result=question.result,
            operands=tuple(part for part in parts if part),
            form=question.form,
            considered=answer.considered,
            hits=answer.hits,
            evidence=_evidence(_formula(question), answer),
        )
    if isinstance(question, Ordering):
        return Identity(
            kind="ordering",
            table=question.relation,
            operands=(question.lower, question.upper),
            considered=answer.considered,
            hits=answer.hits,
            evidence=_evidence(f"{question.lower} ≤ {question.upper}", answer),
        )
    factors = [question.amount, *([question.factor] if question.factor else [])]
    summed = " × ".join(factors) + (f" × (1 − {question.discount})" if question.discount else "")
    return Identity(
        kind="total",
        table=question.relation,
        result=question.total,
        child=question.child,
        key=question.key,
        child_key=question.child_key,
        amount=question.amount,
        factor=question.factor,
        discount=question.discount,
        considered=answer.considered,
        hits=answer.hits,
        evidence=_evidence(f"{question.total} = sum of {summed} in {question.child}", answer),
    )


def _formula(question: Product) -> str:
    left, right, third = question.left, question.right, question.third
    text = {
        "plain": f"{left} × {right}",
        "discount_rate": f"{left} × {right} × (1 − {third})",
        "discount_percent": f"{left} × {right} × (1 − {third} / 100)",
        "discount_amount": f"{left} × {right} − {third}",
        "sum": " + ".join(part for part in (left, right, third) if part),
        "difference": " − ".join(part for part in (left, right, third) if part),
    }[question.form]
    return f"{question.result} = {text}"


def _evidence(text: str, answer: Answer) -> tuple[Evidence, ...]:
    said = f"{text} in {answer.hits} of {answer.considered} rows"
    return (Evidence(text=said, value=round(answer.share, 5)),)
