"""dbt refuses a package that has two macros of one name."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

MACROS = Path(__file__).parents[2] / "macros"


def test_no_two_macros_have_one_name() -> None:
    names = Counter(
        name
        for path in MACROS.rglob("*.sql")
        for name in re.findall(r"\{%-?\s*macro (\w+)\(", path.read_text("utf-8"))
    )
    assert len(names) > 50
    assert [name for name, count in names.items() if count > 1] == []
