"""In which language a table is named, and what its words mean in English.

Meanings are judged by English words; names stay in the language that they are in.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from dbt_cartridge import glossary, lexicon

_FEWEST = 2  # words of a language that no English name has tell it
_SHORTEST = 4  # letters: shorter words are many languages'
_PIECE = 3  # letters of a glued word's shortest piece
_LEADING = frozenset("is has min max average".split())
"""What stands first in English too: `es_activo` is active."""
_ENGLISH_TOO = frozenset(
    """
    account bank category client code comment contact data date description document email index
    item marketing menu modified name note number online order partner patient payment person
    portal position product profile project region registration reservation sector service status
    stock student tag team ticket time title total transport type user version
    """.split()
)
"""English words that stand in schemas of any language, or are spelt alike."""


def languages(tables: Mapping[str, Sequence[tuple[str, ...]]]) -> dict[str, str]:
    """Table → its language, where that is not English: its own words tell, or else, where they are
    too few, those of the others.

    Args:
        tables: the words of each table's name and of its columns' names, as written.
    """
    told = {table: _told(names) for table, names in tables.items()}
    found = {table: language for table, language in told.items() if language}
    if not found or 2 * len(found) < len(tables):
        return found
    usual = Counter(found.values()).most_common(1)[0][0]
    for table in tables.keys() - found.keys():
        if any(_entry(word, usual) for words in tables[table] for word in words):
            found[table] = usual
    return found


def _told(names: Iterable[tuple[str, ...]]) -> str | None:
    words = {word for name in names for word in name if len(word) >= _SHORTEST}
    english = {word for word in words if _is_english(word)}
    counts = {
        language: sum(bool(_english(word, language)) for word in words - english - _ENGLISH_TOO)
        for language in glossary.LANGUAGES
    }
    best = max(counts, key=lambda language: counts[language])
    told = counts[best] >= _FEWEST and counts[best] > len(english - _ENGLISH_TOO)
    return best if told else None


def _is_english(word: str) -> bool:
    if word in lexicon.COMMON_WORDS or word in lexicon.ABBREVIATIONS:
        return True
    return word.endswith("s") and word[:-1] in lexicon.COMMON_WORDS


def meant(words: Sequence[str], language: str) -> tuple[str, ...]:
    """The words in English, in its order: `("fecha", "de", "pedido")` → order, date. What is not
    known stays as it is."""
    kept = [word for word in words if word not in glossary.BETWEEN] or list(words)
    found = [_english(word, language) or (word,) for word in kept]
    if language in glossary.NOUN_FIRST and not _LEADING & set(found[0]):
        found.reverse()
    return tuple(word for piece in found for word in piece)


@lru_cache(maxsize=65_536)
def _english(word: str, language: str) -> tuple[str, ...]:
    """What one word means; empty where that is not known."""
    if found := _entry(word, language):
        return found
    return _of_pieces(_plain(word), language) if language in glossary.COMPOUNDING else ()


def _entry(word: str, language: str) -> tuple[str, ...]:
    plain, known = _plain(word), glossary.LANGUAGES[language]
    if plain in known:
        return known[plain]
    for end in glossary.PLURALS[language]:
        if plain.endswith(end) and (found := known.get(plain[: -len(end)])):
            return found
    if language == "Italian":
        for end in glossary.ITALIAN_PLURALS.get(plain[-1:], ()):
            if found := known.get(plain[:-1] + end):
                return found
    return ()


def _of_pieces(word: str, language: str) -> tuple[str, ...]:
    """`lieferdatum` → delivery, date. The last piece is what the thing is: where only that is
    known, the first stays as it is."""
    best: tuple[str, ...] = ()
    for at in range(_PIECE, len(word) - _PIECE + 1):
        head = _entry(word[at:], language)
        if not head:
            continue
        for joint in glossary.JOINTS:
            first = word[: at - len(joint)] if joint else word[:at]
            if word[:at].endswith(joint) and len(first) >= _PIECE:
                before = _entry(first, language) or _of_pieces(first, language)
                if before:
                    return (*before, *head)
        if not best and len(word) - at > _PIECE:
            best = (word[:at], *head)
    return best


@lru_cache(maxsize=65_536)
def _plain(word: str) -> str:
    """Without accents, German letters spelt out: `Stück` → stueck, `año` → ano."""
    if word.isascii():
        return word
    for letter, spelt in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        word = word.replace(letter, spelt)
    apart = unicodedata.normalize("NFKD", word)
    return "".join(char for char in apart if not unicodedata.combining(char))
