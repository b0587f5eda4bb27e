"""Keys: from the environment and nowhere else, and out of every text."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote, quote_plus

from dbt_cartridge.errors import ConfigError

# In the SDKs' own order. dbt Cloud hands on only variables that start with DBT_ENV_; those with
# DBT_ENV_SECRET_ it keeps out of its logs.
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
    "openai": ("OPENAI_API_KEY",),
    "gemini": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "azure": ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"),
}
SECRET = "DBT_ENV_SECRET_"
_SHORTEST = 6
_GONE = "•••"
# What keys look like, should one that we do not know be echoed in a provider's error.
_LIKE_A_KEY = re.compile(r"\b(?:sk-|AIza|key-)[A-Za-z0-9_\-]{12,}|Bearer\s+[A-Za-z0-9._\-]{8,}")


def key(provider: str, environment: Mapping[str, str], *, needed: bool = True) -> str | None:
    """The provider's key; None where none is needed: another cloud's own credentials, or a server
    of the user's.

    Raises:
        ConfigError: there is none; says which variable to set.
    """
    wanted = VARIABLES.get(provider, ())
    for name in (*wanted, *(f"{SECRET}{each}" for each in wanted)):
        if value := environment.get(name, "").strip():
            return value
    if wanted and needed:
        raise ConfigError(
            f"`provider: {provider}` needs a key. Set {wanted[0]} in the environment (in dbt "
            f"Cloud: {SECRET}{wanted[0]}), or run with `provider: offline`."
        )
    return None


def redacted(text: str, environment: Mapping[str, str] | None = None) -> str:
    """`text` without any key that stands in the environment, however written, or looks like one."""
    return _LIKE_A_KEY.sub(_GONE, _without(text, _secrets(environment)))


def without_keys(value: Any, environment: Mapping[str, str] | None = None) -> Any:
    """A value of JSON without any key of ours in its texts: what a provider says may be kept.

    What only looks like a key stays: an answer may well speak of `key-performance-indicators`.
    """
    return _walked(value, _secrets(environment))


def _walked(value: Any, secrets: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return _without(value, secrets)
    if isinstance(value, list):
        return [_walked(each, secrets) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        both = cast("dict[str, Any]", value).items()
        return {_without(name, secrets): _walked(each, secrets) for name, each in both}
    return value


def _without(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        for form in _forms(secret):
            if form in text:
                text = text.replace(form, _GONE)
    return text


def _secrets(environment: Mapping[str, str] | None) -> tuple[str, ...]:
    env = os.environ if environment is None else environment
    named = {name for group in VARIABLES.values() for name in group}
    return tuple(
        value.strip()
        for name, value in env.items()
        if (name in named or name.startswith(SECRET) or name.endswith(("_API_KEY", "_TOKEN")))
        and len(value.strip()) >= _SHORTEST
    )


@lru_cache(maxsize=100)
def _forms(secret: str) -> tuple[str, ...]:
    """A secret as it is, in a URL, in JSON, in hexadecimal, and in base64 wherever it stands in
    what was encoded: the characters that it shares with its neighbours are left out."""
    data = secret.encode()
    forms = [secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]]
    forms += [data.hex(), data.hex().upper(), secret[::-1]]
    for before in range(3):
        begin = -(-before * 8 // 6)
        end = (before + len(data)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            forms.append(encode(b"\0" * before + data).decode()[begin:end])
    return tuple(sorted({form for form in forms if len(form) >= _SHORTEST}, key=len, reverse=True))
