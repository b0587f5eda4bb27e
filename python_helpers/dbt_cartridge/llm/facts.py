"""What a provider is told of a table: compact, and no more than the user allows.

Names, types, comments, declared domains and coarse aggregates. Values only with `send_samples`,
and never those of a column that looks personal. Aggregates are said in words (`few null`, `~10k
rows`), so that a load more does not change the question.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.scan import Column, Profile, Scan
from dbt_cartridge.documents.schema import ColumnMeaning, Relationship, Schema, Table
from dbt_cartridge.documents.wording import one_line

_COMMENT = 300  # characters
_SAMPLES, _SAMPLE = 5, 40
_LISTED = 12


@dataclass(frozen=True)
class Told:
    """A schema as a provider may see it."""

    schema: Schema
    scan: Scan
    settings: Settings

    def table(self, id: str, only: Collection[str] | None = None) -> str:
        """`only`: the columns that are told; all if None."""
        table, relation = self.schema.by_id[id], self.scan.by_id[id]
        key = ", ".join(table.primary_key.columns) if table.primary_key else "none"
        size = f", {magnitude(relation.rows)} rows" if relation.rows is not None else ""
        lines = [
            f"table {quoted(relation.name)} in schema {quoted(relation.schema_name)}: "
            f"{table.role}{size}, key {quoted(key)}, called {table.entity}"
        ]
        if relation.comment:
            lines.append(f"  comment: {quoted(relation.comment)}")
        leads = {r.columns[0]: r for r in self.schema.parents[id] if len(r.columns) == 1}
        for column in relation.columns:
            if only is not None and column.name not in only:
                continue
            lines.append(f"  {self.column(table, column, leads.get(column.name))}")
        named = [quoted(r.table) for r in self.schema.children[id]]
        if named:
            lines.append(f"  referred to by {', '.join(dict.fromkeys(named[:_LISTED]))}")
        return "\n".join(lines)

    def column(self, table: Table, column: Column, leads: Relationship | None) -> str:
        meaning = table.by_name.get(column.name)
        parts = [f"{quoted(column.name)} {column.native_type[:40]}"]
        if leads is not None:
            parts.append(f"→ {quoted(leads.ref_table)}")
        elif meaning is not None and meaning.role != "attribute":
            parts.append(meaning.role)
        if meaning is not None and meaning.unit:
            parts.append(meaning.unit)
        parts += aggregates(column.profile)
        if column.enum_values:
            parts.append("one of " + ", ".join(map(quoted, column.enum_values[:_LISTED])))
        if column.comment:
            parts.append(f"comment: {quoted(column.comment)}")
        parts += self._samples(column, meaning)
        return "; ".join(parts)

    def _samples(self, column: Column, meaning: ColumnMeaning | None) -> list[str]:
        profile = column.profile
        personal = meaning is None or meaning.pii is not None
        if not self.settings.send_samples or personal or profile is None:
            return []
        patterns = profile.patterns
        if patterns and any(
            (patterns.email, patterns.phone, patterns.national_id, patterns.card_number,
             patterns.ip_address)
        ):  # fmt: skip
            return []
        values = [v.value for v in profile.top_values if len(v.value) <= _SAMPLE]
        return [f"e.g. {', '.join(map(quoted, values[:_SAMPLES]))}"] if values else []

    def identity(self, id: str) -> dict[str, Any]:
        """What an answer about the table hangs on: its structure, and no figure."""
        table, relation = self.schema.by_id[id], self.scan.by_id[id]
        return {
            "table": [relation.schema_name, relation.name, relation.comment, table.role],
            "named": [table.entity, table.shape],
            "columns": [
                [c.name, c.native_type, c.comment, list(c.enum_values), *_meant(table, c)]
                for c in relation.columns
            ],
            "parents": [[r.columns, r.ref_table] for r in self.schema.parents[id]],
            "samples": self.settings.send_samples,
        }


def _meant(table: Table, column: Column) -> list[Any]:
    meaning = table.by_name.get(column.name)
    return [meaning.role, meaning.pii is not None, meaning.unit] if meaning else []


def aggregates(profile: Profile | None) -> list[str]:
    """In words that hold for some time."""
    if profile is None or not profile.rows:
        return []
    filled = profile.rows - profile.nulls
    share = profile.nulls / profile.rows
    said = (
        [] if not profile.nulls
        else ["all null"] if not filled
        else ["few null"] if share < 0.1
        else ["mostly null"] if share > 0.6
        else ["some null"]
    )  # fmt: skip
    if profile.distinct is not None and filled:
        if profile.distinct == filled and filled > 1:
            said.append("unique")
        elif profile.distinct <= _LISTED:
            said.append(f"{profile.distinct} values")
        else:
            said.append(f"{magnitude(profile.distinct)} values")
    if profile.negatives:
        said.append("can be negative")
    if profile.fractions:
        said.append("fractions")
    return said


def magnitude(number: int | None) -> str:
    """`~100`, `~10k`: the power of ten below."""
    if not number or number < 10:
        return "few"
    power = len(str(number)) - 1
    return f"~{['1', '10', '100'][power % 3]}{['', 'k', 'M', 'G', 'T', 'P'][min(power // 3, 5)]}"


def quoted(text: str) -> str:
    """Text of the warehouse's on one line, which cannot close the tags that it stands between."""
    flat = one_line(text[: 4 * _COMMENT]).replace("<", "‹").replace(">", "›")
    return flat if len(flat) <= _COMMENT else f"{flat[:_COMMENT]}…"


_LITERAL = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")


def without_literals(text: str, names: Collection[str]) -> str:
    """Without what stands in quotes and is no name, and without numbers: they may be values."""

    def kept(match: re.Match[str]) -> str:
        found = match.group()
        return found if found[1:-1] in names else f"{found[0]}…{found[-1]}"

    return _NUMBER.sub("#", _LITERAL.sub(kept, text))


def without_domain(description: str, names: Collection[str]) -> str:
    """A description of ours up to the values that it lists; those are the data's."""
    parts = description.split("`")
    for place in range(1, len(parts), 2):
        if parts[place] not in names:
            return "`".join(parts[:place]).rstrip(" :")
    return description


def own_docs(own: Mapping[str, str]) -> str:
    """The descriptions that the project has of its own models."""
    if not own:
        return ""
    lines = [f"{name}: {quoted(text)}" for name, text in sorted(own.items())[:60]]
    return "The project's own models:\n<facts>\n" + "\n".join(lines) + "\n</facts>"
