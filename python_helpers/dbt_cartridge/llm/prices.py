"""What tokens cost, from genai-prices, where it is installed. Estimates: no bill is known here."""

from __future__ import annotations

from typing import Any

_IDS = {"gemini": "google", "vertex": "google", "bedrock": "aws"}


def price(provider: str, model: str, tokens_in: int, tokens_out: int, cached: int) -> float | None:
    """US dollars; None where the price is not known."""
    try:
        from genai_prices import Usage, calc_price
    except ImportError:
        return None
    usage: Any = Usage(
        input_tokens=tokens_in, output_tokens=tokens_out, cache_read_tokens=min(cached, tokens_in)
    )
    try:
        found: Any = calc_price(usage, model_ref=model, provider_id=_IDS.get(provider, provider))
    except (LookupError, ValueError):
        return None
    return float(found.total_price)


def priced(provider: str) -> list[str]:
    """Names of text models that have a price."""
    try:
        from genai_prices.data_snapshot import get_snapshot
    except ImportError:
        return []
    starts = {"anthropic": ("claude-",), "openai": ("gpt-", "o3", "o4"), "gemini": ("gemini-",)}
    special = ("image", "audio", "tts", "live", "embedding", "realtime", "transcribe", "oss")
    return [
        str(model.id)
        for each in get_snapshot().providers
        if each.id == _IDS.get(provider, provider)
        for model in each.models
        if str(model.id).startswith(starts[provider]) and not any(s in model.id for s in special)
    ]
