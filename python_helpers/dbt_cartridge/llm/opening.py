"""The provider that the settings name, ready to be asked; or what is missing, before a scan."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from dbt_cartridge.config import Settings
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.llm.keys import key, redacted
from dbt_cartridge.llm.models import Model, resolve
from dbt_cartridge.llm.prices import price
from dbt_cartridge.llm.protocol import DEADLINE, Provider
from dbt_cartridge.llm.providers import mock

TIMEOUT = 60.0  # seconds for one request; the SDKs' own is ten minutes
_PATIENT = 1_800.0  # of a server of one's own, which may be a laptop
_EXTRAS = {"azure": "openai"}
_OFFICIAL = "https://api.openai.com"


@dataclass(frozen=True)
class Opened:
    provider: Provider
    model: Model
    seconds: float = DEADLINE  # for one whole reply
    narrow: bool = False  # it answers by a grammar: the schema says all that may stand there


def open_provider(
    settings: Settings, environment: Mapping[str, str] | None = None
) -> Opened | None:
    """None for `offline`.

    Raises:
        ConfigError: an unknown provider or model, a missing key or extra, or a limit of costs
            where no price is known.
    """
    env = os.environ if environment is None else environment
    kind = settings.provider.partition(":")[0]
    if kind == "offline":
        return None
    base_url = settings.base_url or (env.get("OPENAI_BASE_URL") if kind == "openai" else None)
    elsewhere = bool(base_url) and not (base_url or "").startswith(_OFFICIAL)
    model = resolve(settings.provider, window=settings.window, elsewhere=elsewhere)
    if settings.max_cost is not None and price(model.provider, model.name, 1, 1, 0) is None:
        raise ConfigError(
            f"`max_cost` cannot be kept: the price of {model} is not known here "
            "(`pip install genai-prices`). Use `max_tokens` instead."
        )
    if kind == "mock":
        return Opened(mock.from_file(model.name), model)
    secret = key(kind, env, needed=not (elsewhere and kind == "openai"))
    try:
        own = elsewhere and kind == "openai"
        timeout = _PATIENT if own else TIMEOUT
        sdk = _sdk(model, secret, base_url, elsewhere, timeout)
        return Opened(sdk, model, 2 * timeout, narrow=own)
    except ImportError as error:
        extra = _EXTRAS.get(kind, kind)
        raise ConfigError(
            f"`provider: {kind}` needs a package that is not installed ({error.name}): "
            f'pip install "dbt-cartridge[{extra}]"'
        ) from error
    except ConfigError:
        raise
    except Exception as error:  # whatever an SDK says of a missing region, project or endpoint
        raise ConfigError(f"`provider: {kind}` cannot be used: {redacted(str(error))}") from None


def _sdk(
    model: Model, secret: str | None, base_url: str | None, elsewhere: bool, timeout: float
) -> Provider:
    kind, name = model.provider, model.name
    if kind in ("openai", "azure"):
        from dbt_cartridge.llm.providers.openai import OpenAI

        wire = "chat" if elsewhere else "responses"
        return OpenAI(
            name, key=secret, base_url=base_url, timeout=timeout, wire=wire, azure=kind == "azure",
        )  # fmt: skip
    if kind == "gemini" or (kind == "vertex" and "claude" not in name):
        from dbt_cartridge.llm.providers.gemini import Gemini

        return Gemini(name, key=secret, base_url=base_url, timeout=timeout, vertex=kind == "vertex")
    from dbt_cartridge.llm.providers.anthropic import Anthropic

    cloud = "" if kind == "anthropic" else kind
    return Anthropic(name, key=secret, base_url=base_url, timeout=timeout, cloud=cloud)
