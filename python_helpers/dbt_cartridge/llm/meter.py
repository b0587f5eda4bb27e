"""What was used, and what may be: requests, tokens, dollars."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from dbt_cartridge.config import Settings
from dbt_cartridge.llm.models import Model
from dbt_cartridge.llm.prices import price
from dbt_cartridge.llm.protocol import Ask, Reply

_CHARACTERS = 3.5  # to a token, of names and JSON: a little too many tokens rather than too few


class BudgetSpent(Exception):
    """Another request could go over a limit of the user's. Says which."""


def tokens(text: str) -> int:
    """Estimated; every tokenizer counts otherwise."""
    return int(len(text) / _CHARACTERS) + 1


@dataclass
class Meter:
    """Counts, and holds back what would go over the limits. Used by many threads.

    A request reserves its estimate before it is sent, so that requests on their way count too.
    """

    settings: Settings
    model: Model
    requests: int = 0
    retries: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cached: int = 0
    _reserved: tuple[int, int] = (0, 0)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reserve(self, request: Ask, expected: int, again: bool) -> tuple[int, int]:
        """Raises BudgetSpent, or counts the request as sent; gives the reservation.

        Args:
            expected: tokens that the answer will have, by our guess.
        """
        wish = (tokens(request.system) + tokens(request.prompt), expected)
        limits = self.settings
        with self._lock:
            more_in, more_out = (self._reserved[0] + wish[0], self._reserved[1] + wish[1])
            total_in, total_out = self.tokens_in + more_in, self.tokens_out + more_out
            if limits.max_requests is not None and self.requests >= limits.max_requests:
                raise BudgetSpent(f"max_requests of {limits.max_requests:,} is reached")
            if limits.max_tokens is not None and total_in + total_out > limits.max_tokens:
                raise BudgetSpent(f"max_tokens of {limits.max_tokens:,} would be exceeded")
            if limits.max_cost is not None:
                cost = self._price(total_in, total_out, 0)
                if cost is None or cost > limits.max_cost:
                    raise BudgetSpent(f"max_cost of ${limits.max_cost:,.2f} would be exceeded")
            self.requests += 1
            self.retries += again
            self._reserved = (more_in, more_out)
        return wish

    def settle(self, reserved: tuple[int, int], reply: Reply | None) -> None:
        """The request is over; `reply` is None where it brought nothing."""
        with self._lock:
            self._reserved = (self._reserved[0] - reserved[0], self._reserved[1] - reserved[1])
            if reply is not None:
                self.tokens_in += reply.tokens_in
                self.tokens_out += reply.tokens_out
                self.cached += reply.cached

    @property
    def cost(self) -> float | None:
        return self._price(self.tokens_in, self.tokens_out, self.cached)

    def _price(self, tokens_in: int, tokens_out: int, cached: int) -> float | None:
        return price(self.model.provider, self.model.name, tokens_in, tokens_out, cached)
