"""Fit: the generated files, made to fit the project that they go into. Not saved: a run is told of
the changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dbt_cartridge.documents.changes import Action
from dbt_cartridge.documents.files import Files


@dataclass(frozen=True)
class Fit:
    """`standing`: the same files as they will lie in the project, with the user's edits; `old`: SQL
    of earlier runs that stays and that nothing generates any more."""

    files: Files
    standing: Files
    old: Files
    actions: Mapping[str, Action]  # by the standing files' paths
    generated: Mapping[str, str]  # path where it stands → path where we would put it
    gone: frozenset[str]  # models of earlier runs that will not be there any more
