"""A business's questions are answered by the generated marts as the raw tables answer them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.ten_questions import DATABASES, PAGE, answers, built, questions, section

DATA = os.environ.get("CARTRIDGE_DATA")


# The demo in every run; it has what the others have.
@pytest.mark.parametrize(
    "database",
    [pytest.param(d, marks=() if d == "demo" else pytest.mark.slow) for d in DATABASES],
)
def test_the_marts_answer_as_the_raw_tables_do(database: str, tmp_path: Path) -> None:
    if database != "demo" and not (DATA and (Path(DATA) / database).exists()):
        pytest.skip(f"CARTRIDGE_DATA does not name a folder that holds {database}")
    asked = questions(database)
    assert len(asked) == 10
    with built(database, Path(DATA) if DATA else None, tmp_path) as connection:
        for question in asked:
            _, ours = answers(connection, question.marts)
            _, raw = answers(connection, question.raw)
            assert ours, question.text
            assert ours == raw, question.text
        said = section(database, connection)
    assert said in PAGE.read_text("utf-8"), "run `python benchmarks/ten_questions.py`"
