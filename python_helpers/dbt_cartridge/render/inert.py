"""The one escape for text that came from outside: a warehouse, its comments, its values.

dbt renders Jinja inside descriptions, comments and test arguments, and runs what it finds there.
In YAML and Markdown a space after every `{` that stands before `{`, `%` or `#` leaves nothing to
render (`{% raw %}` would not do: it can be broken out of). In SQL, where a name has to stay what it
is, the `{` is written as a Jinja literal.
"""

from __future__ import annotations

import re
import unicodedata

_OPENS = re.compile(r"\{(?=[{%#])")
# Tags and comments of HTML, as they would be shown in the docs site; `a < b` is left alone.
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->|<![A-Za-z][^<>]*>|<\?[^<>]*>", re.DOTALL)
_OPEN_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_CALL = re.compile(r"\s*(env_var|ref|var|source|doc)\s*\(")
_SUSPECT = re.compile(r"[<{]|  ")
_SPACES = re.compile(r"\s+")


def text(value: str) -> str:
    """`value` as one line of plain text that dbt and a browser leave alone."""
    if value.isascii() and value.isprintable() and not _SUSPECT.search(value):
        return value.strip()
    return escape(_SPACES.sub(" ", _without_html(_without_controls(value))).strip())


def escape(value: str) -> str:
    """A space after every `{` that stands before `{`, `%` or `#`."""
    return _OPENS.sub("{ ", value)


def is_inert(value: str) -> bool:
    """Whether `value` can stand in YAML as it is: no Jinja, no control character."""
    return not _OPENS.search(value) and _without_controls(value) == value


def is_name(value: str) -> bool:
    """Whether `value` can be a name in YAML as it is: one line, inert, no blanks at its ends."""
    return is_inert(value) and value.strip() == value and not set(value) & set("\n\r\t")


def is_call(value: str) -> bool:
    """Whether dbt would take a test's argument for a call, and run it, without any braces."""
    return _CALL.match(value) is not None


def in_sql(sql: str) -> str:
    """SQL that comes out of Jinja as it is here. For text without Jinja of our own."""
    return _OPENS.sub("{{ '{' }}", sql) if "{" in sql else sql


def comment(value: str) -> str:
    """`value` for one line behind `--`: nothing in it can end the line or be rendered."""
    return text(value)


def _without_html(value: str) -> str:
    previous = None
    while previous != value:  # taking one tag out may join the halves of another
        previous, value = value, _TAG.sub("", value)
    return _OPEN_TAG.sub("< ", value)


def _without_controls(value: str) -> str:
    if value.isascii() and value.isprintable():
        return value
    return "".join(
        char
        for char in value
        # Cc: control, Cf: format (bidirectional marks, zero width), Cs: surrogates; U+2028/9 end
        # a line for some readers.
        if char in "\n\r\t " or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )
