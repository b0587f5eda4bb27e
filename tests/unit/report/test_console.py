"""A live bar on a terminal, lines as dbt prints them elsewhere."""

from __future__ import annotations

import io
import json
import re

import pytest

from dbt_cartridge.report import progress
from dbt_cartridge.report.console import Lines
from dbt_cartridge.voice import Voice


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_lines_with_the_time_before_them() -> None:
    stream = io.StringIO()
    with progress(stream=stream) as shown:
        shown.start("Scanning raw", 24)
        for _ in range(24):
            shown.advance()
        shown.warn("raw.broken cannot be read")
        shown.finish("24 tables")
    lines = stream.getvalue().splitlines()
    assert all(re.match(r"\d\d:\d\d:\d\d  ", line) for line in lines)
    assert [line[10:] for line in lines[:2]] == [
        "Scanning raw …",
        "Warning: raw.broken cannot be read",
    ]
    assert re.fullmatch(r"Scanning raw: 24 tables \[0\.\ds\]", lines[2][10:])


def test_a_long_phase_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 3))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    said: list[str] = []
    lines = Lines(said.append)
    lines.start("Scanning raw", 2000)
    for number in range(4):
        lines.advance(500, f"orders_{number}")
    assert said == [
        "Scanning raw …",
        "Scanning raw … 1,000 of 2,000 (orders_1)",
        "Scanning raw … 2,000 of 2,000 (orders_3)",
    ]


def test_lines_go_where_they_are_sent() -> None:
    said: list[str] = []
    with progress(say=said.append, stream=io.StringIO()) as shown:
        shown.start("Designing")
        shown.finish()
    assert said[0] == "Designing …"
    assert said[1].startswith("Designing: done")


def test_a_terminal_gets_a_bar_and_a_line_for_what_is_done() -> None:
    stream = Terminal()
    with progress(stream=stream) as shown:
        shown.advance()  # before a phase: nothing to show
        shown.start("Scanning raw", 3)
        for name in ("a", "b", "c"):
            shown.advance(what=name)
        shown.warn("one is [bold]odd[/bold]")
        shown.finish("3 tables")
        shown.start("Designing")
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    assert "✓ Scanning raw: 3 tables" in text
    assert "! one is [bold]odd[/bold]" in text
    assert "━" in text


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["pipe", "terminal"])
def test_names_from_the_warehouse_cannot_drive_the_terminal(stream: io.StringIO) -> None:
    with progress(stream=stream) as shown:
        shown.start("a\x1b]0;title\x07b")
        shown.advance(what="x\x1b[2J")
        shown.warn("y\u202ez\x9b31m")
        shown.finish("done\r\n")
    assert "\x1b]0;" not in stream.getvalue()
    assert "\x1b[2J" not in stream.getvalue()
    assert "\u202e" not in stream.getvalue()
    assert "\x9b" not in stream.getvalue()


def test_progress_is_an_object_of_json_a_line_where_that_is_asked_for() -> None:
    out = io.StringIO()
    with progress(stream=out, voice=Voice(json_log=True)) as shown:
        shown.start("Profiling", 3)
        shown.finish("done\x1b[2J")
        shown.warn("raw.t cannot be read")
    events = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(e["level"], e["event"]) for e in events] == [
        ("info", "start"), ("info", "finish"), ("warning", "warn"),
    ]  # fmt: skip
    assert events[0]["total"] == 3
    assert "\x1b" not in events[1]["result"]


@pytest.mark.parametrize("voice", [Voice(quiet=True), Voice(quiet=True, json_log=True)])
def test_quiet_leaves_the_warnings(voice: Voice) -> None:
    out = io.StringIO()
    with progress(stream=out, voice=voice) as shown:
        shown.start("Profiling", 3)
        shown.advance(3)
        shown.finish()
        shown.warn("raw.t cannot be read")
    (line,) = out.getvalue().splitlines()
    assert "raw.t cannot be read" in line


@pytest.mark.parametrize(("typed", "agrees"), [("y\n", True), ("Yes\n", True), ("\n", False),
                                               ("no\n", False), ("", False)])  # fmt: skip
def test_a_question_is_asked_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, typed: str, agrees: bool
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    with progress(stream=Terminal()) as shown:
        assert shown.agrees("Read them all?") is agrees


def test_nobody_is_asked_where_nobody_sits(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with progress(stream=out) as shown:
        assert shown.agrees("Read them all?") is False
    assert "Read them all?" not in out.getvalue()
    with progress(stream=io.StringIO()) as piped:
        assert piped.agrees("Read them all?") is False
