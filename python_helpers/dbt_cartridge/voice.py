"""How much a run says, and in which form."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """`as_json`: standard output carries one JSON document. `json_log`: standard error carries an
    object of JSON a line."""

    quiet: bool = False
    debug: bool = False
    as_json: bool = False
    json_log: bool = False


PLAIN = Voice()


def take_any_text() -> None:
    """A character that the terminal's encoding has not becomes `?`: it is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")
