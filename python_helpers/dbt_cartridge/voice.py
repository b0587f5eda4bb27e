"""How much a run says, and in which form."""

from __future__ import annotations

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
