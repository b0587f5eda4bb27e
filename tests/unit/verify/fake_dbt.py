"""A program that stands in for dbt: it does what `answer.json` beside it says."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dbt_cartridge.engine.base import DbtCommand


def fake_dbt(folder: Path, **answer: Any) -> DbtCommand:
    """A command whose runs are answered with:

    results: unique id → (status, failures, message); None: run_results.json is not written.
    tests: nodes of the manifest, by unique id.
    version: of dbt. query_log: dbt v2's log of statements.
    lines: what it prints.
    exit_code, seconds: how it ends, and after how long.
    """
    (folder / "answer.json").write_text(json.dumps(answer))
    return DbtCommand((sys.executable, __file__, str(folder)))


def event(event_name: str, level: str = "info", **data: Any) -> str:
    """A line of dbt's JSON log."""
    return json.dumps({"info": {"name": event_name, "level": level, "msg": "…"}, "data": data})


def _main(folder: Path, arguments: list[str]) -> int:
    answer: Mapping[str, Any] = json.loads((folder / "answer.json").read_text())
    (folder / "called.json").write_text(json.dumps(arguments))
    target = Path(arguments[arguments.index("--project-dir") + 1]) / "target"
    target.mkdir(exist_ok=True)
    for line in answer.get("lines", ()):
        print(line, flush=True)
    time.sleep(answer.get("seconds", 0))
    (target / "manifest.json").write_text(json.dumps({"nodes": answer.get("tests", {})}))
    if (results := answer.get("results")) is not None:
        rows = [
            {"unique_id": each, "status": status, "failures": failures, "message": message}
            for each, (status, failures, message) in results.items()
        ]
        metadata = {"dbt_version": answer.get("version", "1.11.16")}
        found = {"metadata": metadata, "results": rows}
        (target / "run_results.json").write_text(json.dumps(found))
    if (log := answer.get("query_log")) is not None:
        (target.parent / "logs").mkdir(exist_ok=True)
        (target.parent / "logs" / "query_log.sql").write_text(log)
    return int(answer.get("exit_code", 0))


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1]), sys.argv[2:]))
