"""dbt v1, kept running: a program that another environment's Python runs, so it imports dbt alone.

Each line of standard input is the arguments of a dbt command, as JSON. dbt writes to standard
output as it always does; after each command comes a line `{"cartridge_done": exit code}`. The
project is parsed once, at the first command.
"""

import sys

# The folder of this file, whose modules must not stand in the way of those that dbt imports.
sys.path.pop(0)

import json


def main() -> None:
    from typing import Any

    from dbt.cli import main as dbt

    runner: Any = dbt.dbtRunner  # untyped
    manifest: Any = None
    _say({"cartridge_ready": True})
    for line in sys.stdin:
        arguments: list[str] = json.loads(line)
        options = arguments[arguments.index("-q") :]
        result: Any = None
        if manifest is None or arguments[0] == "parse":
            result = runner().invoke(["parse", *options])
            manifest = result.result if result.success else None
        if manifest is not None and arguments[0] != "parse":
            result = runner(manifest).invoke(arguments)
        _say({"cartridge_done": 0 if result.success else 1})


def _say(message: "dict[str, int]") -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
