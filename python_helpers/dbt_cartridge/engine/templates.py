"""Reads the host's own templates: `cartridge/fact.sql` beside dbt_project.yml."""

from __future__ import annotations

from pathlib import Path

from dbt_cartridge.documents.host import TEMPLATES
from dbt_cartridge.errors import HostError, did_you_mean

FOLDER = "cartridge"
_LARGEST = 100_000  # bytes


def read_templates(project_dir: Path) -> dict[str, str]:
    """What each is for → its text. Whether it is a template is seen when it is filled.

    Raises:
        HostError: a file there is for no kind of model, or cannot be read; all of them at once.
    """
    found: dict[str, str] = {}
    problems: list[str] = []
    for path in sorted((project_dir / FOLDER).glob("*.sql")):
        place = f"{FOLDER}/{path.name}"
        if path.stem not in TEMPLATES:
            near = did_you_mean(path.stem, TEMPLATES)
            problems.append(
                f"{place} is a template for no kind of model: call it "
                f"{', '.join(f'{kind}.sql' for kind in TEMPLATES)}.{near}"
            )
            continue
        try:
            if path.stat().st_size > _LARGEST:
                problems.append(f"{place} is larger than {_LARGEST:,} bytes: no such template.")
                continue
            found[path.stem] = path.read_text("utf-8-sig").replace("\r\n", "\n")
        except (OSError, ValueError) as error:
            problems.append(f"{place} cannot be read: {error}.")
    if problems:
        raise HostError("\n".join(problems))
    return found
