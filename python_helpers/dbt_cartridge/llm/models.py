"""`provider:model`: what the names mean. The models' names stand in models.json alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import Any

from dbt_cartridge.config import OFFERED, PROVIDERS
from dbt_cartridge.errors import ConfigError, did_you_mean

GRADES = ("fast", "default", "best")
_SMALL = (32_768, 8_192)  # window and longest answer of a model that nobody told us about


@dataclass(frozen=True)
class Model:
    """A model, resolved. `window` and `output` in tokens."""

    provider: str
    name: str
    window: int
    output: int

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}" if self.name else self.provider


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, Any]]:
    return json.loads(files("dbt_cartridge.llm").joinpath("models.json").read_text("utf-8"))


def resolve(spec: str, *, window: int | None = None, elsewhere: bool = False) -> Model:
    """`anthropic`, `anthropic:best`, `openai:gpt-…` as a model.

    Args:
        window: tokens, where the user says them.
        elsewhere: a server of the user's own (`base_url`), whose models we do not know.

    Raises:
        ConfigError: no such provider; a name that looks like a slip, with the nearest right ones;
            or a provider that has no models of its own, and none is named.
    """
    provider, _, name = spec.partition(":")
    if provider not in PROVIDERS:
        near = did_you_mean(provider, OFFERED)
        raise ConfigError(
            f"There is no provider '{provider}': use {', '.join(OFFERED)}, or `provider:model`."
            f"{near}"
        )
    known = catalogue().get(provider)
    large = (int(known["window"]), int(known["output"])) if known and not elsewhere else _SMALL
    if known and (name or "default") in GRADES:
        name = str(known[name or "default"])
    elif known and not elsewhere:
        _require_likely(provider, name)
    elif not name and provider not in ("mock", "offline"):
        raise ConfigError(f"`provider: {provider}` needs a model: write `{provider}:<model>`.")
    size = window or large[0]
    return Model(provider, name, size, min(large[1], max(size // 4, 512)))


def listed(provider: str | None = None) -> list[tuple[str, str]]:
    """(`provider:model`, what it is called in short) of one provider, or of all.

    Raises:
        ConfigError: a provider that is not known.
    """
    if provider is not None and provider not in catalogue():
        near = did_you_mean(provider, catalogue())
        raise ConfigError(f"Models are known of {', '.join(catalogue())}.{near}")
    found: list[tuple[str, str]] = []
    for each, known in catalogue().items():
        if provider in (None, each):
            grades = {str(known[grade]): f"{each}:{grade}" for grade in GRADES}
            found += [(f"{each}:{name}", grades.get(name, "")) for name in names(each)]
    return found


def names(provider: str) -> list[str]:
    """Every model of the provider that is known: ours, and those with a price."""
    from dbt_cartridge.llm.prices import priced

    known = catalogue()[provider]
    return list(dict.fromkeys([*(str(known[grade]) for grade in GRADES), *priced(provider)]))


def _require_likely(provider: str, name: str) -> None:
    """A newer version of a known name passes, and so does what is like nothing; a slip does not."""
    known = names(provider)
    if name in known or _skeleton(name) in {_skeleton(each) for each in known}:
        return
    near = _nearest(name, [*GRADES, *known])
    if near:
        raise ConfigError(
            f"There is no model '{name}' at {provider}. The nearest: {', '.join(near)}. "
            "`cartridge models` lists them."
        )


def _nearest(name: str, known: Iterable[str]) -> list[str]:
    return get_close_matches(name.casefold(), list(known), n=3, cutoff=0.8)


def _skeleton(name: str) -> str:
    """`claude-opus-5-5` and `claude-opus-6` → claude-opus."""
    return re.sub(r"[-.]?\d+([.-]\d+)*", "", name.casefold())
