"""A file's text as it is compared and merged, and the way back to the bytes that the user has."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence

from dbt_cartridge.frozen import frozen
from dbt_cartridge.write.match_lines import LineMatcher

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@frozen
class Text:
    """`body` with LF line ends and no byte order mark; the rest says how to write it again.

    A file with mixed line ends keeps them inside `body`, since merging must not even them out.
    Bytes that are not UTF-8 come back unchanged (surrogate escapes).
    """

    body: str
    newline: str = "\n"
    encoding: str = "utf-8"
    mark: bytes = b""

    @classmethod
    def read(cls, data: bytes) -> Text:
        mark, encoding = next(
            ((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), (b"", "utf-8")
        )
        body = data[len(mark) :].decode(encoding, "surrogateescape")
        if "\r\n" in body and body.count("\r\n") == body.count("\n"):
            return cls(body.replace("\r\n", "\n"), "\r\n", encoding, mark)
        return cls(body, "\n", encoding, mark)

    def bytes_of(self, body: str) -> bytes:
        """Another body, written the way this file is."""
        if self.newline != "\n":
            body = body.replace("\n", self.newline)
        return self.mark + body.encode(self.encoding, "surrogateescape")

    @property
    def is_foreign(self) -> bool:
        """Holds bytes that are no UTF-8, so text of ours with accents would be mixed into it."""
        return any("\udc80" <= c <= "\udcff" for c in self.body)


def unified_diff(before: str, after: str, path: str, *, created: bool = False) -> str:
    """Empty where nothing changes. A missing newline at the end is said as git says it."""
    names = ("/dev/null" if created else f"a/{path}", f"b/{path}")
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    parts = _changed(old, new, names)
    if len(old) == before.count("\n") and len(new) == after.count("\n"):
        shown = "".join(sign + sign.join(lines) for sign, lines in parts if lines)
    else:
        lines = (sign + line for sign, part in parts for line in part)
        ends = (e if e.endswith("\n") else f"{e}\n\\ No newline at end of file\n" for e in lines)
        shown = "".join(ends)
    return shown.encode("utf-8", "replace").decode("utf-8")


def _changed(
    a: list[str], b: list[str], names: tuple[str, str]
) -> Iterator[tuple[str, Sequence[str]]]:
    """As `difflib.unified_diff`, which takes minutes for a large file: lines, and what is to stand
    before each of them."""
    groups = LineMatcher(a, b).get_grouped_opcodes() if a != b else ()
    for number, group in enumerate(groups):
        if not number:
            yield "", (f"--- {names[0]}\n", f"+++ {names[1]}\n")
        (_, a0, _, b0, _), (_, _, a1, _, b1) = group[0], group[-1]
        yield "", (f"@@ -{_range(a0, a1)} +{_range(b0, b1)} @@\n",)
        for tag, i, k, j, m in group:
            if tag == "equal":
                yield " ", a[i:k]
                continue
            yield "-", a[i:k]
            yield "+", b[j:m]


def _range(start: int, stop: int) -> str:
    """Lines as the unified format counts them: from one; an empty range stands behind its line."""
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
