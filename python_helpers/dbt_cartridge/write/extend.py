"""Further tables of a source that the user declares, put into the user's own file.

The file stays the user's: it is not in the ledger, and no later run touches what it says.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.documents.design import LeftOut
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.write.ledger import digest
from dbt_cartridge.write.yaml_nodes import (
    Node,
    NotMergeable,
    line_end,
    line_start,
    parse,
    shifted,
)


def extended(files: Files, host: Host) -> Files:
    """The files, those that extend one of the user's in its place.

    Where its YAML has no place to put an entry (`tables: [orders]`), they stay in one of ours
    beside it, and that is said.
    """
    texts = dict(host.source_texts)
    kept: list[File] = []
    left_out = list(files.left_out)
    for file in files.files:
        if file.extends not in texts:
            kept.append(file)
            continue
        try:
            texts[file.extends] = _with_tables(texts[file.extends], file.text)
        except NotMergeable:
            kept.append(file.model_copy(update={"extends": ""}))
            why = f"Its YAML leaves no place for them: they are declared in {file.path}."
            left_out.append(LeftOut(what=f"new tables in {file.extends}", why=why))
    kept += [
        File(path=path, text=text, kind="yaml", over=digest(host.source_texts[path]))
        for path, text in texts.items()
        if text != host.source_texts[path]
    ]
    ordered = tuple(sorted(kept, key=lambda file: file.path))
    return files.model_copy(update={"files": ordered, "left_out": tuple(left_out)})


def _with_tables(text: str, page: str) -> str:
    """`text` with the tables of the page's sources behind those that it has of them.

    Raises:
        NotMergeable: a source is not there, or its tables are no list of lines.
    """
    for name, new in _tables(page):
        found = [tables for source, tables in _tables(text) if source == name]
        if len(found) != 1 or not found[0].is_block:
            raise NotMergeable(f"no list of tables of {name}")
        (theirs,) = found
        ends = [line_end(text, item.end) for item in theirs.items]
        apart = len(ends) > 1 and any(text[end:].lstrip(" ").startswith("\n") for end in ends[:-1])
        lines = page[line_start(page, new.start) : line_end(page, new.end)]
        added = shifted(lines, theirs.column - new.column)
        if apart:
            added = _apart(added, theirs.column)
        before = text[: ends[-1]]
        text = before + ("" if before.endswith("\n") else "\n") + added + text[ends[-1] :]
        parse(text)
    return text


def _tables(text: str) -> Iterator[tuple[str, Node]]:
    sources = parse(text).pairs.get("sources")
    for source in sources[1].items if sources and sources[1].kind == "seq" else ():
        if source.kind == "map" and {"name", "tables"} <= source.pairs.keys():
            tables = source.pairs["tables"][1]
            if tables.kind == "seq":
                yield str(source.pairs["name"][1].raw.value), tables


def _apart(lines: str, column: int) -> str:
    """An empty line above each entry."""
    mark = " " * column + "- "
    return "".join(
        f"\n{line}" if line.startswith(mark) else line for line in lines.splitlines(keepends=True)
    )
