"""Does a run leave the project whole, whatever happens to it?

    python benchmarks/faulty_world.py [--kills 200] [--seed N] [--only WORD]

Real runs of the command `cartridge` on real warehouses (DuckDB, and PostgreSQL where it is
installed), and a fault in each: the process is killed at random moments, the disk is full, the
warehouse goes away, tables and rows change under it, rights are missing, two runs meet, folders are
links and files are folders, and what lies on disk is tampered with.

A situation holds where the run ends in words and with one of the documented codes, nothing outside
the project's own paths is touched, what people wrote is as they wrote it, and the next run in a
world that is whole again gives what an undisturbed one gives. What cannot be tried on a machine
(no PostgreSQL, no right to mount) is said and not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import REPOSITORY  # noqa: F401  (puts the repository on the path)

from dbt_cartridge.errors import EXIT_CODES
from tests.support import postgres
from tests.support.host import ENVIRONMENT, HostProject, make_host, program
from tests.support.warehouses import DuckDB, Postgres

SECONDS = 400
SHOP = (
    "create schema raw",
    "create table raw.customers as select i as customer_id, 'c' || i as name from {} as t(i)",
    "create table raw.products as select i as product_id, i * 1.5 as price from {} as t(i)",
    "create table raw.orders as select i as order_id, 1 + i % 20 as customer_id,"
    " date '2024-01-01' + cast(i % 90 as int) as ordered_on from {} as t(i)",
    "create table raw.order_lines as select i as order_line_id, 1 + i % 40 as order_id,"
    " 1 + i % 15 as product_id, 1 + i % 3 as quantity from {} as t(i)",
)
OURS = re.compile(r"\.cartridge/(?:undo/|lock$)")
"""What may differ after a run that was disturbed: what could be taken back."""


class CannotTry(Exception):
    """This machine has not what the situation needs."""


@dataclass(frozen=True)
class Done:
    code: int
    output: str

    def in_words(self, *codes: int) -> Done:
        """It ended with one of the documented codes (or of `codes`), and with no traceback."""
        allowed = codes or tuple(EXIT_CODES)
        assert self.code in allowed, f"ended with {self.code}:\n{self.output[-1500:]}"
        assert "Traceback" not in self.output, self.output[-3000:]
        return self

    def refused(self, *words: str) -> Done:
        self.in_words(1, 2, 3)
        for word in words:
            assert word in self.output, f"{word!r} is not in:\n{self.output[-1500:]}"
        return self


@dataclass
class World:
    """Where situations are tried. `seed`: of everything that is random."""

    folder: Path
    kills: int
    random: random.Random
    server: postgres.PostgresServer | None = None
    count: int = 0

    def host(self, name: str = "shop", above: Path | None = None) -> HostProject:
        """A new project over a new warehouse of four tables."""
        self.count += 1
        place = above or self.folder / f"{self.count:03}"
        place.mkdir(parents=True, exist_ok=True)
        warehouse = DuckDB(self.folder / f"{self.count:03}.duckdb")
        warehouse.execute(*(text.format("range(1, 41)") for text in SHOP))
        return make_host(place / name, warehouse)

    def postgres(self) -> HostProject:
        if self.server is None:
            try:
                self.server = postgres.start()
            except postgres.PostgresMissing as reason:
                raise CannotTry(f"no PostgreSQL: {reason}") from reason
        self.count += 1
        name = f"world_{self.count}"
        self.server.create_database(name)
        warehouse = Postgres(self.server, name)
        warehouse.execute(*(text.format("generate_series(1, 40)") for text in SHOP))
        return make_host(self.folder / f"{self.count:03}" / "shop", warehouse)


# ---------------------------------------------------------------- running


def started(host: HostProject, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    environment = {**os.environ, **ENVIRONMENT, "DBT_PROFILES_DIR": str(host.root), **variables}
    environment["PATH"] = f"{Path(program('dbt')).parent}{os.pathsep}{environment['PATH']}"
    return subprocess.Popen(
        [program("cartridge"), *arguments], cwd=host.root, env=environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="replace", bufsize=1,
    )  # fmt: skip


def run(host: HostProject, *arguments: str, **variables: str) -> Done:
    process = started(host, *(arguments or GENERATE), **variables)
    output, _ = process.communicate(timeout=SECONDS)
    return Done(process.returncode, output)


def disturbed(host: HostProject, at: str, disturb: Callable[[], object], *arguments: str) -> Done:
    """A run during which something happens, once it says `at`."""
    process = started(host, *(arguments or GENERATE))
    assert process.stdout is not None
    said: list[str] = []
    happened = False
    for line in process.stdout:
        said.append(line)
        if not happened and at in line:
            happened = True
            disturb()
    process.wait(SECONDS)
    assert happened, f"it never said {at!r}:\n{''.join(said)[-1500:]}"
    return Done(process.returncode, "".join(said))


GENERATE = ("generate", "--schemas", "raw")


def whole(host: HostProject) -> dict[str, bytes]:
    """The project's files, and none that a run leaves behind by the way."""
    found = {path: text for path, text in host.files().items() if not OURS.match(path)}
    left = [path for path in found if path.startswith(".cartridge/txn")]
    assert not left, f"left behind: {left}"
    return found


def made(host: HostProject) -> dict[str, bytes]:
    return {path: text for path, text in whole(host).items() if path.startswith("models/")}


def same(found: Mapping[str, bytes], expected: Mapping[str, bytes], what: str) -> None:
    differ = sorted(p for p in found.keys() | expected.keys() if found.get(p) != expected.get(p))
    assert not differ, f"{what}: {differ[:5]}"


def recovered(host: HostProject, expected: Mapping[str, bytes]) -> None:
    """The next run gives what an undisturbed one gives."""
    run(host).in_words(0)
    same(made(host), expected, "not as after an undisturbed run")


# ---------------------------------------------------------------- situations


Situation = tuple[str, Callable[[], None]]


def killed(world: World) -> Iterator[Situation]:
    """At any moment of a first run, and of one that adds a table to an edited project. A third of
    them in its last second, in which files are written. A run that had ended before is none."""
    states = (_reference(world), _edited(world))
    for number in range(world.kills):
        name = f"a kill, {('first run', 'edited project')[number % 2]}, {number + 1}"
        yield name, lambda number=number: _killed(world, states[number % 2], late=number % 3 == 0)


def _killed(world: World, state: Before, *, late: bool) -> None:
    before, expected = state.host, state.expected
    for _ in range(10):
        host = _copied(world, before)
        mine = {p: t for p, t in host.files().items() if not _generated(p, expected)}
        moment = world.random.uniform(max(0.0, state.seconds - 1.0) if late else 0.0, state.seconds)
        sign = world.random.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM))
        began = time.monotonic()
        process = started(host, *GENERATE)
        try:
            process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            break
        state.seconds = time.monotonic() - began  # the machine is faster than it was
    else:
        raise CannotTry("every run had ended before")
    process.send_signal(sign)
    output, _ = process.communicate(timeout=60)
    said = output.splitlines()[-1][10:60] if output.strip() else "nothing yet"
    theirs = {p: t for p, t in host.files().items() if not _generated(p, expected)}
    same(theirs, mine, "touched")
    began = time.monotonic()
    recovered(host, expected)
    state.seconds = max(2.0, time.monotonic() - began)
    print(f"        {sign.name} after {moment:.2f} s: {said}")


def _generated(path: str, expected: Mapping[str, bytes]) -> bool:
    return path in expected or path.startswith((".cartridge", "macros/", "tests/", "snapshots/"))


@dataclass
class Before:
    """A project before a run, what an undisturbed one makes of it, and how long that takes now."""

    host: HostProject
    expected: Mapping[str, bytes]
    seconds: float


def _reference(world: World) -> Before:
    before = world.host()
    undisturbed = _copied(world, before)
    began = time.monotonic()
    run(undisturbed).in_words(0)
    return Before(before, made(undisturbed), time.monotonic() - began)


def _edited(world: World) -> Before:
    """A project that was generated, where people then changed a model and the warehouse grew."""
    before = world.host()
    run(before).in_words(0)
    path = "models/staging/raw/stg_raw__orders.sql"
    before.write(path, before.read(path).replace("from source", "from source\n    where true"))
    before.write("models/mine.sql", "select 1 as mine\n")
    before.warehouse.execute(
        "create table raw.refunds as select i as refund_id, i as order_id from range(1, 9) as t(i)"
    )
    undisturbed = _copied(world, before)
    began = time.monotonic()
    run(undisturbed).in_words(0)
    return Before(before, made(undisturbed), time.monotonic() - began)


def _copied(world: World, host: HostProject) -> HostProject:
    assert isinstance(host.warehouse, DuckDB)
    world.count += 1
    root = world.folder / f"{world.count:03}" / "shop"
    shutil.copytree(host.root, root, symlinks=True)
    file = world.folder / f"{world.count:03}.duckdb"
    shutil.copy(host.warehouse.path, file)
    copy = HostProject(root, DuckDB(file), host.schema, host.programs)
    profile = copy.read("profiles.yml").replace(str(host.warehouse.path), str(file))
    copy.write("profiles.yml", profile)
    return copy


def full_disk(world: World) -> Iterator[Situation]:
    state = _reference(world)
    before, expected = state.host, state.expected
    need = sum(p.stat().st_size for p in before.root.rglob("*") if p.is_file()) // 1024

    def once(more: int) -> None:
        with mounted(world, need + more) as place:
            host = _moved(world, before, place / "shop")
            mine = host.files()
            done = run(host)
            assert done.code != 0, "the disk was not full"
            done.in_words()
            same({p: t for p, t in host.files().items() if p in mine}, mine, "touched")
            _mount("-o", "remount,size=64m", str(place))
            recovered(host, expected)

    for more in (64, 200, 500, 900, 1_300, 1_700):
        yield f"a disk with {more} KiB left", lambda more=more: once(more)


def _moved(world: World, host: HostProject, root: Path) -> HostProject:
    copy = _copied(world, host)
    shutil.copytree(copy.root, root, symlinks=True)
    return HostProject(root, copy.warehouse, copy.schema, copy.programs)


@contextmanager
def mounted(world: World, kibibytes: int) -> Iterator[Path]:
    world.count += 1
    place = world.folder / f"disk{world.count}"
    place.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={max(kibibytes, 64)}k", "tmpfs", str(place))
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotTry(f"no right to mount: {done.stderr.strip()}")


def lost_warehouse(world: World) -> Iterator[Situation]:
    def once(at: str) -> None:
        host = world.postgres()
        before = host.files()
        name = host.warehouse.database  # pyright: ignore[reportAttributeAccessIssue]
        assert world.server is not None
        server = world.server

        def lose() -> None:
            server.execute(f'alter database "{name}" allow_connections false')
            server.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                f" where datname = '{name}' and pid <> pg_backend_pid()"
            )

        done = disturbed(host, at, lose).in_words()
        if done.code:
            same(host.files(), before, "touched")
        server.execute(f'alter database "{name}" allow_connections true')
        run(host).in_words(0)
        assert len(made(host)) > 8, sorted(made(host))

    for at in ("Waiting for dbt", "Profiling", "Inferring", "Proving"):
        yield f"the warehouse goes away at {at!r}", lambda at=at: once(at)


def changed_warehouse(world: World) -> Iterator[Situation]:
    changes = {
        "a table is dropped": "drop table raw.products",
        "a table is emptied": "delete from raw.customers",
        "keys come twice": "insert into raw.orders select * from raw.orders",
        "orphans come": "insert into raw.order_lines values (900, 900, 900, 1), (901, 901, 901, 1)",
        "a column is dropped": "alter table raw.orders drop column ordered_on",
        "a column gets another type": "alter table raw.orders alter ordered_on type text",
        "rows come": "insert into raw.customers select i, 'n' from generate_series(50, 90) as t(i)",
    }

    def once(statement: str) -> None:
        host = world.postgres()
        host.write("models/mine.sql", "select 1 as mine\n")
        disturbed(host, "Proving", lambda: host.warehouse.execute(statement)).in_words()
        assert host.read("models/mine.sql") == "select 1 as mine\n"
        run(host).in_words(0)
        host.dbt_process("build", "--quiet")

    for what, statement in changes.items():
        yield f"{what} between scan and proof", lambda statement=statement: once(statement)


def rights(world: World) -> Iterator[Situation]:
    grants = {
        "no right at all": (),
        "the schema alone": ("grant usage on schema raw to reader",),
        "one table": ("grant usage on schema raw to reader",
                      "grant select on raw.customers to reader"),
        "one column": ("grant usage on schema raw to reader",
                       "grant select (order_id) on raw.orders to reader"),
        "all but one table": ("grant usage on schema raw to reader",
                              "grant select on all tables in schema raw to reader",
                              "revoke select on raw.products from reader"),
    }  # fmt: skip

    def once(statements: Sequence[str]) -> None:
        host = world.postgres()
        with suppress(Exception):
            host.warehouse.execute("create role reader login")
        host.warehouse.execute(*statements)
        profile = host.read("profiles.yml")
        host.write("profiles.yml", re.sub(r"user: \S+", "user: reader", profile))
        before = host.files()
        done = run(host).in_words()
        if done.code == 1:
            same(host.files(), before, "touched")

    for what, statements in grants.items():
        yield f"a role with {what}", lambda statements=statements: once(statements)


def two_at_once(world: World) -> Iterator[Situation]:
    def on_duckdb() -> None:
        state = _reference(world)
        host, expected = state.host, state.expected
        runs = [started(host, *GENERATE) for _ in range(2)]
        for each in runs:
            output, _ = each.communicate(timeout=SECONDS)
            Done(each.returncode, output).in_words()
        recovered(host, expected)

    def on_postgres() -> None:
        host = world.postgres()
        runs = [started(host, *GENERATE) for _ in range(3)]
        for each in runs:
            output, _ = each.communicate(timeout=SECONDS)
            Done(each.returncode, output).in_words()
        after = made(host)
        recovered(host, after)

    yield "two runs at once on DuckDB, whose file is one's", on_duckdb
    yield "three runs at once on PostgreSQL", on_postgres


def places(world: World) -> Iterator[Situation]:
    def named(name: str) -> None:
        host = world.host(name, world.folder / f"{world.count}-ein Laden, für alle" / "店 & 'q'")
        run(host).in_words(0)
        run(host, "plan", "--schemas", "raw").in_words(0)
        run(host, "apply").in_words(0)
        run(host, "undo").in_words(0)

    def in_worktree() -> None:
        above = world.folder / f"git{world.count}"
        host = world.host("shop", above / "main")
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-C", str(host.root)]
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "begin"],
                      ["worktree", "add", "-q", str(above / "side")]):  # fmt: skip
            subprocess.run([*git, *words], check=True, capture_output=True)
        side = HostProject(above / "side", host.warehouse, host.schema, host.programs)
        if not (side.root / "dbt_packages").exists():  # not committed
            shutil.copytree(host.root / "dbt_packages", side.root / "dbt_packages", symlinks=True)
        run(side).in_words(0)
        assert not made(host)
        assert (above / "side/models/staging/raw/stg_raw__orders.sql").exists()

    yield "a path with spaces, quotes and other scripts", lambda: named("mein laden ü")
    yield "a git worktree", in_worktree


def texts(world: World) -> Iterator[Situation]:
    def crlf() -> None:
        host = world.host()
        run(host).in_words(0)
        for path in made(host):
            file = host.root / path
            file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
        _project(host, lambda text: text.replace(b"\n", b"\r\n"))
        before = made(host)
        run(host).in_words(0)
        same(made(host), before, "other ends of lines")

    def bom() -> None:
        host = world.host()
        _project(host, lambda text: b"\xef\xbb\xbf" + text)
        host.write("models/mine.sql", "\ufeffselect 1 as mine\n")
        run(host).in_words()

    def environment(**variables: str) -> None:
        host = world.host()
        run(host, **variables).in_words(0)
        run(host, "explain", "raw.orders", **variables).in_words(0)
        run(host, "plan", "--schemas", "raw", "--diff", **variables).in_words(0)

    def narrow() -> None:
        host = world.host()
        done = subprocess.run(
            ["script", "-qec", f"stty cols 20; {program('cartridge')} generate --schemas raw",
             "/dev/null"],
            cwd=host.root, capture_output=True, text=True, timeout=SECONDS,
            env={**os.environ, **ENVIRONMENT, "DBT_PROFILES_DIR": str(host.root), "COLUMNS": "20"},
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        Done(done.returncode, done.stdout).in_words(0)

    yield "CRLF in every file", crlf
    yield "a byte order mark in dbt_project.yml and a model", bom
    yield "LANG=C", lambda: environment(LANG="C", LC_ALL="C", LANGUAGE="C")
    yield "an output that takes ASCII alone", lambda: environment(PYTHONIOENCODING="ascii")
    yield "a terminal of 20 columns", narrow


def _project(host: HostProject, change: Callable[[bytes], bytes]) -> None:
    file = host.root / "dbt_project.yml"
    file.write_bytes(change(file.read_bytes()))


def obstacles(world: World) -> Iterator[Situation]:
    """Something else stands where a folder or a file belongs."""
    state = _reference(world)
    before, expected = state.host, state.expected
    away = world.folder / "away"
    away.mkdir(exist_ok=True)

    def put(path: str, what: str) -> Callable[[HostProject], None]:
        def there(host: HostProject) -> None:
            place = host.root / path
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            place.parent.mkdir(parents=True, exist_ok=True)
            if what == "file":
                place.write_text("somebody's")
            elif what == "folder":
                place.mkdir(exist_ok=True)
                (place / "kept").write_text("somebody's")
            else:
                place.symlink_to(away if what == "link" else host.root / "nowhere")

        return there

    def once(path: str, what: str) -> None:
        host = _copied(world, before)
        put(path, what)(host)
        run(host).in_words()
        assert not list(away.iterdir()), "written through a link"
        place = host.root / path
        assert place.is_symlink() or place.exists(), "somebody's is gone"
        shutil.rmtree(place) if place.is_dir() and not place.is_symlink() else place.unlink()
        if path == "models":
            (host.root / "models").mkdir(exist_ok=True)
        recovered(host, expected)

    for path, what in (
        (".cartridge", "file"), (".cartridge", "link"), (".cartridge", "dangling link"),
        (".cartridge/lock", "folder"), (".cartridge/ledger.json", "folder"),
        (".cartridge/txn", "file"), (".cartridge/base", "link"),
        ("models/staging", "file"), ("models/staging", "link"), ("models/marts", "dangling link"),
        ("models", "file"), ("target", "file"), ("target/cartridge", "file"),
        ("target/cartridge/scan.json", "folder"), ("target/cartridge/run.json", "folder"),
        ("target/cartridge/report.html", "folder"),
        ("models/staging/raw/stg_raw__orders.sql", "folder"),
    ):  # fmt: skip
        yield f"{path} is a {what}", lambda path=path, what=what: once(path, what)

    def read_only(path: str) -> None:
        host = _copied(world, before)
        place = host.root / path
        place.mkdir(parents=True, exist_ok=True)
        _mount("--bind", str(place), str(place))
        try:
            _mount("-o", "remount,bind,ro", str(place))
            mine = host.files()
            run(host).in_words()
            same(host.files(), mine, "touched")
        finally:
            subprocess.run(["umount", "--lazy", str(place)], check=False)
        recovered(host, expected)

    for path in ("models", ".cartridge", "target", "."):
        yield f"{path} is read-only", lambda path=path: read_only(path)


def tampered(world: World) -> Iterator[Situation]:
    """Paths and texts that were changed on disk lead nowhere."""
    before = _reference(world).host
    outside = world.folder / "escaped.sql"

    def planned(change: Callable[[str], str], path: str = "target/cartridge/plan.json") -> None:
        host = _copied(world, before)
        run(host, "plan", "--schemas", "raw").in_words(0)
        text = host.read(path)
        assert change(text) != text, "nothing was tampered with"
        host.write(path, change(text))
        mine = host.files()
        run(host, "apply").refused()
        same(host.files(), mine, "touched")
        assert not outside.exists()

    first = "models/staging/raw/stg_raw__customers.sql"
    paths = (f"../../{outside.name}", str(outside), ".git/hooks/pre-commit", "dbt_project.yml",
             "models/../../escaped.sql", "macros/../.bashrc", "models/a.py")  # fmt: skip
    for path in paths:
        yield (
            f"a plan that writes {path if path != str(outside) else 'an absolute path'}",
            lambda path=path: planned(lambda text: text.replace(first, path)),
        )
    jinja = "{{ run_query('drop table raw.orders') }}"
    yield (
        "a plan whose text runs a query",
        lambda: planned(lambda text: text.replace("source as (", f"{jinja} source as (", 1)),
    )
    yield "a plan that is cut short", lambda: planned(lambda text: text[: len(text) // 2])
    yield "a plan that is empty", lambda: planned(lambda text: "")
    yield (
        "a plan of another format",
        lambda: planned(lambda text: text.replace('"format_version": 1', '"format_version": 9')),
    )

    def files_json() -> None:
        host = _copied(world, before)
        run(host, "plan", "--schemas", "raw").in_words(0)
        path = "target/cartridge/files.json"
        text = host.read(path)
        assert "source as (" in text
        host.write(path, text.replace("source as (", f"{jinja} source as (", 1))
        mine = host.files()
        run(host, "generate", "--schemas", "raw", "--from", "write").refused()
        same(host.files(), mine, "touched")

    yield "files.json with a query, written with --from write", files_json

    def journal(kind: str, path: str) -> None:
        host = _copied(world, before)
        run(host).in_words(0)
        outside.write_text("somebody's")
        try:
            record = f".cartridge/{kind}/journal.json"
            if kind == "txn":
                shutil.copytree(host.root / ".cartridge/undo", host.root / ".cartridge/txn")
            found = json.loads(host.read(record))
            found["steps"][0]["path"] = path
            host.write(record, json.dumps(found))
            run(host, *(("undo",) if kind == "undo" else GENERATE)).in_words()
            assert outside.read_text() == "somebody's"
            assert not (host.root / ".git").exists()
        finally:
            outside.unlink()

    for kind in ("undo", "txn"):
        for path in (f"../../{outside.name}", str(outside), ".git/hooks/pre-commit"):
            yield (
                f"a {kind} journal that names {path if path != str(outside) else 'a path outside'}",
                lambda kind=kind, path=path: journal(kind, path),
            )

    def ledger(text: str) -> None:
        host = _copied(world, before)
        run(host).in_words(0)
        expected = made(host)
        host.write(".cartridge/ledger.json", text)
        run(host).in_words()
        same(made(host), expected, "touched")

    for what, text in (("cut short", '{"files": {'), ("a list", "[]"), ("binary", "\x00\x01")):
        yield f"a ledger that is {what}", lambda text=text: ledger(text)


def surroundings(world: World) -> Iterator[Situation]:
    def children_killed() -> None:
        state = _reference(world)
        host, expected = state.host, state.expected
        process = started(host, *GENERATE)
        time.sleep(world.random.uniform(1.0, 6.0))
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        for child in listed.stdout.split():
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        output, _ = process.communicate(timeout=SECONDS)
        Done(process.returncode, output).in_words()
        recovered(host, expected)

    def closed_output() -> None:
        state = _reference(world)
        host, expected = state.host, state.expected
        process = started(host, *GENERATE)
        assert process.stdout is not None
        process.stdout.close()
        process.wait(SECONDS)
        recovered(host, expected)

    def variables(**given: str) -> None:
        state = _reference(world)
        host, expected = state.host, state.expected
        run(host, **given).in_words()
        recovered(host, expected)

    def no_dbt() -> None:
        run(world.host(), *GENERATE, "--dbt", "/nowhere/dbt").refused("There is no /nowhere/dbt")

    yield "the dbt behind it is killed", children_killed
    yield "nobody reads its output any more", closed_output
    yield "no temporary folder", lambda: variables(TMPDIR="/nowhere")
    yield "no home", lambda: variables(HOME="/nowhere")
    yield "no dbt", no_dbt


ALL = (texts, places, obstacles, tampered, surroundings, two_at_once, full_disk, rights,
       changed_warehouse, lost_warehouse, killed)  # fmt: skip


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--kills", type=int, default=200, help="runs that are killed")
    words.add_argument("--seed", type=int, default=int(time.time()))
    words.add_argument("--only", default="", help="situations whose kind or name holds this")
    asked = words.parse_args()
    print(f"seed {asked.seed}")
    tried = held = 0
    not_tried: list[str] = []
    with tempfile.TemporaryDirectory(prefix="cartridge-world-") as folder:
        world = World(Path(folder).resolve(), asked.kills, random.Random(asked.seed))
        try:
            for kind in ALL:
                for name, once in kind(world):
                    if asked.only not in f"{_said(kind)} {name}":
                        continue
                    tried += 1
                    try:
                        once()
                        held += 1
                        print(f"held    {name}", flush=True)
                    except CannotTry as reason:
                        tried -= 1
                        not_tried.append(f"{name}: {reason}")
                    except Exception:
                        print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
        finally:
            if world.server is not None:
                world.server.stop()
    for each in not_tried:
        print(f"not tried: {each}")
    print(f"faults: {tried} tried, {held} held")
    sys.exit(0 if tried == held else 1)


def _said(kind: Callable[..., object]) -> str:
    return kind.__name__


if __name__ == "__main__":
    main()
