"""The in-process engine of an environment of its own, for tests that run in another.

    python engine_server.py PROJECT

One dbt process answers every request: a line of JSON in, `[[verb, body], …]`, a line out,
`[[rows, error], …]`. The first line out tells of the target.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from dbt.cli.main import dbtRunner

from dbt_cartridge import operations
from dbt_cartridge.engine.base import Request, in_order
from dbt_cartridge.engine.in_process import InProcess

out = sys.stdout


def say(what: Any) -> None:
    print(json.dumps(what), file=out, flush=True)


def serve(options: Any, version: Any, project_vars: Any, adapter: Any, sql: Any) -> str:
    engine = InProcess(adapter, sql)
    say([vars(engine.target), sorted(engine.built())])
    for line in sys.stdin:
        asked = json.loads(line)
        if asked and asked[0][0] == "estimate":
            say([engine.estimate([Request(*request) for _, request in asked])])
            continue
        requests = [Request(verb, body) for verb, body in asked]
        replies = in_order(engine.ask(requests), len(requests))
        say([[reply.rows, reply.error] for reply in replies])
    return ""


if __name__ == "__main__":
    sys.stdout = sys.stderr
    operations.generate = serve
    folders = ["--project-dir", sys.argv[1], "--profiles-dir", sys.argv[1]]
    done = dbtRunner().invoke(
        ["--log-level-file", "none", "run-operation", "cartridge_generate", *folders]
    )
    if not done.success:
        say([str(done.exception)])
