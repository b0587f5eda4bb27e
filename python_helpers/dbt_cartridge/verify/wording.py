"""dbt's words, made short."""

from __future__ import annotations

import re

_WHERE = re.compile(r"\A\w+ Error in \w+ .*\n")
_NOISE = re.compile(r"\s*(LINE \d+:.*|compiled code at .*|Candidate bindings:.*)", re.DOTALL)


def in_one_line(message: str, most: int = 300) -> str:
    """dbt's words without the name of our test and the lines of SQL."""
    text = _NOISE.sub("", _WHERE.sub("", message.strip()))
    text = " ".join(text.split()) or " ".join(message.split())
    return text if len(text) <= most else text[: most - 1] + "…"
