"""The templates under `templates/`: text in, text out.

Their delimiters are `[[ ]]` and `[% %]`, since what they write is full of `{{ }}` and `{% %}`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

_SYNTAX: dict[str, Any] = {
    "undefined": StrictUndefined,
    "block_start_string": "[%",
    "block_end_string": "%]",
    "variable_start_string": "[[",
    "variable_end_string": "]]",
    "comment_start_string": "[#",
    "comment_end_string": "#]",
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": False,
    "autoescape": False,  # SQL, not HTML
}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=PackageLoader("dbt_cartridge.render", "templates"), **_SYNTAX)


@lru_cache(maxsize=16)
def users_template(text: str) -> Template:
    """A template that the user wrote, in the syntax of ours: it computes text and does nothing.

    Raises:
        TemplateSyntaxError: it is none.
    """
    return ImmutableSandboxedEnvironment(**_SYNTAX).from_string(text)


@lru_cache(maxsize=64)
def _template(name: str) -> Template:
    return _environment().get_template(name)


def fill(name: str, /, **values: Any) -> str:
    """`templates/<name>.jinja` with these values, without a newline at its end."""
    return _template(f"{name}.jinja").render(values).rstrip("\n")


def names(folder: str) -> tuple[str, ...]:
    """The templates in `folder`, without `.sql.jinja`."""
    found = _environment().list_templates(filter_func=lambda path: path.startswith(f"{folder}/"))
    return tuple(path.removeprefix(f"{folder}/").removesuffix(".sql.jinja") for path in found)
