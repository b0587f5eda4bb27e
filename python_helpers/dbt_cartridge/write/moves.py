"""Where the user moved or renamed a generated file to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from dbt_cartridge.write.ledger import digest
from dbt_cartridge.write.match_lines import LineMatcher
from dbt_cartridge.write.text import Text

_ALIKE = 0.8  # git calls a file renamed from 0.5 on; generated files resemble each other
_MARGIN = 0.1
_BIGGEST = 1_000_000


class Strays:
    """The project's files that nobody has claimed, beside the generated ones."""

    def __init__(self, project_dir: Path, known: Iterable[str]) -> None:
        """`known`: every path of the ledger and of the run; their top folders are searched."""
        self._project_dir = project_dir
        self._known = set(known)
        self._texts: Mapping[str, str] | None = None

    def find(self, path: str, base: str) -> str | None:
        """The one file that is `path` under another name, or None.

        A model's name is unique in dbt, so SQL of the same file name is the same model wherever
        it lies. Else the text as generated decides: the same, or clearly the most alike.
        """
        suffix = _kind(path)
        texts = {p: t for p, t in self._load().items() if _kind(p) == suffix}
        same = [p for p, text in texts.items() if digest(text) == digest(base)]
        if not same and suffix == ".sql":
            same = [p for p in texts if PurePosixPath(p).name == PurePosixPath(path).name]
        if same:
            return same[0] if len(same) == 1 else None
        return _most_alike(base, texts)

    def claim(self, path: str) -> None:
        self._known.add(path)

    def _load(self) -> Mapping[str, str]:
        if self._texts is None:
            self._texts = dict(self._read_all())
        return {p: text for p, text in self._texts.items() if p not in self._known}

    def _read_all(self) -> Iterable[tuple[str, str]]:
        for top in sorted({PurePosixPath(path).parts[0] for path in self._known}):
            for folder, _, names in os.walk(self._project_dir / top):
                for name in sorted(names):
                    file = Path(folder) / name
                    path = file.relative_to(self._project_dir).as_posix()
                    if path in self._known or file.suffix not in (".sql", ".yml", ".yaml", ".md"):
                        continue
                    if not file.is_symlink() and file.stat().st_size < _BIGGEST:
                        yield path, Text.read(file.read_bytes()).body


def _kind(path: str) -> str:
    """The suffix; dbt reads YAML under both of its own."""
    return PurePosixPath(path).suffix.replace(".yaml", ".yml")


def _most_alike(base: str, texts: Mapping[str, str]) -> str | None:
    lines = base.splitlines()
    scores: list[tuple[float, str]] = []
    for path, text in texts.items():
        matcher = LineMatcher(lines, text.splitlines())
        if matcher.real_quick_ratio() >= _ALIKE - _MARGIN:
            scores.append((matcher.ratio(), path))
    scores.sort(reverse=True)
    if not scores or scores[0][0] < _ALIKE:
        return None
    if len(scores) > 1 and scores[0][0] - scores[1][0] < _MARGIN:
        return None
    return scores[0][1]
