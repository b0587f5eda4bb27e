"""One pass over a finished statement: the host's letters, commas, operators and indentation."""

from __future__ import annotations

import re
from collections.abc import Collection

from dbt_cartridge.documents.style import LEVEL, Letters, Style
from dbt_cartridge.sql_words import Token, tokens

_OPERATORS = frozenset({"+", "-", "*", "/", "%", "||", "=", "<>", "!=", "<", ">", "<=", ">="})
_WORDS = frozenset({"and", "or"})
# After these, a sign belongs to one operand.
_OPENS = frozenset("select distinct all by when then else and or not where on".split())
_PART = re.compile(r"[^\W_]+")


def styled(sql: str, style: Style, adapter: str, names: Collection[str]) -> str:
    """`sql`, which means the same; Jinja, comments, texts and quoted names stay as they are.

    Args:
        names: of columns and relations in it, in lower case.
    """
    if style.model_copy(update={"width": Style().width}) == Style():
        return sql
    found = _counted(tokens(sql, adapter, names), style)
    if style.last_comma:
        found = _with_last_commas(found)
    if style.commas == "leading":
        found = _led(found)
    if style.operators == "trailing":
        found = _trailed(found)
    return "".join(_written(token, style) for token in _indented(found, style))


def _written(token: Token, style: Style) -> str:
    if token.text in ("<>", "!="):
        return style.not_equal
    letters: dict[str, Letters] = {
        "keyword": style.keywords, "function": style.functions, "literal": style.literals,
        "identifier": style.identifiers, "type": style.types,
    }  # fmt: skip
    return _in_letters(token.text, letters[token.kind]) if token.kind in letters else token.text


def _in_letters(word: str, letters: Letters) -> str:
    if letters == "upper":
        return word.upper()
    if letters == "capitalise":
        return word.capitalize()
    if letters == "pascal":
        return _PART.sub(lambda part: part.group()[0].upper() + part.group()[1:], word)
    return word


def _counted(found: list[Token], style: Style) -> list[Token]:
    """`count(1)` for `count(*)` where the host writes so."""
    kept = list(found)
    for index in range(2, len(found) - 1) if style.count != "*" else ():
        around = "".join(token.text for token in found[index - 2 : index + 2])
        if around == "count(*)":
            kept[index] = Token("number", style.count)
    return kept


# ---------------------------------------------------------------- what stands at a line's end


def _led(found: list[Token]) -> list[Token]:
    """A comma at the end of a line goes before what it parts from what is before it."""
    kept: list[Token] = []
    waiting = False
    for index, token in enumerate(found):
        if token.text == "," and token.kind == "sign" and _ends_line(found, index):
            waiting = True
            continue
        if waiting and token.is_seen:
            kept += [Token("sign", ","), Token("blank", " ")]
            waiting = False
        kept.append(token)
    return kept


def _trailed(found: list[Token]) -> list[Token]:
    """An operator at the start of a line goes to the end of the one before it."""
    kept: list[Token] = []
    skip = False
    for index, token in enumerate(found):
        if skip and token.kind == "blank":
            skip = False
            continue
        skip = False
        at = max((i for i, each in enumerate(kept) if each.is_seen), default=-1) + 1
        if at and _is_operator(token, kept[at - 1]) and _starts_line(found, index):
            kept[at:at] = [Token("blank", " "), token]
            skip = True
        else:
            kept.append(token)
    return kept


def _with_last_commas(found: list[Token]) -> list[Token]:
    """A comma behind the last column, where the columns have lines of their own."""
    kept = list(found)
    for index in range(len(found) - 1, -1, -1):
        if found[index] == Token("keyword", "from") and _starts_line(found, index):
            last = max(i for i, each in enumerate(found[:index]) if each.is_seen)
            ends = [i for i, each in enumerate(found[:last]) if each.kind == "line"]
            words = {each.text for each in found[ends[-1] + 1 if ends else 0 : last + 1]}
            if not words & {"select", "*", ","}:
                kept.insert(last + 1, Token("sign", ","))
    return kept


def _is_operator(token: Token, before: Token) -> bool:
    """Between two operands: `select *` multiplies nothing."""
    if token.kind == "sign":
        begins = before.text in _OPENS or (before.kind == "sign" and before.text != ")")
        return token.text in _OPERATORS and not begins
    return token.kind == "keyword" and token.text in _WORDS


def _ends_line(found: list[Token], index: int) -> bool:
    after = next((t for t in found[index + 1 :] if t.kind != "blank"), None)
    return after is not None and after.kind == "line"


def _starts_line(found: list[Token], index: int) -> bool:
    before = next((t for t in reversed(found[:index]) if t.kind != "blank"), None)
    return before is not None and before.kind == "line"


def _indented(found: list[Token], style: Style) -> list[Token]:
    """Each level of indentation as the host has it; not so inside of a text over several lines."""
    if style.indent == " " * LEVEL:
        return found
    kept: list[Token] = []
    for index, token in enumerate(found):
        begins = token.kind == "blank" and index > 0 and found[index - 1].kind == "line"
        if begins:
            token = Token("blank", _at_level(token.text, style))
        elif token.kind == "jinja":
            lines = token.text.split("\n")
            token = Token("jinja", "\n".join([lines[0], *(_line(x, style) for x in lines[1:])]))
        kept.append(token)
    return kept


def _line(line: str, style: Style) -> str:
    bare = line.lstrip(" ")
    return _at_level(line[: len(line) - len(bare)], style) + bare


def _at_level(blank: str, style: Style) -> str:
    levels, rest = divmod(len(blank), LEVEL)
    return style.indent * levels + " " * rest
