"""What arrived of each table: its rows in the source, in staging and in its marts, and why they
differ. As the proof counted them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.documents.design import Design, Model
from dbt_cartridge.documents.verdicts import ModelVerdict, Verdicts
from dbt_cartridge.report.words import count, listed


class Shown(Frozen):
    model: str
    rows: int | None
    sums: int = 0  # totals of measures that are what they have to be


class Arrival(Frozen):
    """`rows`: in the source; None where they were not read."""

    table: str
    rows: int | None
    staging: Shown
    marts: tuple[Shown, ...] = ()  # of all its rows, or of the current version of each
    superseded: int = 0  # versions that a later one replaced
    repeated: int = 0  # rows that stand again word for word
    deleted: int = 0

    @property
    def why(self) -> str:
        """Of the rows that staging leaves out."""
        return reasons([self])

    @property
    def current(self) -> tuple[str, ...]:
        """Marts that show fewer rows than staging: the current version of each."""
        staged = self.staging.rows
        return tuple(m.model for m in self.marts if m.rows is not None and m.rows != staged)


def reasons(arrived: Sequence[Arrival]) -> str:
    """Why staging leaves rows out, and how many; "" where it leaves out none."""
    counted = {
        "superseded version": sum(each.superseded for each in arrived),
        "repeated row": sum(each.repeated for each in arrived),
        "deletion": sum(each.deleted for each in arrived),
    }
    return listed([count(number, noun) for noun, number in counted.items() if number])


def arrivals(design: Design, verdicts: Verdicts) -> tuple[Arrival, ...]:
    """Of every table that has a staging model, in the order of the design."""
    said = {verdict.model: verdict for verdict in verdicts.models}
    marts: dict[str, list[Model]] = {}
    for model in design.models:
        if model.layer == "marts" and model.based_on and _shows_rows(model):
            marts.setdefault(model.based_on[0], []).append(model)
    return tuple(
        _arrival(model, marts.get(model.based_on[0], []), said)
        for model in design.models
        if model.layer == "staging" and model.based_on
    )


def _shows_rows(model: Model) -> bool:
    """Not so a mart of periods, whose rows are groups, nor one of several tables' rows together."""
    if model.body.kind != "query":
        return True
    *others, final = model.body.ctes
    base = next((cte for cte in others if cte.name == final.from_alias), None)
    return base is None or not (base.group_by or base.union)


def _arrival(model: Model, marts: list[Model], said: Mapping[str, ModelVerdict]) -> Arrival:
    staging = said.get(model.name) or ModelVerdict(model=model.name, status="skipped")
    leaves_out = _may_leave_out(model)
    known = staging.rows is not None and (staging.left_out is not None or not leaves_out)
    left_out, older = staging.left_out or 0, staging.superseded or 0
    copies = _drops_copies(model)
    return Arrival(
        table=model.based_on[0],
        rows=(staging.rows or 0) + left_out if known else None,
        staging=_shown(model, said),
        marts=tuple(_shown(mart, said) for mart in marts),
        superseded=0 if copies else older,
        repeated=older if copies else 0,
        deleted=left_out - older,
    )


def _drops_copies(model: Model) -> bool:
    ctes = model.body.ctes if model.body.kind == "query" else ()
    return any(cte.latest is not None and cte.latest.of_copies for cte in ctes)


def _may_leave_out(model: Model) -> bool:
    if model.body.kind != "query":
        return False
    filtered = any(each.demanded for each in model.body.inputs)
    return filtered or any(cte.where or cte.latest for cte in model.body.ctes)


def _shown(model: Model, said: Mapping[str, ModelVerdict]) -> Shown:
    verdict = said.get(model.name)
    return Shown(
        model=model.name,
        rows=verdict.rows if verdict else None,
        sums=len(verdict.sums) if verdict else 0,
    )
