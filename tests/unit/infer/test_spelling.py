"""Why values that should meet do not: read off the profiles, and never where they do meet."""

from __future__ import annotations

import pytest

from dbt_cartridge.documents.scan import Column, Profile, ValueCount
from dbt_cartridge.infer.facts import ColumnFacts
from dbt_cartridge.infer.spelling import spelling


def _codes(*values: str) -> ColumnFacts:
    ends = (min(values), max(values)) if values else (None, None)
    top = tuple(ValueCount(value=value, count=1) for value in values)
    profile = Profile(rows=30, nulls=0, distinct=30, top_values=top, min=ends[0], max=ends[1])
    one = Column(name="code", position=1, native_type="text", type="text", profile=profile)
    return ColumnFacts("raw.codes", one, ("code",), "text")


@pytest.mark.parametrize(
    ("child", "parent", "said"),
    [
        (("ab-1", "cd-2"), ("AB-1", "CD-2"), "the values differ in upper and lower case"),
        (("7", "12"), ("007", "012"), "the values differ in leading zeros"),
        (("AB-1", "ZZ-9"), ("AB-1", "CD-2"), None),  # written alike, and one is not there
        ((), ("AB-1",), None),  # personal values are not kept
        (("AB-1",), (), None),
    ],
)
def test_only_what_does_not_meet_as_it_is_is_written_otherwise(
    child: tuple[str, ...], parent: tuple[str, ...], said: str | None
) -> None:
    assert spelling(_codes(*child), _codes(*parent)) == said
