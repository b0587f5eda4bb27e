"""Which columns hold personal data, before anything is kept: their values go no further."""

from __future__ import annotations

from dbt_cartridge.documents.scan import Column, Relation, Scan
from dbt_cartridge.infer.facts import facts
from dbt_cartridge.infer.judges import look
from dbt_cartridge.infer.personal import personal
from dbt_cartridge.words import Lexicon


def without_personal_values(scan: Scan) -> Scan:
    """The scan without a value of a column that is personal data; counts and patterns stay.

    A minimum is somebody's value too, and so is a frequent one. What is personal is told by names
    and counted patterns alone, so a scan that has gone through here goes through unchanged.
    """
    lexicon = facts(scan).lexicon
    relations = tuple(_without(relation, lexicon) for relation in scan.relations)
    return scan.model_copy(update={"relations": relations})


def _without(relation: Relation, lexicon: Lexicon) -> Relation:
    entity = lexicon.entity(relation.name)
    words = lexicon.columns([column.name for column in relation.columns])
    columns = tuple(
        _silent(column) if _is_personal(column, said, entity) else column
        for column, said in zip(relation.columns, words, strict=True)
    )
    return relation.model_copy(update={"columns": columns})


def _is_personal(column: Column, words: tuple[str, ...], entity: tuple[str, ...]) -> bool:
    profile = column.profile
    if profile is None or not (profile.top_values or profile.min or profile.max):
        return False
    seen = look(column, words, entity)
    return not seen.load_tool and personal(column, words, entity) is not None


def _silent(column: Column) -> Column:
    assert column.profile is not None
    aggregates = column.profile.model_copy(update={"top_values": (), "min": None, "max": None})
    return column.model_copy(update={"profile": aggregates})
