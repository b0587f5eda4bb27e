"""What Jinja may stand in a generated file, looked at before dbt sees the file.

Compiling runs whatever Jinja a project holds, comments and descriptions included. So nothing is
given to dbt but a closed list of calls, whatever the text came from, and what the project's own
files say in the same words: a source that is extended keeps its `database: "{{ env_var(…) }}"`, and
a template of the project's own its macros.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, cast

import yaml
from jinja2 import Environment, TemplateSyntaxError, nodes

from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.host import Host

_CALLS = {"ref", "source", "config", "is_incremental", "doc"}
_VARS = {"lookback_days", "partition_days"}  # the project's variables that generated files read
_PACKAGES = {"dbt", "dbt_utils"}  # macros that make SQL text
_NAMES = {"this", "target"}
_SNAPSHOT = re.compile(r"{%-?\s*(snapshot\s+\w+|endsnapshot)\s*-?%}")
_DOCS = re.compile(r"{%-?\s*(docs\s+\w+|enddocs)\s*-?%}")
_MACRO = re.compile(r"{%-?\s*(?:macro|test)\s+(\w+)\s*\(")
_JINJA = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
_HOOKS = {"pre_hook", "post_hook", "pre-hook", "post-hook", "sql_header"}  # that dbt would run
Users = Mapping[str, Collection[str]]
_NOTHING: Users = {}
_PARSER = Environment(extensions=["jinja2.ext.do"], autoescape=False)


def users_jinja(host: Host) -> Mapping[str, frozenset[str]]:
    """By the kind of our file, the Jinja that stands in what it takes over from the project's own:
    what YAML says of its sources, files that are extended, and templates of models."""
    sources = (text for source in host.sources for text in _texts(source.properties))
    return {
        "yaml": _jinja(sources) | _jinja(host.source_texts.values()),
        "sql": _jinja(host.templates.values()),
    }


def _jinja(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(_plain(jinja) for text in texts for jinja in _JINJA.findall(text))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in cast("dict[Any, Any]", value).values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _texts(each)


def strange_jinja(
    files: Files, macro_paths: tuple[str, ...], users: Users = _NOTHING
) -> dict[str, str]:
    """Path → what is wrong with it. Macros come from our own templates and are not looked at.

    Args:
        users: Jinja that the user's own files hold, and ours may hold for that.
    """
    own = [file for file in files.files if _is_macro(file, macro_paths)]
    macros = {name for file in own for name in _MACRO.findall(file.text)}
    return {
        file.path: problem
        for file in files.files
        if file not in own and (problem := _problem(file, macros, users))
    }


def changed_on_disk(
    files: Files, templates: Collection[str], users: Users = _NOTHING
) -> dict[str, str]:
    """Path → what is wrong with it, of files that were read back. `templates`: the texts of the
    only macros that we write; any other text is looked at, wherever it is."""
    own = [file for file in files.files if file.text in templates]
    macros = {name for file in own for name in _MACRO.findall(file.text)}
    return {
        file.path: problem
        for file in files.files
        if file.text not in templates and (problem := _problem(file, macros, users) or _hooks(file))
    }


def _hooks(file: File) -> str:
    """What a configuration has dbt run beside the model. In SQL it is an argument of a call."""
    if file.kind != "yaml":
        return ""
    try:
        loaded: Any = yaml.safe_load(file.text)
    except yaml.YAMLError as error:
        return f"no YAML: {' '.join(str(error).split())[:80]}"
    return next((f"`{key}` is a hook" for key in _config_keys(loaded) if key in _HOOKS), "")


def _config_keys(node: Any, inside: bool = False) -> Iterator[str]:
    if isinstance(node, list):
        for each in cast("list[Any]", node):
            yield from _config_keys(each, inside)
    elif isinstance(node, dict):
        for key, value in cast("dict[Any, Any]", node).items():
            if inside:
                yield str(key)
            yield from _config_keys(value, inside or key == "config")


def _is_macro(file: File, macro_paths: tuple[str, ...]) -> bool:
    return file.kind == "sql" and (
        any(file.path.startswith(f"{path}/") for path in macro_paths) or "/generic/" in file.path
    )


def _plain(jinja: str) -> str:
    """However its lines are broken."""
    return " ".join(jinja.split())


def _problem(file: File, macros: set[str], users: Users) -> str:
    text = (_DOCS if file.kind == "markdown" else _SNAPSHOT).sub("", file.text)
    if known := users.get(file.kind):
        text = _JINJA.sub(lambda its: "" if _plain(its.group()) in known else its.group(), text)
    try:
        tree = _PARSER.parse(text)
    except TemplateSyntaxError as error:
        return f"line {error.lineno}: {error.message}"
    return next(_not_allowed(tree, _CALLS | macros), "")


def _not_allowed(tree: nodes.Node, calls: set[str]) -> Iterator[str]:
    variables = {id(call.node) for call in tree.find_all(nodes.Call) if _reads_our_var(call)}
    for keyword in tree.find_all(nodes.Keyword):
        if keyword.key in _HOOKS:
            yield f"line {keyword.lineno}: `{keyword.key}` is a hook"
    for node in tree.find_all((nodes.Name, nodes.Getattr, nodes.Stmt)):
        if isinstance(node, nodes.Name):
            if id(node) in variables:
                continue
            if node.name not in calls | _PACKAGES | _NAMES:
                yield f"line {node.lineno}: Jinja may not use `{node.name}` here"
        elif isinstance(node, nodes.Getattr):
            if not isinstance(node.node, nodes.Name) or node.attr.startswith("_"):
                yield f"line {node.lineno}: Jinja may not use `.{node.attr}` here"
        elif not isinstance(node, (nodes.Output, nodes.If)):
            yield f"line {node.lineno}: Jinja may not use `{type(node).__name__.lower()}` here"


def _reads_our_var(call: nodes.Call) -> bool:
    """`var('lookback_days', 3)`, with nothing computed."""
    if not isinstance(call.node, nodes.Name) or call.node.name != "var":
        return False
    values = [each.value for each in call.args if isinstance(each, nodes.Const)]
    return len(values) == len(call.args) == 2 and values[0] in _VARS and not call.kwargs
