"""Which columns hold personal data, before anything is kept: their values go no further."""

from __future__ import annotations

from dbt_cartridge.documents.scan import Column, Relation, Scan
from dbt_cartridge.infer.columns import looks, pii_of
from dbt_cartridge.infer.facts import lexicon_of
from dbt_cartridge.infer.judges import Look
from dbt_cartridge.words import Lexicon


def without_personal_values(scan: Scan) -> Scan:
    """The scan without a value of a column that is personal data; counts and patterns stay.

    A minimum is somebody's value too, and so is a frequent one. What is personal is told by names
    and counted patterns alone, so a scan that has gone through here goes through unchanged.
    """
    lexicon = lexicon_of(scan)
    relations = tuple(_without(relation, lexicon) for relation in scan.relations)
    return scan.model_copy(update={"relations": relations})


def _without(relation: Relation, lexicon: Lexicon) -> Relation:
    columns = tuple(
        _silent(seen.column) if _shows_somebody(seen) else seen.column
        for seen in looks(relation, lexicon)
    )
    return relation.model_copy(update={"columns": columns})


def _shows_somebody(seen: Look) -> bool:
    profile = seen.column.profile
    if profile is None or not (profile.top_values or profile.min or profile.max):
        return False
    return pii_of(seen) is not None


def _silent(column: Column) -> Column:
    assert column.profile is not None
    aggregates = column.profile.model_copy(update={"top_values": (), "min": None, "max": None})
    return column.model_copy(update={"profile": aggregates})
