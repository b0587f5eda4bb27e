"""Why the values of two columns that should meet do not: they are written differently.

Read off the profiles alone, so that it is a hint and proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from dbt_cartridge.documents.scan import Profile
from dbt_cartridge.infer.facts import ColumnFacts

Plain = Callable[[str], str]

_DIFFERENCES: tuple[tuple[str, Plain], ...] = (
    ("blanks around the values", str.strip),
    ("upper and lower case", lambda text: text.strip().lower()),
    ("braces around a GUID", lambda text: text.strip().strip("{}").lower()),
    ("hyphens in a GUID", lambda text: text.strip().strip("{}").replace("-", "").lower()),
    ("a decimal point behind whole numbers", lambda text: text.strip().removesuffix(".0")),
    ("leading zeros", lambda text: text.strip().removesuffix(".0").lstrip("0") or "0"),
)


def spelling(child: ColumnFacts, parent: ColumnFacts) -> str | None:
    """The first difference without which the child's values lie among the parent's.

    They do if one of the values that the profiles list is in both, or if all lists of the child
    have the form and lie in the range of the parent's.
    """
    mine, theirs = child.column.profile, parent.column.profile
    if mine is None or theirs is None or _meet(mine, theirs, str):
        return None  # where they meet as they are, they are written alike
    for words, plain in _DIFFERENCES:
        if _changes(mine, theirs, plain) and _meet(mine, theirs, plain):
            return f"the values differ in {words}"
    return None


def _values(profile: Profile) -> list[str]:
    ends = [value for value in (profile.min, profile.max) if value is not None]
    return [*ends, *(top.value for top in profile.top_values)]


def _changes(mine: Profile, theirs: Profile, plain: Plain) -> bool:
    return any(plain(value) != value for value in (*_values(mine), *_values(theirs)))


def _meet(mine: Profile, theirs: Profile, plain: Plain) -> bool:
    ours, others = ({plain(value) for value in _values(p)} for p in (mine, theirs))
    if not ours or not others:
        return False  # without a value: personal ones are not kept
    return bool(ours & others) or (
        {_form(value) for value in ours} == {_form(value) for value in others}
        and min(others) <= min(ours)
        and max(ours) <= max(others)
    )


def _form(value: str) -> str:
    """`BR###`: what the places of a code hold."""
    return "".join("#" if char.isdigit() else "a" if char.isalpha() else char for char in value)
