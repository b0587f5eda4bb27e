"""What the host's code names: models, sources, doc blocks; and where it names a word."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from dbt_cartridge.documents.host import Host
from dbt_cartridge.write.text import Text

_REF = re.compile(r"""\bref\(\s*(?:['"][^'"]+['"]\s*,\s*)?['"]([^'"]+)['"]""")
_SOURCE = re.compile(r"""\bsource\(\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]+)['"]""")
_DOC = re.compile(r"""\bdoc\(\s*(?:['"][^'"]+['"]\s*,\s*)?['"]([^'"]+)['"]""")
_BLOCK = re.compile(r"\{%-?\s*docs\s+(\w+)\s*-?%\}.*?\{%-?\s*enddocs\s*-?%\}\n?", re.DOTALL)
_SUFFIXES = (".sql", ".yml", ".yaml", ".py")
_BIGGEST = 1_000_000


def refs(text: str) -> frozenset[str]:
    return frozenset(_REF.findall(text))


def sources(text: str) -> frozenset[tuple[str, str]]:
    return frozenset(_SOURCE.findall(text))


def calls(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Each `ref` as (model,) and each `source` as (source, table), with the number of its line."""
    for pattern in (_REF, _SOURCE):
        for match in pattern.finditer(text):
            yield match.groups(), text.count("\n", 0, match.start()) + 1


def docs(text: str) -> frozenset[str]:
    return frozenset(_DOC.findall(text))


def doc_blocks(text: str) -> dict[str, str]:
    """Doc blocks by name, each with its tags."""
    return {match[1]: match[0] for match in _BLOCK.finditer(text)}


def lines_that_name(text: str, words: Collection[str]) -> Iterator[int]:
    """Numbers of the lines that hold one of the words, in any case, quoted or not."""
    pattern = re.compile(
        r"(?<!\w)(?:" + "|".join(_quoted_or_not(word) for word in sorted(words)) + r")(?!\w)",
        re.IGNORECASE,
    )
    for number, line in enumerate(text.splitlines(), start=1):
        if pattern.search(line):
            yield number


def _quoted_or_not(word: str) -> str:
    """Of `raw.orders` each part may have quotes of its own."""
    return r"[\"`\]]?\.[\"`\[]?".join(re.escape(part) for part in word.split("."))


def host_code(host: Host, project_dir: Path, without: Collection[str]) -> Iterator[tuple[str, str]]:
    """(path, text) of the host's SQL, YAML and Python, but for the paths in `without`."""
    roots = (*host.model_paths, *host.snapshot_paths, *host.test_paths, *host.macro_paths)
    for root in sorted({*roots, "analyses"}):
        for folder, folders, names in os.walk(project_dir / root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                file = Path(folder) / name
                path = file.relative_to(project_dir).as_posix()
                if path in without or PurePosixPath(path).suffix not in _SUFFIXES:
                    continue
                if file.is_file() and file.stat().st_size < _BIGGEST:
                    yield path, Text.read(file.read_bytes()).body
