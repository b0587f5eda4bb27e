"""The SQL of the user's own models as SQL without Jinja, as far as it can be read so.

Jinja is not rendered: what a macro computes is a function of the columns that its arguments name.
Shared, because design reads columns by it and the engine reads joins.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MACRO = "cartridge_macro"
_READ = re.compile(r"""\{\{-?\s*(source|ref)\(\s*(['"][^()]+['"])\s*\)\s*-?\}\}""")
# What says nothing of the columns, and the rows that an incremental model reads on later runs.
_UNSEEN = re.compile(
    r"\{\{-?\s*config\(.*?\)\s*-?\}\}|\{#.*?#\}|\{%-?\s*set\s[^%]*?=.*?%\}"
    r"|\{%-?\s*if\s+is_incremental\(\)\s*-?%\}.*?\{%-?\s*endif\s*-?%\}",
    re.DOTALL,
)
_STAR = re.compile(r"\{\{-?\s*dbt_utils\.star\(.*?\)\s*-?\}\}", re.DOTALL)
_EXCEPT = re.compile(r"except\s*=\s*\[([^\]]*)\]")
_QUOTED = re.compile(r"""['"]((?:\w+\.)?\w+)['"]""")
_TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
_COMPUTED = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_NAME = re.compile(r"""['"]([^'"]+)['"]""")

Reads = Callable[[str, tuple[str, ...]], str]
"""(`ref` or `source`, its arguments) → what stands in its place."""


def without_jinja(text: str, reads: Reads) -> str | None:
    """The statement; None where tags of Jinja decide what it is."""

    def read(call: re.Match[str]) -> str:
        return reads(call[1], tuple(_NAME.findall(call[2])))

    plain = _STAR.sub(_all_columns, _READ.sub(read, _UNSEEN.sub("", text)))
    plain = _COMPUTED.sub(_call, plain)
    return None if "{%" in plain else plain


def without_tags(text: str) -> str:
    """The text that stands between Jinja's tags, each way of it."""
    return _TAG.sub(" ", text)


def _call(macro: re.Match[str]) -> str:
    """What a macro computes, from the columns that its arguments name."""
    return f"{MACRO}({', '.join(_QUOTED.findall(macro.group()))})"


def _all_columns(star: re.Match[str]) -> str:
    left_out = _EXCEPT.search(star.group())
    names = _QUOTED.findall(left_out[1]) if left_out else []
    return f"* exclude ({', '.join(names)})" if names else "*"
