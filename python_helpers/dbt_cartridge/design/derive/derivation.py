"""What a rule proposes: one computed column, with all that decides whether and how it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import IntEnum

from dbt_cartridge.design.parts import Attribute, Link
from dbt_cartridge.documents.design import Again
from dbt_cartridge.documents.evidence import EvidenceClass
from dbt_cartridge.frozen import frozen


class Rank(IntEnum):
    """How soon people ask for it. The order in which a mart's room is given away."""

    ALWAYS = 0  # the totals by which the business counts: no budget drops them
    FIRST = 1
    OFTEN = 2
    SOMETIMES = 3
    SELDOM = 4  # read off what stands beside it, or asked of few kinds of things


@frozen
class Derivation:
    """One computed column of one grain.

    `expression` is over columns of the rows that the rule was shown: an aggregate where these are
    many for each row of the mart, else an expression on the row itself. `attribute` says the type,
    the unit, whether it adds up, and what the docs say of it.
    """

    rule: str  # the module that proposes it
    attribute: Attribute
    expression: str
    rank: Rank
    evidence: EvidenceClass = "structural"
    in_turn: bool = False  # reads which of its kind, in the order of time, each row is
    listed: str | None = None  # reads of this column those values that a list has room for
    listed_of: Link | None = (
        None  # … or, under that name, what those are known by whom this leads to
    )
    windowed: bool = False  # reads other rows: right only where the model is built whole
    measure: str | None = None  # of the rows, that is added up; None: they are counted
    chosen: tuple[str, str | None] | None = None  # of which rows: with this value; None: if true
    also: tuple[str, str | None] | None = None  # … that have this value too
    again: tuple[Again, str] | None = None  # what the proof asks once more, of which column
    together: str = ""  # stands with all of this word or not at all: the values of one status
    one_of_units: bool = False  # … and they say one thing: an amount in each of a few currencies

    @property
    def name(self) -> str:
        return self.attribute.name


ROOM = {Rank.FIRST: 45, Rank.OFTEN: 32, Rank.SOMETIMES: 20, Rank.SELDOM: 6}
"""How many computed columns may stand in a mart before one of this rank has no place there. More,
and nobody finds the one that was asked for; what is left out is listed. One amount in each of a few
currencies counts once."""


def within(
    proposed: Sequence[Sequence[Derivation]], share: float = 1.0
) -> tuple[list[list[Derivation]], list[Derivation]]:
    """(what is written of each group, in its order; what there was no room for).

    By rank; inside a rank each group has its turn, so that one kind of child does not fill a mart.

    Args:
        share: of the room, where the rest is another's.
    """
    places: list[tuple[Rank, int, int, int]] = []  # rank, turn, group, place in the group
    for number, group in enumerate(proposed):
        turns = Counter[Rank]()
        for place, each in enumerate(group):
            turns[each.rank] += 1
            places.append((each.rank, turns[each.rank], number, place))
    kept: set[tuple[int, int]] = set()
    seen: set[tuple[int, int]] = set()
    taken = 0
    for rank, _, number, place in sorted(places):
        if (number, place) in seen:
            continue
        company = _company(proposed[number], place)
        room = 1 if proposed[number][place].one_of_units else len(company)
        seen |= {(number, each) for each in company}
        if rank == Rank.ALWAYS or taken + room <= max(ROOM[rank] * share, 1):
            kept |= {(number, each) for each in company}
            taken += room
    chosen = [
        [each for place, each in enumerate(group) if (number, place) in kept]
        for number, group in enumerate(proposed)
    ]
    left = [
        each for number, group in enumerate(proposed)
        for place, each in enumerate(group) if (number, place) not in kept
    ]  # fmt: skip
    return chosen, left


def _company(group: Sequence[Derivation], place: int) -> list[int]:
    """The places of all that stand with this one or not at all."""
    word = group[place].together
    if not word:
        return [place]
    return [at for at, each in enumerate(group) if each.together == word]


def told(left: Iterable[Derivation]) -> str:
    """Why columns are missing, for the report."""
    names = ", ".join(f"`{each.name}`" for each in left)
    return f"The mart has no room for more computed columns: {names}."
