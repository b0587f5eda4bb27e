"""`report.html`: the whole run on one page that needs nothing but itself.

The script is built from `frontend/` of the repository and stands beside this module. The data is
JSON, compressed, in an element that a browser does not run; the script puts all of it on the page
as text. A policy forbids everything but this script and this style: no request, no other script.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from jinja2 import Environment, PackageLoader, StrictUndefined

from dbt_cartridge.documents.base import put
from dbt_cartridge.report.page_data import PageData, page_data
from dbt_cartridge.report.run import Run
from dbt_cartridge.report.words import shown

if TYPE_CHECKING:
    from dbt_cartridge.pipeline import Outcome


_HIDDEN = re.compile(r"\\[ubfrt]")
"""What JSON writes for control characters, but for the end of a line."""


def page(run: Run, outcome: Outcome) -> str:
    """HTML with one script and one style, both named by their hashes. Same run, same bytes."""
    environment = Environment(
        loader=PackageLoader("dbt_cartridge.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script, style = _built("page.js"), _built("page.css")
    return environment.get_template("page.html.jinja").render(
        project=shown(outcome.host.project_name),
        data=packed(page_data(run, outcome)),
        script=script,
        style=style,
        script_hash=_hash(script),
        style_hash=_hash(style),
    )


def save_page(run: Run, outcome: Outcome, folder: Path) -> Path:
    path = folder / "report.html"
    put(path, page(run, outcome))
    return path


def packed(data: PageData) -> str:
    """Gzip in base64: a tenth of the JSON, and no character that HTML could read."""
    text = data.model_dump_json(exclude_defaults=True)
    if _HIDDEN.search(text) or not text.isprintable():
        text = json.dumps(_visible(json.loads(text)))
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def unpacked(text: str) -> PageData:
    """What `packed` packed."""
    return PageData.model_validate_json(gzip.decompress(base64.b64decode(text)))


def _visible(value: object) -> object:
    """Text without what hides: a browser obeys bidirectional marks too. Files keep their lines."""
    if isinstance(value, str):
        if value.replace("\n", "").isprintable():
            return value
        return "\n".join(
            shown(line) if not line.isprintable() else line for line in value.split("\n")
        )
    if isinstance(value, list):
        return [_visible(one) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        return {key: _visible(one) for key, one in cast("dict[str, object]", value).items()}
    return value


@cache
def _built(name: str) -> str:
    return (Path(__file__).parent / "built" / name).read_text("utf-8")


def _hash(text: str) -> str:
    """As a content security policy names what it allows."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
