"""Scripted answers, for tests: a JSON file of kind → what it is about → answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dbt_cartridge.errors import ConfigError
from dbt_cartridge.llm.protocol import Ask, Reply

Script = Callable[[Ask], "Reply | str"]


class Mock:
    """Answers by `script`; each after `latency` seconds."""

    def __init__(self, script: Script, latency: float = 0.0) -> None:
        self._script = script
        self._latency = latency

    def ask(self, request: Ask) -> Reply:
        if self._latency:
            time.sleep(self._latency)
        answer = self._script(request)
        if isinstance(answer, Reply):
            return answer
        return Reply(answer, (len(request.system) + len(request.prompt)) // 4, len(answer) // 4)


def scripted(answers: Mapping[str, Mapping[str, Any]]) -> Script:
    """What the script does not know is answered with an empty object: nothing is changed."""

    def script(request: Ask) -> str:
        known = answers.get(request.kind, {})
        return json.dumps({item: known.get(what, {}) for item, what in request.items})

    return script


def from_file(path: str) -> Mock:
    """`mock:<path>`; without a path every answer is empty."""
    if not path:
        return Mock(scripted({}))
    try:
        return Mock(scripted(json.loads(Path(path).read_text("utf-8"))))
    except (OSError, ValueError) as error:
        raise ConfigError(f"The mock's answers cannot be read from {path}: {error}.") from error
