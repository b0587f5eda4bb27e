"""A table while it is being understood: what the later parts of inference know of it."""

from __future__ import annotations

from functools import cached_property

from dbt_cartridge.documents.scan import Column, Relation
from dbt_cartridge.documents.schema import ColumnMeaning, Key, Versions
from dbt_cartridge.frozen import frozen


@frozen
class Draft:
    """One relation with its words, column meanings and keys."""

    relation: Relation
    entity: tuple[str, ...]  # singular words
    sense: tuple[str, ...]  # … in English
    foreign: bool  # its names are in another language
    meanings: tuple[ColumnMeaning, ...]
    key: Key | None = None
    other_keys: tuple[Key, ...] = ()
    versions: Versions | None = None

    @property
    def id(self) -> str:
        return self.relation.id

    @property
    def rows(self) -> int | None:
        """Rows of the table; of the profile where the catalogue does not say."""
        if self.relation.rows is not None:
            return self.relation.rows
        profiles = [c.profile.rows for c in self.relation.columns if c.profile]
        return max(profiles, default=None)

    @property
    def key_columns(self) -> tuple[str, ...]:
        return self.key.columns if self.key else ()

    @cached_property
    def by_name(self) -> dict[str, ColumnMeaning]:
        return {meaning.name: meaning for meaning in self.meanings}

    def column(self, name: str) -> Column:
        return self.relation.by_name[name]

    def distinct(self, name: str) -> int | None:
        """Values of the column, as far as the profile knows."""
        profile = self.column(name).profile
        return profile.distinct if profile else None
