"""Models that bear another name than on the run before, because people decided so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property

from dbt_cartridge.documents.files import FileKind
from dbt_cartridge.write.ledger import Entry, Ledger, digest

_REF = re.compile(r"""(\bref\(\s*(?:['"][^'"]+['"]\s*,\s*)?['"])([^'"]+)(['"])""")
# An entry of a model, never of a column below it, which may be called as a model was.
_ENTRY = re.compile(r"""^( {0,4}- +name: *['"]?)(\w+)(['"]? *(?:#.*)?)$""", re.MULTILINE)
_OF = re.compile(r"""^( +model: *['"]?)(\w+)(['"]? *(?:#.*)?)$""", re.MULTILINE)  # unit tests


# What may hold a name of ours; comments and texts are people's words.
SQL_WORDS = re.compile(r"(?P<theirs>--[^\n]*|'(?:[^']|'')*')|(?P<word>\w+)")
_YAML = re.compile(r"(?P<theirs>#[^\n]*)|(?P<word>[a-z0-9]+(?:_+[a-z0-9]+)+)")


def with_words(kind: FileKind, base: str, new: str, texts: Sequence[str]) -> list[str]:
    """`texts` with the words that `new` has wherever `base` has others: aliases and keys bear the
    new name too, and an edit beside one is no conflict. A word that `new` has kept in one place
    stays."""
    pattern = _YAML if kind == "yaml" else SQL_WORDS
    before, after = (
        [m["word"] for m in pattern.finditer(text) if m["word"]] for text in (base, new)
    )
    found: dict[str, set[str]] = {}
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for _, start, end, there, until in matcher.get_opcodes():
        for at, word in enumerate(before[start:end]):
            aligned = end - start == until - there
            found.setdefault(word, set()).add(after[there + at] if aligned else word)
    swaps = {word: min(to) for word, to in found.items() if len(to) == 1 and to != {word}}

    def swapped(match: re.Match[str]) -> str:
        return match["theirs"] or swaps.get(match["word"], match["word"])

    return [pattern.sub(swapped, text) for text in texts] if swaps else list(texts)


@dataclass(frozen=True)
class Renaming:
    """`names`: model or snapshot → what it was called before."""

    names: Mapping[str, str]

    @cached_property
    def _new(self) -> Mapping[str, str]:
        return {old: new for new, old in self.names.items()}

    def of(self, describes: tuple[str, ...]) -> tuple[str, ...]:
        """What a file describes, as it was called before."""
        return tuple(self.names.get(name, name) for name in describes)

    def text(self, kind: FileKind, text: str) -> str:
        """The text with the new names where it names models: nothing else of it changes."""
        if not self.names:
            return text
        for pattern in (_REF, *((_ENTRY, _OF) if kind == "yaml" else ())):
            text = pattern.sub(self._renamed, text)
        return text

    def _renamed(self, found: re.Match[str]) -> str:
        return f"{found[1]}{self._new.get(found[2], found[2])}{found[3]}"

    def ledger(self, ledger: Ledger) -> Ledger:
        """As if earlier runs had known the new names."""
        if not self.names:
            return ledger
        bases = {p: self.text(ledger.entries[p].kind, base) for p, base in ledger.bases.items()}
        entries = {p: self._entry(e, bases.get(p)) for p, e in ledger.entries.items()}
        return replace(ledger, entries=entries, bases=bases)

    def _entry(self, entry: Entry, base: str | None) -> Entry:
        described = tuple(self._new.get(name, name) for name in entry.describes)
        update = {"describes": described}
        if base is not None:
            update["sha256"] = digest(base)  # pyright: ignore[reportArgumentType]
        return entry.model_copy(update=update)
