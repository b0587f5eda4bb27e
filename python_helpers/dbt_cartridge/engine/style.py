"""Derives the host's Style: from its linter's or formatter's configuration, else from its files."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from dbt_cartridge.documents.style import LEVEL, Style
from dbt_cartridge.sql_words import GRAMMAR, Token, tokens

if sys.version_info >= (3, 11):
    import tomllib
else:  # before, a pyproject.toml says nothing here
    tomllib = None

Sections = Mapping[str, Mapping[str, str]]
_LARGEST = 1_000_000  # bytes of a configuration
# docs.sqlfluff.com/en/stable/configuration/setting_configuration.html: the files of a folder in
# the order in which they are read; what is nearer to the SQL wins.
_INI = ("setup.cfg", "tox.ini", "pep8.ini", ".sqlfluff")
_WORDS = 3  # fewer are no habit
_SQLFMT_WIDTH = 88

_LETTERS = ("keywords", "identifiers", "functions", "literals", "types")
# A rule by its names in sqlfluff 2 and later, and before.
_RULES = {
    "keywords": ("capitalisation.keywords", "CP01", "L010"),
    "identifiers": ("capitalisation.identifiers", "CP02", "L014"),
    "functions": ("capitalisation.functions", "CP03", "L030"),
    "literals": ("capitalisation.literals", "CP04", "L040"),
    "types": ("capitalisation.types", "CP05", "L063"),
    "not_equal": ("convention.not_equal", "CV01", "L061"),
    "count": ("convention.count_rows", "CV04", "L047"),
    "last_comma": ("convention.select_trailing_comma", "CV03", "L038"),
    "joins": ("ambiguous.join", "AM05", "L051"),
    "references": ("references.consistent", "RF03", "L028"),
    "group_by": ("ambiguous.column_references", "AM06", "L054"),
}


def read_style(project_dir: Path, model_paths: Sequence[str], sql: Iterable[str]) -> Style:
    """The host's Style.

    Args:
        sql: the text of the host's own models: the example where nothing is configured.
    """
    folders = [*reversed(_up_to_repository(project_dir)), *(project_dir / p for p in model_paths)]
    sections: dict[str, dict[str, str]] = {}
    for folder in folders:
        for name, values in _sections(folder):
            sections.setdefault(name, {}).update(values)
    if sections:
        return from_sqlfluff(sections, from_example(sql))
    for folder in folders:
        if (width := _sqlfmt(folder)) is not None:
            return Style(width=width)
    return from_example(sql)


def _up_to_repository(folder: Path) -> list[Path]:
    """The folder, and those above it that belong to the same repository."""
    found = [folder]
    for above in (folder, *folder.parents):
        if above != folder:
            found.append(above)
        if (above / ".git").exists():
            return found
    return [folder]


# ---------------------------------------------------------------- sqlfluff


def from_sqlfluff(sections: Sections, example: Style) -> Style:
    """What the configuration asks for; letters that it leaves open are the example's."""
    core, everywhere = sections.get("sqlfluff", {}), sections.get("sqlfluff:rules", {})
    indentation = {**everywhere, **sections.get("sqlfluff:indentation", {})}

    def rule(field: str, *keys: str) -> str:
        for place in (*(sections.get(f"sqlfluff:rules:{name}", {}) for name in _RULES[field]),
                      everywhere):  # fmt: skip
            for key in keys:
                if key in place:
                    return place[key].strip().lower()
        return ""

    wishes = {
        name: _policy(
            rule(name, "capitalisation_policy", "extended_capitalisation_policy"),
            getattr(example, name),
        )
        for name in _LETTERS
    }
    wishes = {name: _policy(wish, getattr(example, name)) for name, wish in wishes.items()}
    wishes |= {
        "commas": _line_position(sections, "comma") or _old_commas(sections),
        "operators": _line_position(sections, "binary_operator"),
        "not_equal": {"c_style": "!=", "ansi": "<>"}.get(
            rule("not_equal", "preferred_not_equal_style"), ""
        ),
        "count": {"true": "1"}.get(rule("count", "prefer_count_1"), "")
        or {"true": "0"}.get(rule("count", "prefer_count_0"), ""),
        "joins": rule("joins", "fully_qualify_join_types"),
        "references": rule("references", "single_table_references"),
        "group_by": rule("group_by", "group_by_and_order_by_style"),
        "last_comma": "true" if rule("last_comma", "select_clause_trailing_comma") == "require"
        else "",
    }  # fmt: skip
    unit, size = indentation.get("indent_unit", "space"), _number(indentation, "tab_space_size")
    wishes["indent"] = "\t" if unit.strip().lower() == "tab" else " " * (size or LEVEL)
    if width := _number({**everywhere, **core}, "max_line_length"):
        wishes["width"] = str(width)
    return _valid(wishes)


def _policy(wish: str, example: str) -> str:
    return example if wish in ("", "consistent") else wish


def _old_commas(sections: Sections) -> str:
    """sqlfluff before 2.0: `comma_style` of L019."""
    old = {**sections.get("sqlfluff:rules", {}), **sections.get("sqlfluff:rules:L019", {})}
    return old.get("comma_style", "").strip().lower()


def _line_position(sections: Sections, kind: str) -> str:
    found = sections.get(f"sqlfluff:layout:type:{kind}", {}).get("line_position", "")
    return found.partition(":")[0].strip().lower()  # `leading:strict`


def _number(section: Mapping[str, str], key: str) -> int:
    text = section.get(key, "").strip()
    return int(text) if text.isdigit() else 0


def _valid(wishes: Mapping[str, str]) -> Style:
    """A Style with every wish that is one; `consistent` and what we do not know is none."""
    style = Style()
    for name, value in wishes.items():
        try:
            style = Style.model_validate({**style.model_dump(), name: value}) if value else style
        except ValidationError:
            continue
    return style


def _sections(folder: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    for name in _INI:
        text = _text(folder / name)
        if "sqlfluff" not in text:
            continue
        parser = ConfigParser(delimiters="=", interpolation=None, strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        try:
            parser.read_string(text)
        except ConfigParserError:
            continue
        for section in parser.sections():
            if section.split(":")[0] == "sqlfluff":
                yield section, dict(parser[section])
    tool = _toml(folder).get("tool")
    if isinstance(tool, dict) and "sqlfluff" in tool:
        yield from _flattened("sqlfluff", cast("dict[str, Any]", tool)["sqlfluff"])


def _flattened(name: str, values: Any) -> Iterator[tuple[str, Mapping[str, str]]]:
    """TOML's tables as the sections that they would be in `.sqlfluff`."""
    if not isinstance(values, dict):
        return
    entries = cast("dict[str, Any]", values)
    plain = {key: str(value) for key, value in entries.items() if not isinstance(value, dict)}
    if plain:
        section = "sqlfluff" if name == "sqlfluff:core" else name
        if section.startswith("sqlfluff:rules:"):  # `capitalisation.keywords`, nested or quoted
            section = "sqlfluff:rules:" + section.removeprefix("sqlfluff:rules:").replace(":", ".")
        yield section, plain
    for key, value in entries.items():
        yield from _flattened(f"{name}:{key}", value)


# ---------------------------------------------------------------- sqlfmt


def _sqlfmt(folder: Path) -> int | None:
    """The width that sqlfmt formats to there, or None where it is not used."""
    tool = _toml(folder).get("tool")
    own = cast("dict[str, Any]", tool).get("sqlfmt") if isinstance(tool, dict) else None
    if isinstance(own, dict):
        width = cast("dict[str, Any]", own).get("line_length", _SQLFMT_WIDTH)
        return width if isinstance(width, int) and width > 0 else _SQLFMT_WIDTH
    hooks = _text(folder / ".pre-commit-config.yaml")
    return _SQLFMT_WIDTH if re.search(r"\bid:\s*[\"']?sqlfmt\b", hooks) else None


def _toml(folder: Path) -> dict[str, Any]:
    text = _text(folder / "pyproject.toml")
    if tomllib is None or not text:
        return {}
    try:
        return tomllib.loads(text)
    except ValueError:
        return {}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8") if path.stat().st_size <= _LARGEST else ""
    except (OSError, ValueError):
        return ""


# ---------------------------------------------------------------- the host's own files


def from_example(sql: Iterable[str]) -> Style:
    """What most of the words, commas and indented lines do; our own way where it is not clear."""
    letters: Counter[tuple[str, str]] = Counter()
    commas: Counter[str] = Counter()
    indents: Counter[str] = Counter()
    for text in sql:
        found = tokens(text, "")
        for index, token in enumerate(found):
            told = token.kind != "keyword" or token.text.lower() in GRAMMAR
            if told and token.kind in ("keyword", "function", "literal", "type"):
                letters[token.kind, _letters(token.text)] += 1
            elif token.text == "," and token.kind == "sign":
                commas[_place(found, index)] += 1
        indents.update(_first_indents(text))
    wishes = {
        f"{kind}s": _most({name: n for (k, name), n in letters.items() if k == kind}, _WORDS)
        for kind in ("keyword", "function", "literal", "type")
    }
    wishes = {name: wish or wishes["keywords"] for name, wish in wishes.items()}
    wishes["commas"] = _most({k: n for k, n in commas.items() if k})
    wishes["indent"] = _most(indents)
    return _valid(wishes)


def _letters(word: str) -> str:
    if word.islower():
        return "lower"
    return "upper" if word.isupper() else "capitalise"


def _place(found: Sequence[Token], index: int) -> str:
    """Whether a comma begins or ends its line; "" for one in its midst."""
    before = next((t.kind for t in reversed(found[:index]) if t.kind != "blank"), "line")
    after = next((t.kind for t in found[index + 1 :] if t.kind not in ("blank", "comment")), "line")
    if (before == "line") == (after == "line"):
        return ""
    return "leading" if before == "line" else "trailing"


def _first_indents(text: str) -> Iterator[str]:
    """The indentation of lines that follow one without any."""
    lines = [line for line in text.splitlines() if line.strip()]
    for before, line in pairwise(lines):
        blank = line[: len(line) - len(line.lstrip())]
        if blank and not before[:1].isspace() and not line.lstrip().startswith(","):
            yield "\t" if blank[0] == "\t" else blank


def _most(counts: Mapping[str, int], least: int = 1) -> str:
    """What more than half of them are, if there are enough."""
    total = sum(counts.values())
    name = max(counts, key=lambda each: (counts[each], each), default="")
    return name if total >= least and counts[name] * 2 > total else ""
