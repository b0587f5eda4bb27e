"""A project that people and cartridge both work on, and what must hold of it at any time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import sqlglot
import yaml

from dbt_cartridge.documents.changes import Changes
from dbt_cartridge.documents.host import Host, HostModel
from dbt_cartridge.write import apply, fit, plan, recognise, survey
from tests.unit.write.host_project import HOST
from tests.unit.write.schemas import generated_from, scanned

EDITS = ("line", "column", "description", "test", "key", "comment", "drop_test", "move", "delete",
         "crlf", "own_model", "rewrite")  # fmt: skip
Edit = tuple[str, int, int]
_REF = re.compile(r"\bref\('([^']+)'\)")
_SOURCE = re.compile(r"\bsource\('([^']+)', '([^']+)'\)")


class Living:
    """Texts that the user wrote are in `marks`, the names of what they deleted in `deleted`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.marks: dict[str, None] = {}
        self.deleted: set[str] = set()
        self.left_out: dict[str, str] = {}  # by the last run, and why
        self._count = 0

    # ------------------------------------------------------------ cartridge's part

    def run(self, changes: frozenset[str], *, prune: bool = False) -> Changes:
        """What the pipeline does after rendering, without dbt."""
        host = recognise(self.host(), self.root)
        given, schema_changes = survey(scanned(changes), None, host, self.root, prune=prune)
        files = fit(generated_from(changes, HOST), host, self.root, given).files
        self.left_out = {one.what: one.why for one in files.left_out}
        return apply(files, plan(files, host, self.root, given, schema_changes), self.root)

    def host(self) -> Host:
        models = [
            HostModel(name=Path(path).stem, path=path, package="shop")
            for path in self.paths(".sql")
            if path.startswith("models/")
        ]  # fmt: skip
        return HOST.model_copy(update={"models": tuple(models)})

    # ------------------------------------------------------------ the user's part

    def edit(self, edit: Edit) -> None:
        kind, pick, place = edit
        self._count += 1
        mark = f"mine_{self._count}"
        if kind == "own_model":
            self._write_own_model(pick, mark)
            return
        ending = (
            ".yml" if kind in ("description", "test", "key", "comment", "drop_test") else ".sql"
        )
        paths = [p for p in self.paths(ending) if "/generic/" not in p]
        if not paths:
            return
        path = paths[pick % len(paths)]
        getattr(self, f"_{kind}")(path, place, mark)

    def _line(self, path: str, place: int, mark: str) -> None:
        lines = self.text(path).split("\n")
        body = next((n for n, line in enumerate(lines) if line.strip() == "with"), 0)
        at = body + place % max(1, len(lines) - body)
        self._save(path, [*lines[:at], f"-- {mark}", *lines[at:]], mark)

    def _column(self, path: str, place: int, mark: str) -> None:
        """A column more, behind one that is there."""
        lines = self.text(path).split("\n")
        at = [n for n, line in enumerate(lines) if re.match(r"        [\w.]+( as \w+)?,$", line)]
        if at:
            here = at[place % len(at)] + 1
            self._save(path, [*lines[:here], f"        1 as {mark},", *lines[here:]], mark)

    def _rewrite(self, path: str, place: int, mark: str) -> None:
        self._save(path, [f"select 1 as {mark}", ""], mark)

    def _description(self, path: str, place: int, mark: str) -> None:
        self._replace_line(path, place, mark, r"( +)description: .*", rf"\1description: {mark}")

    def _test(self, path: str, place: int, mark: str) -> None:
        made = rf"\g<0>\n\1- not_null:\n\1    name: {mark}"
        self._replace_line(path, place, mark, r"( +)- not_null$", made)

    def _key(self, path: str, place: int, mark: str) -> None:
        """A key that cartridge knows nothing of."""
        self._replace_line(
            path, place, mark, r"( +)data_type: .*", rf"\g<0>\n\1meta: {{x: {mark}}}"
        )

    def _comment(self, path: str, place: int, mark: str) -> None:
        self._replace_line(path, place, mark, r"( +)- name: .*", rf"\g<0>  # {mark}")

    def _drop_test(self, path: str, place: int, mark: str) -> None:
        lines = self.text(path).split("\n")
        lists = [n for n, line in enumerate(lines) if re.match(r" +- unique$", line)]
        followed = [n for n in lists if re.match(r" +- not_null$", lines[n + 1])]
        if followed:
            at = followed[place % len(followed)]
            self._save(path, [*lines[:at], *lines[at + 1 :]], None)

    def _move(self, path: str, place: int, mark: str) -> None:
        if path.startswith("models/"):
            target = self.root / "models" / f"moved_{place % 3}" / PurePosixPath(path).name
            target.parent.mkdir(exist_ok=True)
            (self.root / path).rename(target)

    def _delete(self, path: str, place: int, mark: str) -> None:
        """With all that reads it: else dbt would not parse what the user left."""
        gone = {PurePosixPath(path).stem}
        more = True
        while more:
            readers = {
                other for other in self.paths(".sql", ".yml")
                if gone & set(_REF.findall(_read_by(self.text(other), other)))
            }  # fmt: skip
            names = {PurePosixPath(other).stem for other in readers} - gone
            gone |= names
            more = bool(names)
        for other in self.paths(".sql", ".yml"):
            if PurePosixPath(other).stem in gone:
                self.marks = {m: None for m in self.marks if m not in self.text(other)}
                (self.root / other).unlink()
        self.deleted |= gone

    def _crlf(self, path: str, place: int, mark: str) -> None:
        file = self.root / path
        file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    def _write_own_model(self, pick: int, mark: str) -> None:
        models = [p for p in self.paths(".sql") if p.startswith("models/")]
        if models:
            name = PurePosixPath(models[pick % len(models)]).stem
            text = f"select *, 1 as {mark} from {{{{ ref('{name}') }}}}\n"
            self._save(f"models/own_{mark}.sql", text.split("\n"), mark)

    def _replace_line(self, path: str, place: int, mark: str, old: str, new: str) -> None:
        lines = self.text(path).split("\n")
        at = [
            n for n, line in enumerate(lines)
            if re.fullmatch(old, line) and _depth(lines[n + 1]) <= _depth(line)
        ]  # fmt: skip
        if at:
            here = at[place % len(at)]
            before = self.text(path)
            lines[here] = re.sub(old, new, lines[here])
            self.marks = {m: None for m in self.marks if m not in before or m in "\n".join(lines)}
            self._save(path, lines, mark)

    def _save(self, path: str, lines: Sequence[str], mark: str | None) -> None:
        file = self.root / path
        was = self.text(path) if file.exists() else ""
        text = "\n".join(lines)
        self.marks = {m: None for m in self.marks if m not in was or m in text}
        if mark:
            self.marks[mark] = None
        file.parent.mkdir(parents=True, exist_ok=True)
        if "\r\n" in (file.read_bytes().decode() if file.exists() else ""):
            text = text.replace("\n", "\r\n")
        file.write_bytes(text.encode())

    # ------------------------------------------------------------ what must hold

    def text(self, path: str) -> str:
        return (self.root / path).read_bytes().decode().replace("\r\n", "\n")

    def paths(self, *endings: str) -> list[str]:
        found = [path.relative_to(self.root) for path in sorted(self.root.rglob("*"))]
        return [p.as_posix() for p in found if p.suffix in endings and p.parts[0] != ".cartridge"]

    def must_hold_every_edit(self) -> None:
        everything = "\n".join(self.text(path) for path in self.paths(".sql", ".yml", ".md"))
        lost = [mark for mark in self.marks if not re.search(rf"{mark}(?!\d)", everything)]
        assert not lost, f"lost: {lost}"
        stems = {PurePosixPath(path).stem for path in self.paths(".sql", ".yml")}
        assert not self.deleted & stems, f"came back: {self.deleted & stems}"

    def must_parse(self) -> None:
        """What dbt's parser would refuse, looked for without dbt."""
        texts = {path: self.text(path) for path in self.paths(".sql", ".yml", ".md")}
        models = [p for p in texts if p.startswith("models/") and p.endswith(".sql")]
        stems = [PurePosixPath(path).stem for path in models]
        assert len(stems) == len(set(stems)), "two models of one name"
        pages = {path: _loaded(text) for path, text in texts.items() if path.endswith(".yml")}
        tables = {
            (source["name"], table["name"])
            for data in pages.values()
            for source in data.get("sources", ())
            for table in source.get("tables", ())
        }
        blocks = re.findall(r"{% docs (\w+) %}", "\n".join(texts.values()))
        assert len(blocks) == len(set(blocks)), "a doc block twice"
        for path, text in texts.items():
            assert not re.search(r"^(<<<<<<<|=======|>>>>>>>)", text, re.MULTILINE), path
            read = _read_by(text, path)
            assert set(_REF.findall(read)) <= set(stems), f"{path} reads what is not there"
            assert set(_SOURCE.findall(read)) <= tables, f"{path} reads a source that is not there"
            assert set(re.findall(r"doc\('(\w+)'\)", text)) <= set(blocks), f"{path}: no doc block"
            if path in models:
                _parse_sql(text)
        for path, data in pages.items():
            for entry in data.get("models", ()):
                for kind in _kinds(entry):
                    assert kind in _BUILT_IN or f"tests/generic/{kind}.sql" in texts, (path, kind)


_BUILT_IN = {"unique", "not_null", "accepted_values", "relationships"}


def _read_by(text: str, path: str) -> str:
    """Without the tests: dbt warns where one of them reads what is not there."""
    if path.endswith(".sql"):
        return text
    return "\n".join(line for line in text.split("\n") if "relation: " in line)


def _depth(line: str) -> int:
    """A line that is deeper goes on with what the one above says."""
    return len(line) - len(line.lstrip())


# The same few texts come back in most of a thousand cases.
@lru_cache(maxsize=2000)
def _loaded(text: str) -> Any:
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}


def _kinds(entry: dict[str, Any]) -> Iterator[str]:
    for owner in (entry, *entry.get("columns", ())):
        for test in owner.get("data_tests", ()):
            yield next(iter(test)) if isinstance(test, dict) else test


@lru_cache(maxsize=2000)
def _parse_sql(text: str) -> None:
    bare = re.sub(r"{{ (?:ref|source)\([^)]*\) }}", "a_relation", text)
    bare = re.sub(r"{%.*?%}|{#.*?#}", "", bare, flags=re.DOTALL)
    bare = re.sub(r"{{.*?}}", "", bare, count=1, flags=re.DOTALL)
    sqlglot.parse_one(re.sub(r"{{.*?}}", "1", bare, flags=re.DOTALL), read="duckdb")
