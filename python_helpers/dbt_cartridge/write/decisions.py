"""`cartridge.yml` of the host: read, and written without losing a comment."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from ruamel.yaml import YAML, comments
from ruamel.yaml.error import YAMLError

from dbt_cartridge.documents.decisions import FILE, Decisions
from dbt_cartridge.documents.design import Design, Query
from dbt_cartridge.documents.files import File
from dbt_cartridge.errors import ConfigError, WriteError, did_you_mean
from dbt_cartridge.stems import swapped
from dbt_cartridge.write.ledger import digest
from dbt_cartridge.write.renaming import SQL_WORDS

HEAD = """\
# What people have decided about the raw tables. Cartridge weighs each decision against the data and
# obeys it; `cartridge decide` adds to this file, and so may you. Commit it.
"""
_MOST_BYTES = 2_000_000
_SHAPES = {FILE: "`tables:`, and below it `schema.table:`"}
_PEOPLES_WORDS = ("name", "description", "text", "why", "drop", "unit", "tags")
_OF_MODELS = "`models:`, and below it the name of a model"
Node = Any  # ruamel's maps and lists are not typed
CommentedMap: Node = comments.CommentedMap
CommentedSeq: Node = comments.CommentedSeq


def read_decisions(project_dir: Path) -> Decisions:
    """What the host's `cartridge.yml` says; nothing where there is none.

    Raises:
        ConfigError: it is no file, no YAML, or holds what no decision is: with the place of each.
    """
    text = _text(project_dir / FILE)
    return _validated(_parsed(text)) if text else Decisions()


def decide(
    project_dir: Path,
    table: str,
    said: Mapping[str, Any],
    check: Callable[[Decisions], object] | None = None,
) -> str:
    """Put `said`, fields of a DecidedTable, under `table`. Lists of references grow, the rest is
    replaced; comments and order stay. Returns the file's new text.

    Args:
        check: sees what would stand in the file; what it raises leaves the file as it was.

    Raises:
        ConfigError: the file as it is, or as it would be, cannot be taken.
        WriteError: it cannot be written; it is as it was.
    """

    def put(data: Node) -> None:
        tables = data.setdefault("tables", CommentedMap())
        own = tables.setdefault(table, CommentedMap())
        for field, value in said.items():
            _put(own, field, value)

    return _changed(project_dir, put, check)


def decline(project_dir: Path, rules: Iterable[str], *, again: bool = False) -> str:
    """Want no columns of the rules, or want them `again`. Returns the file's new text.

    Raises:
        ConfigError: there is no such rule, or the file cannot be taken.
        WriteError: it cannot be written; it is as it was.
    """
    named = list(dict.fromkeys(rules))
    _validated(CommentedMap({"declined": CommentedSeq(named)}))

    def put(data: Node) -> None:
        own: Node = data.get("declined")
        if own is None:
            own = data["declined"] = _flow([])
        for rule in named:
            if again and rule in own:
                own.remove(rule)
            elif not again and rule not in own:
                own.append(rule)
        if not own:
            del data["declined"]

    return _changed(project_dir, put)


def add_models(project_dir: Path, models: Mapping[str, Any]) -> str:
    """Put additions, as JSON, under the names of their models, in place of what stood there.
    Returns the file's new text.

    Raises:
        ConfigError: the file as it is, or as it would be, cannot be taken.
        WriteError: it cannot be written; it is as it was.
    """

    def put(data: Node) -> None:
        own = data.setdefault("models", CommentedMap())
        for name, additions in models.items():
            _merge(own, name, additions)

    return _changed(project_dir, put)


def followed(project_dir: Path, design: Design) -> File | None:
    """The file with the names of now in its `models:`, where models are renamed; None where nothing
    of it changes.

    Expressions follow too: a word that nothing bears any more, and that somebody bears once the new
    name stands in it, is that one. Texts, and what people themselves name, stay.

    Raises:
        ConfigError: the file as it is cannot be taken.
    """
    if not design.renamed or not (text := _text(project_dir / FILE)):
        return None
    data = _parsed(text)
    before = _dumped(data)
    models: Node = data.get("models")
    if not isinstance(models, CommentedMap):
        return None
    now = {old: new for new, old in design.renamed.items()}
    words = _Words(now, design.said_before, _borne(design) | _given_names(models))
    for place, name in enumerate(list(models)):
        value: Node = models[name]
        if name in now and now[name] not in models:
            comment = models.ca.items.pop(name, None)
            del models[name]
            models.insert(place, now[name], value)
            if comment is not None:
                models.ca.items[now[name]] = comment
        _follow(value, words)
    if (after := _dumped(data)) == before:
        return None
    return File(path=FILE, text=after, kind="yaml", over=digest(text))


def decisions_in(text: str) -> Decisions:
    """What the text of such a file says. Raises ConfigError as `read_decisions`."""
    return _validated(_parsed(text))


@dataclass(frozen=True)
class _Words:
    models: Mapping[str, str]  # before → now
    stems: Mapping[str, str]  # before → now
    borne: AbstractSet[str]

    def in_text(self, text: str) -> str:
        return SQL_WORDS.sub(lambda m: m["theirs"] or self._now(m["word"]), text)

    def _now(self, word: str) -> str:
        if word in self.borne:
            return word
        if word in self.models:
            return self.models[word]
        own = tuple(word.split("_"))
        for old, new in self.stems.items():
            other = "_".join(swapped(own, tuple(old.split("_")), tuple(new.split("_"))))
            if other != word and other in self.borne:
                return other
        return word


def _borne(design: Design) -> set[str]:
    """What models, their columns and the models that they read are called."""
    found: set[str] = set()
    for model in design.models:
        found |= {model.name, *(column.name for column in model.columns)}
        if isinstance(model.body, Query):
            found |= {each.alias for each in model.body.inputs}
    return found


def _given_names(node: Node) -> set[str]:
    if isinstance(node, CommentedMap):
        own = {str(node["name"])} if "name" in node else set[str]()
        return own.union(*(_given_names(each) for each in node.values()))
    if isinstance(node, CommentedSeq):
        return set[str]().union(*(_given_names(each) for each in node))
    return set()


def _follow(node: Node, words: _Words) -> None:
    """In place: every text below the node, but what people say in words."""
    keys: Iterable[Any] = list(node) if isinstance(node, CommentedMap) else range(len(node))
    for key in keys:
        value = node[key]
        if key in _PEOPLES_WORDS:
            continue
        if isinstance(value, (CommentedMap, CommentedSeq)):
            _follow(value, words)
        elif isinstance(value, str) and (now := words.in_text(value)) != value:
            node[key] = type(value)(now)


def _dumped(data: Node) -> str:
    out = io.StringIO()
    _yaml().dump(data, out)
    return out.getvalue()


def _changed(
    project_dir: Path,
    put: Callable[[Node], None],
    check: Callable[[Decisions], object] | None = None,
) -> str:
    """The file's new text, written once it has been taken for decisions."""
    path = project_dir / FILE
    data = _parsed(_text(path) or HEAD + "version: 1\n")
    put(data)
    decisions = _validated(data)
    if check is not None:
        check(decisions)
    text = _dumped(data)
    _replace(path, text)
    return text


def _merge(own: Node, name: str, value: Any) -> None:
    """What is the same stays as it stands, with its comments."""
    if isinstance(value, Mapping) and isinstance(own.get(name), CommentedMap):
        inner = own[name]
        said = cast("Mapping[str, Any]", value)
        for gone in [each for each in inner if each not in said]:
            del inner[gone]
        for key, each in said.items():
            _merge(inner, key, each)
    elif name not in own or _plain_lists(own[name]) != value:
        own[name] = _noded(value)


def _noded(value: Any) -> Node:
    if isinstance(value, Mapping):
        said = cast("Mapping[str, Any]", value)
        return CommentedMap({key: _noded(each) for key, each in said.items()})
    if isinstance(value, list):
        return CommentedSeq([_noded(each) for each in cast("list[Any]", value)])
    return value


def _plain_lists(value: Node) -> Any:
    if isinstance(value, CommentedMap):
        return {str(name): _plain_lists(value[name]) for name in value}
    if isinstance(value, CommentedSeq):
        return [_plain_lists(one) for one in value]
    return value


def parsed_file(path: Path) -> dict[str, Any]:
    """A YAML or JSON file as plain maps and lists.

    Raises:
        ConfigError: it cannot be read, or holds no map.
    """
    return cast("dict[str, Any]", _plain_lists(_parsed(_text(path), str(path))))


def _put(own: Node, field: str, value: Any) -> None:
    if field == "columns":
        columns = own.setdefault("columns", CommentedMap())
        for name, facts in value.items():
            columns.setdefault(name, CommentedMap()).update(facts)
    elif field == "references":
        _forget(own, field, value["columns"])
        own[field] = CommentedSeq([*own.get(field, []), _flowing(value)])
        _forget(own, "no_references", value["columns"])
    elif field == "no_references":
        own[field] = _flow(list(dict.fromkeys([*own.get(field, []), value])))
        _forget(own, "references", [value])
    else:
        own[field] = _flow(value)


def _forget(own: Node, field: str, columns: Sequence[str]) -> None:
    """A later decision about the same columns takes the place of an earlier one."""
    kept: list[Any] = [
        one
        for one in own.get(field, [])
        if (one if isinstance(one, str) else one["columns"]) not in (list(columns), columns[0])
    ]
    if kept:
        own[field] = CommentedSeq(kept)
    else:
        own.pop(field, None)


def _flow(value: Any) -> Node:
    """A list on one line."""
    if not isinstance(value, (list, tuple)):
        return value
    made: Node = CommentedSeq(value)
    made.fa.set_flow_style()
    return made


def _flowing(value: Mapping[str, Any]) -> Node:
    return CommentedMap({name: _flow(one) for name, one in value.items() if one})


def _text(path: Path) -> str:
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise ConfigError(f"{path} is no plain file: put the decisions into one.")
        if not path.exists():
            return ""
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path} is larger than {_MOST_BYTES:,} bytes: no such decisions.")
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from error


def _parsed(text: str, name: str = FILE) -> Node:
    try:
        data: Node = _load(text)
    except YAMLError as error:
        raise ConfigError(f"{name} is no YAML: {' '.join(str(error).split())}") from error
    if data is None:
        return CommentedMap()
    if not isinstance(data, CommentedMap):
        raise ConfigError(f"{name} has to be a map: {_SHAPES.get(name, _OF_MODELS)}.")
    return data


def _validated(data: Node) -> Decisions:
    try:
        return Decisions.model_validate(_plain(data))
    except ValidationError as error:
        raise ConfigError("\n".join(_said(data, each) for each in error.errors())) from error


def _said(data: Node, detail: Any) -> str:
    """`cartridge.yml, line 7: tables.raw.orders.rol is no decision. Did you mean 'role'?`"""
    where = [str(part) for part in detail["loc"]]
    line = _line(data, detail["loc"])
    at = f"{FILE}, line {line}" if line else FILE
    if detail["type"] == "extra_forbidden":
        near = did_you_mean(where[-1], _known_fields())
        return f"{at}: {'.'.join(where)} is no decision.{near}"
    return f"{at}: {'.'.join(where)}: {detail['msg'][:1].lower()}{detail['msg'][1:]}."


def _known_fields() -> list[str]:
    """Every word that a decision may begin with."""
    schema = Decisions.model_json_schema()
    places = [schema, *schema["$defs"].values()]
    return sorted({name for place in places for name in place.get("properties", ())})


def _line(data: Node, loc: Sequence[str | int]) -> int | None:
    """The line in which the last known part of `loc` stands, from 1."""
    line: int | None = None
    for part in loc:
        try:
            place: Node = data.lc.item(part) if isinstance(part, int) else data.lc.key(part)
            line, data = int(place[0]) + 1, data[part]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line


def _plain(value: Node) -> Any:
    """Without ruamel's classes."""
    if isinstance(value, CommentedMap):
        return {str(name): _plain(value[name]) for name in value}
    if isinstance(value, CommentedSeq):
        return tuple(_plain(one) for one in value)
    return value


def _load(text: str) -> Node:
    yaml: Node = _yaml()
    return yaml.load(text)


def _yaml() -> Node:
    yaml: Node = YAML(typ="rt")
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.allow_duplicate_keys = False
    return yaml


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise WriteError(f"{path} cannot be written: {error}. It is as it was.") from error
