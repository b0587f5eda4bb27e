"""Ten questions of a business, answered by the generated marts: writes `docs/ten_questions.md`.

    python benchmarks/ten_questions.py      # needs CARTRIDGE_DATA

`tests/functional/test_ten_questions.py` holds the answers against SQL on the raw tables, and the
page against the answers.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import bench  # noqa: F401  # for the tests' support on the path

from tests.support.ten_questions import DATABASES, HEAD, PAGE, built, section


def main() -> None:
    told = os.environ.get("CARTRIDGE_DATA")
    if told is None:
        sys.exit("ten_questions: set CARTRIDGE_DATA to the folder of the databases.")
    parts = [HEAD]
    for database in DATABASES:
        with (
            TemporaryDirectory() as folder,
            built(database, Path(told), Path(folder)) as connection,
        ):
            parts.append(section(database, connection))
    PAGE.write_text("\n".join(parts), "utf-8")


if __name__ == "__main__":
    main()
