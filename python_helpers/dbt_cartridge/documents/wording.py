"""Names and sentences that a provider may give."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
LONGEST_NAME = 50


_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode's categories


def one_line(text: str) -> str:
    """Without what is not seen. The writer stops what Jinja and HTML would do."""
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(c) in _HIDDEN else c for c in text)
    return " ".join(text.split())


def _valid(name: str) -> str:
    """ASCII alone: no look-alikes."""
    if name and not _NAME.match(name):
        raise ValueError("a name is lower-case words of a-z and 0-9 joined by single underscores")
    return name


# "" : as it is.
Name = Annotated[
    str,
    Field(pattern=r"^([a-z][a-z0-9]*(_[a-z0-9]+)*)?$", max_length=LONGEST_NAME),
    AfterValidator(_valid),
]
Sentence = Annotated[str, Field(max_length=240), AfterValidator(one_line)]
Reason = Annotated[str, Field(max_length=100), AfterValidator(one_line)]
Expression = Annotated[str, StringConstraints(max_length=500)]


_UNIT = re.compile(r"[A-Za-z%][A-Za-z0-9 %/_²³°-]*\Z")


def _a_unit(unit: str) -> str:
    if unit and not _UNIT.match(unit):
        raise ValueError("a unit is a word: USD, cents, days, percent, kg")
    return unit


Unit = Annotated[str, Field(max_length=20), AfterValidator(_a_unit)]
