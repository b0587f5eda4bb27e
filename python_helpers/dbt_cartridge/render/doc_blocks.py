"""Doc blocks: a description that stands in several places is written once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dbt_cartridge.documents.design import Design
from dbt_cartridge.render import inert

_FROM = 3  # places
_SHORTEST = 30  # characters; a shorter text is shorter than the call that would replace it


@dataclass(frozen=True)
class DocBlocks:
    """names: by inert text."""

    names: dict[str, str]

    def call(self, text: str) -> str | None:
        """`{{ doc('…') }}` where the inert `text` has a block."""
        name = self.names.get(text)
        return None if name is None else "{{ doc('" + name + "') }}"

    @property
    def markdown(self) -> str:
        blocks = [
            f"{{% docs {name} %}}\n\n{text}\n\n{{% enddocs %}}\n"
            for text, name in sorted(self.names.items(), key=lambda item: item[1])
        ]
        return "\n".join(blocks)


def collect(design: Design, prefix: str) -> DocBlocks:
    """A block for every column description that stands in three places or more.

    Args:
        prefix: of the blocks' names, so that they never meet the host's: the source's name.
    """
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for column, description in _descriptions(design):
        text = inert.text(description)
        if len(text) >= _SHORTEST:
            counts[text] += 1
            first.setdefault(text, column)
    names: dict[str, str] = {}
    taken: set[str] = set()
    for text, column in sorted(first.items(), key=lambda item: (item[1], item[0])):
        if counts[text] >= _FROM:
            names[text] = _free(f"{_slug(prefix)}__{_slug(column)}", taken)
    return DocBlocks(names)


def _descriptions(design: Design) -> Iterable[tuple[str, str]]:
    for model in design.models:
        for column in model.columns:
            yield column.name, column.description
    for source in design.sources:
        for table in source.written:
            for column in table.columns:
                yield column.name, column.description


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "column"


def _free(name: str, taken: set[str]) -> str:
    """`name`, or `name_2`, `name_3`, …; `taken` is told."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free
