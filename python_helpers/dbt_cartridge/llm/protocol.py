"""What cartridge asks of a provider, and what a provider gives back. Nothing here knows an SDK."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from dbt_cartridge.errors import CartridgeError
from dbt_cartridge.llm.keys import redacted

Kind = Literal["name", "settle", "design", "mend"]
Stop = Literal["ok", "refusal", "truncated"]
DEADLINE = 120.0  # seconds for one whole reply


@dataclass(frozen=True)
class Ask:
    """One request. `items`: (property of the answer, what it is about)."""

    kind: Kind
    system: str
    prompt: str
    schema: dict[str, Any] = field(repr=False)
    max_tokens: int
    items: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Reply:
    """What came back. `cached` of the `tokens_in` were read from the provider's prompt cache."""

    text: str
    tokens_in: int
    tokens_out: int
    cached: int = 0
    stop: Stop = "ok"


class Provider(Protocol):
    """A small class per SDK. Called from several threads at once."""

    def ask(self, request: Ask) -> Reply:
        """Send once, without retries of its own.

        Raises:
            ProviderError: of the kinds below, and nothing else.
        """
        ...


class ProviderError(CartridgeError):
    """A request that brought no answer. `kind` goes into the report."""

    kind = "error"
    passing = False  # worth another try


class AuthFailed(ProviderError):
    """The provider does not take the key, or there is none: nothing more is asked."""

    kind = "key refused"


class Rejected(ProviderError):
    """The provider will not take this request (400, 404, 413): another try would end the same."""

    kind = "request rejected"


class Passing(ProviderError):
    """May go away by itself. `retry_after`: seconds that the provider asks to wait."""

    kind = "unavailable"
    passing = True

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimited(Passing):
    kind = "rate limited"


class TimedOut(Passing):
    kind = "timed out"


def by_status(status: int, message: str, retry_after: float | None = None) -> ProviderError:
    """The error for an HTTP status. 529 is Anthropic's overload.

    Keys go out before the message is cut: half a key would not be known as one.
    """
    text = f"HTTP {status}: {' '.join(redacted(message).split())[:200]}"
    if status in (401, 403):
        return AuthFailed(text)
    if status == 429:
        return RateLimited(text, retry_after)
    if status in (408, 409, 425) or status >= 500:
        return Passing(text, retry_after)
    return Rejected(text)


def retry_after(headers: Any) -> float | None:
    """Seconds from `retry-after-ms` or `retry-after`, where it is a number; at most two minutes."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name)) * unit
        except (AttributeError, TypeError, ValueError):
            continue
        if seconds >= 0:
            return min(seconds, 120.0)
    return None
