"""The parts of inference that can be taken away: each a name, and how to do without it.

What does not help on databases left out has no place in the house. A part's name begins with its
kind: rules of keys and of edges; lists of words; signs of edges, reasons of keys and signs of
roles, each with its weight.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import ModuleType
from typing import Any
from unittest import mock

import dbt_cartridge.infer as inference
from dbt_cartridge.infer import (
    candidates,
    choice,
    column_words,
    composites,
    facts,
    key_columns,
    key_weights,
    keys,
    name_words,
    polymorphic,
    relationships,
    role_signs,
    role_words,
    weights,
)

Part = tuple[str, Callable[[], AbstractContextManager[Any]]]

KINDS = ("keys", "edges", "words", "edge sign", "key reason", "role sign")
_ROOMS: tuple[ModuleType, ...] = tuple(
    importlib.import_module(f"{inference.__name__}.{each.name}")
    for each in pkgutil.iter_modules(inference.__path__)
)
_ROLES = importlib.import_module("dbt_cartridge.infer.roles")  # its function has the same name
_WORDS = (column_words, name_words, key_columns, facts, candidates, polymorphic, role_words)
_NO_WORDS = ("BARRED_ROLES", "NEVER_KEY_TYPES")
"""Sets of our own names, not of what people call things."""


def _without(name: str, room: Any, function: str, instead: Any) -> Part:
    return name, lambda: mock.patch.object(room, function, instead)


def _lists() -> Iterator[Part]:
    """Each list of words emptied, wherever it was imported."""
    for home in _WORDS:
        for name, value in sorted(vars(home).items()):
            own = name.isupper() and name not in _NO_WORDS and not name.startswith("_")
            if own and isinstance(value, frozenset) and _defined_in(home, name):
                yield f"words: {home.__name__.rpartition('.')[2]}.{name}", _emptied(name, value)


def _defined_in(home: ModuleType, name: str) -> bool:
    """Not imported from another of the homes, which then has it too."""
    first = next(other for other in _WORDS if vars(other).get(name) is vars(home)[name])
    return first is home


def _emptied(name: str, value: frozenset[Any]) -> Callable[[], AbstractContextManager[Any]]:
    @contextmanager
    def emptied() -> Iterator[None]:
        with ExitStack() as stack:
            for room in _ROOMS:
                if vars(room).get(name) is value:
                    stack.enter_context(mock.patch.object(room, name, frozenset[Any]()))
            yield

    return emptied


def _edge_sign(name: str) -> Part:
    told = relationships.features

    def features(*given: Any) -> dict[str, float]:
        return {sign: value for sign, value in told(*given).items() if sign != name}

    return _without(f"edge sign: {name}", relationships, "features", features)


def _key_reason(why: str) -> Part:
    made = keys.Scored

    def scored(columns: tuple[str, ...], points: Collection[Any], unique: bool | None) -> Any:
        return made(columns, tuple(one for one in points if one[0] != why), unique)

    return _without(f"key reason: {why}", keys, "Scored", scored)


def _role_sign(name: str) -> Part:
    told = role_signs.signs

    def signs(*given: Any) -> Mapping[str, Mapping[str, float]]:
        return {
            table: {sign: value for sign, value in found.items() if sign != name}
            for table, found in told(*given).items()
        }

    return _without(f"role sign: {name}", _ROLES, "signs", signs)


PARTS: tuple[Part, ...] = (
    _without("keys: lines", composites, "_lines", lambda _: []),
    _without("keys: bridges", composites, "_bridges", lambda _: []),
    _without("keys: dated", composites, "_dated", lambda _: []),
    _without("keys: reported", composites, "_reported", lambda _: []),
    _without("keys: marked off", composites, "_marked_off", lambda _: []),
    _without("keys: counted within", composites, "_counted_within", lambda _: []),
    _without("keys: told in", composites, "_told_in", lambda _: []),
    _without("keys: leading", composites, "_leading", lambda _: []),
    _without("keys: found in the data", keys, "searched", lambda _: []),
    _without("keys: who points to them", keys, "pointers", lambda *_: {}),
    _without("edges: by value", candidates, "_by_value", lambda *_: []),
    _without("edges: most specific", choice, "_most_specific", lambda group, *_: group),
    _without("edges: siblings", choice, "_without_siblings", lambda group, _: group),
    _without("edges: habits", relationships, "habits", lambda _: {}),
    _without("edges: scoped", relationships, "scoped_pairs", lambda *_: []),
    _without("edges: own table's name", candidates, "_of_its_table", lambda *_: []),
    _without("edges: written", relationships, "written", lambda *_: {}),
    *_lists(),
    *(_edge_sign(name) for name in sorted(weights.WEIGHTS) if name not in ("bias", "written")),
    *(_key_reason(why) for why in sorted(key_weights.FACTORS)),
    *(_role_sign(name) for name in sorted(role_signs.PHRASES)),
)


def parts(kinds: Collection[str]) -> tuple[Part, ...]:
    """The parts of some kinds; of all, where none is named."""
    return tuple(part for part in PARTS if not kinds or part[0].partition(":")[0] in kinds)
