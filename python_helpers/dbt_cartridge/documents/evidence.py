"""The class of evidence of a claim, and how firmly a test may state it.

What each class allows stands in `dbt_cartridge.law`, and nowhere else.
"""

from __future__ import annotations

from typing import Literal

EvidenceClass = Literal["declared", "structural", "observed", "assumed"]
Severity = Literal["error", "warn"]
