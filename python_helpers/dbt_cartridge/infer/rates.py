"""Rates of exchange in a table of their own, and in which direction they are quoted.

    exchange_rates(drafts, ask)  ->  (Rates, …)

`1.08` of a euro may be dollars for a euro, or euros for a dollar: no name says it, the rows do.
Where some table holds an amount in both currencies, one times (or by) the rate of its day is the
other. Where none does, currencies far from par tell it: the mean sale in yen is about as large as
the mean sale in dollars, and a yen is not worth a hundred and fifty of them.

The home currency is the one at par in every row, or the base of all rates. Several rates of one
currency and day, bought and sold, say of no amount which of them it is converted by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Literal

from dbt_cartridge.documents.probe import Answer, Exchange, Probe, Unique
from dbt_cartridge.documents.schema import Evidence, Exchanged, Rates
from dbt_cartridge.frozen import replaced
from dbt_cartridge.infer.column_words import words_of
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.exchange import FOREIGN
from dbt_cartridge.infer.identities import FEWEST, HOLDS
from dbt_cartridge.infer.probing import is_unique
from dbt_cartridge.infer.rate_tables import (
    NUMBERS,
    Priced,
    Quoted,
    at_par,
    priced_tables,
    quoted_tables,
    within,
)

Form = Literal["plain", "quotient"]
_Place = tuple[str, str]  # a table, and the column of its currency
FORMS: tuple[Form, ...] = ("plain", "quotient")
_SIGNS = {"plain": "×", "quotient": "÷"}
_HOME = words_of("home base reporting functional company group house converted accounting")
"""Said of an amount that is in the one currency of the house; so is that currency's own name."""
_MOST_PAIRS = 3  # of amounts in a table: one is enough


def exchange_rates(drafts: Sequence[Draft], ask: Probe) -> tuple[Rates, ...]:
    """The tables of rates that some other table's currencies are found in, in their order."""
    quoted = [each for draft in drafts for each in quoted_tables(draft)]
    if not quoted:
        return ()
    unique = ask([Unique(relation=each.draft.id, columns=each.key) for each in quoted])
    keyed = [each for each, answer in zip(quoted, unique, strict=True) if is_unique(answer)]
    found: list[Rates] = []
    for each in keyed:
        priced = within(each, [p for draft in drafts for p in priced_tables(draft)], ask)
        at_home = replaced(each, home=each.home or at_par(each, priced, ask))
        if priced:
            found.append(_direction(at_home, priced, ask))
    return tuple(found)


@dataclass(frozen=True)
class _Proof:
    """That an amount of a table is another one converted, in one direction."""

    question: Exchange
    answer: Answer

    @property
    def text(self) -> str:
        asked = self.question
        formula = f"{asked.amount} {_SIGNS[asked.form]} {asked.quotes.rate} of its day"
        counted = f"{self.answer.hits} of {self.answer.considered} rows of {asked.relation}"
        return f"{asked.result} = {formula} in {counted}"


@dataclass(frozen=True)
class _Told:
    """By which rate, in which direction, and why; no direction where that is not told."""

    rate: str
    form: Form | None
    evidence: tuple[Evidence, ...]


def _direction(quoted: Quoted, priced: Sequence[Priced], ask: Probe) -> Rates:
    proofs, refuted = _exact(quoted, priced, ask) if quoted.home else ([], set[_Place]())
    told = _told(quoted, priced, proofs, refuted, ask)
    kept = [each for each in priced if told.form is None or each.place not in refuted]
    return Rates(
        table=quoted.draft.id, currency=quoted.currency, since=quoted.since, rate=told.rate,
        home=quoted.home, base=quoted.base, form=told.form,
        exchanged=tuple(_exchanged(each, proofs) for each in kept),
        # Which way a table is quoted does not change with its rows.
        evidence_class="structural" if told.form else "observed", evidence=told.evidence,
    )  # fmt: skip


def _told(
    quoted: Quoted,
    priced: Sequence[Priced],
    proofs: Sequence[_Proof],
    refuted: Collection[_Place],
    ask: Probe,
) -> _Told:
    first = quoted.rates[0]
    ways: set[tuple[str, Form]] = {(p.question.quotes.rate, p.question.form) for p in proofs}
    if len(ways) == 1:
        ((rate, form),) = ways
        return _Told(rate, form, tuple(Evidence(p.text, round(p.answer.share, 5)) for p in proofs))
    if not quoted.home:
        why = "no currency, or not one alone, is at par in all of them"
    elif ways:
        why = "amounts are converted in several ways"
    elif refuted:
        tables = ", ".join(sorted({table for table, _ in refuted}))
        why = (
            f"{tables} has amounts in both currencies, and neither way leads from one to the other"
        )
    elif len(quoted.rates) > 1:
        why = f"no amount says by which of {', '.join(quoted.rates)} it is converted"
    elif found := _by_magnitude(quoted, priced, ask):
        return found
    else:
        why = "no rows hold an amount in both currencies, and sizes do not tell"
    return _Told(first, None, (Evidence(why),))


def _exchanged(priced: Priced, proofs: Sequence[_Proof]) -> Exchanged:
    proved = next(
        (p.question for p in proofs
         if (p.question.relation, p.question.currency) == priced.place),
        None,
    )  # fmt: skip
    table, currency = priced.draft.id, priced.currency
    if proved is None:
        return Exchanged(table=table, currency=currency)
    return Exchanged(
        table=table, currency=currency, at=proved.at, foreign=proved.amount, home=proved.result
    )


def _exact(
    quoted: Quoted, priced: Sequence[Priced], ask: Probe
) -> tuple[list[_Proof], set[_Place]]:
    """Proofs by amounts that stand in both currencies, one for each table; and the tables, with
    the column of their currency, whose amounts are no conversions though they are called so."""
    questions: list[Exchange] = []
    telling: set[tuple[str, str, str]] = set()
    for each in priced:
        for amount, result, said in list(_pairs(each, quoted.home))[:_MOST_PAIRS]:
            if said:
                telling.add((each.draft.id, amount, result))
            questions += [
                Exchange(
                    relation=each.draft.id, currency=each.currency, at=at, amount=amount,
                    result=result, form=form, quotes=quoted.quotes(rate),
                )
                for at, rate, form in product(each.times, quoted.rates, FORMS)
            ]  # fmt: skip
    holds: dict[tuple[object, ...], list[_Proof]] = defaultdict(list)
    asked: set[_Place] = set()
    for question, answer in zip(questions, ask(questions), strict=True):
        if answer.status != "answered" or answer.considered < FEWEST:
            continue
        if (question.relation, question.amount, question.result or "") in telling:
            asked.add((question.relation, question.currency))
        if answer.share >= HOLDS:
            way = (question.relation, question.at, question.amount, question.result)
            holds[way, question.quotes.rate].append(_Proof(question, answer))
    one_way = [proofs[0] for proofs in holds.values() if len(proofs) == 1]
    first: dict[tuple[str, str, str, Form], _Proof] = {}
    for proof in one_way:
        its = proof.question
        first.setdefault((its.relation, its.currency, its.quotes.rate, its.form), proof)
    held = {(p.question.relation, p.question.currency) for ps in holds.values() for p in ps}
    return list(first.values()), asked - held


def _pairs(priced: Priced, home: str) -> Iterator[tuple[str, str, bool]]:
    """(amount, amount in the home currency, whether their names say so): what the one is called
    beyond the other."""
    telling = _HOME | {home.lower()}
    money = [
        m for m in priced.draft.meanings
        if m.money and m.role == "measure" and priced.draft.column(m.name).type in NUMBERS
    ]  # fmt: skip
    for amount, result in permutations(money, 2):
        one, other = set(amount.words), set(result.words)
        if not (one < other or other < one):
            continue
        more = one ^ other
        at_home, foreign = bool(more & telling), bool(more & FOREIGN)
        if at_home or foreign:
            if (one < other) == at_home:
                yield amount.name, result.name, True
        else:
            yield amount.name, result.name, False


def _by_magnitude(quoted: Quoted, priced: Sequence[Priced], ask: Probe) -> _Told | None:
    """The direction in which amounts of all currencies far from par are as large as those at home,
    where in the other none is."""
    (rate,) = quoted.rates
    questions = [
        Exchange(
            relation=each.draft.id, currency=each.currency, at=each.times[0], amount=amount.name,
            form=form, quotes=quoted.quotes(rate),
        )
        for each in priced
        for amount in [m for m in each.amounts if m.additivity == "additive"][:1]
        for form in FORMS
    ]  # fmt: skip
    answers = ask(questions)
    ways: dict[Form, list[Evidence]] = {}
    for at in range(0, len(questions), 2):
        forth, back = answers[at : at + 2]
        if any(a.status != "answered" or not a.considered for a in (forth, back)):
            continue
        for form, one, other in zip(FORMS, (forth, back), (back, forth), strict=True):
            if one.hits == one.considered and not other.hits:
                text = _as_large(questions[at], form, one.considered)
                ways.setdefault(form, []).append(Evidence(text))
    if len(ways) != 1:
        return None
    ((form, evidence),) = ways.items()
    return _Told(rate, form, tuple(evidence))


def _as_large(question: Exchange, form: Form, currencies: int) -> str:
    many = "1 currency" if currencies == 1 else f"{currencies} currencies"
    return (
        f"{question.amount} {_SIGNS[form]} {question.quotes.rate} is as large in {many} far from "
        f"par as at par, in {question.relation}, and not the other way round"
    )
