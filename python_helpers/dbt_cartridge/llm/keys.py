"""Keys: from the environment and nowhere else, and out of every text."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

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
    """`text` without any key that stands in the environment, or looks like one."""
    env = os.environ if environment is None else environment
    named = {name for group in VARIABLES.values() for name in group}
    for name, value in env.items():
        secret = name in named or name.startswith(SECRET) or name.endswith(("_API_KEY", "_TOKEN"))
        if secret and len(value.strip()) >= _SHORTEST:
            text = text.replace(value.strip(), "•••")
    return _LIKE_A_KEY.sub("•••", text)
