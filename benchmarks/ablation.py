"""The parts of inference that can be taken away: each a name, and how to do without it.

What does not help on databases left out has no place in the house.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from unittest import mock

from dbt_cartridge.infer import (
    candidates,
    choice,
    composites,
    key_columns,
    name_words,
    names,
    relationships,
    role_words,
)

Part = tuple[str, Callable[[], AbstractContextManager[Any]]]

_NOTHING: frozenset[str] = frozenset()


def _words(home: Any, name: str) -> Part:
    """A list of words emptied, wherever it was imported."""
    rooms = (home, candidates, composites, key_columns, names, relationships)

    @contextmanager
    def emptied() -> Any:
        with ExitStack() as stack:
            for room in {id(room): room for room in rooms}.values():
                if hasattr(room, name):
                    stack.enter_context(mock.patch.object(room, name, _NOTHING))
            yield

    return f"words: {name}", emptied


def _without(name: str, room: Any, function: str, instead: Any) -> Part:
    return name, lambda: mock.patch.object(room, function, instead)


PARTS: tuple[Part, ...] = (
    _without("keys: lines", composites, "_lines", lambda _: []),
    _without("keys: bridges", composites, "_bridges", lambda _: []),
    _without("keys: dated", composites, "_dated", lambda _: []),
    _without("keys: reported", composites, "_reported", lambda _: []),
    _without("keys: marked off", composites, "_marked_off", lambda _: []),
    _without("keys: counted within", composites, "_counted_within", lambda _: []),
    _without("keys: told in", composites, "_told_in", lambda _: []),
    _without("keys: leading", composites, "_leading", lambda _: []),
    _without("edges: by value", candidates, "_by_value", lambda *_: []),
    _without("edges: most specific", choice, "_most_specific", lambda group, *_: group),
    _without("edges: siblings", choice, "_without_siblings", lambda group, _: group),
    _without("edges: habits", relationships, "habits", lambda _: {}),
    _without("edges: scoped", relationships, "scoped_pairs", lambda *_: []),
    _without("edges: own table's name", candidates, "_of_its_table", lambda *_: []),
    _words(name_words, "SELF_WORDS"),
    _words(name_words, "EXTERNAL_WORDS"),
    _words(name_words, "GENERIC_HEADS"),
    _words(name_words, "PERSON_ENTITIES"),
    _words(name_words, "OTHER_PEOPLE"),
    _words(name_words, "PERSON_ROLES"),
    _words(name_words, "NOT_DONE_BY"),
    _words(name_words, "PART_ROLES"),
    _words(key_columns, "ORDINAL_WORDS"),
    _words(key_columns, "CHANGE_WORDS"),
    _words(key_columns, "VALID_WORDS"),
    _words(key_columns, "HISTORY_WORDS"),
    _words(key_columns, "SEGMENT_WORDS"),
    _words(key_columns, "LINK_ATTRIBUTES"),
    *(
        _words(role_words, name)
        for name in sorted(vars(role_words))
        if name.isupper() and isinstance(getattr(role_words, name), frozenset)
    ),
)
