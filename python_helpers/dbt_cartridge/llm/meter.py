"""What was used, and what may be: requests, tokens, dollars."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from dbt_cartridge.config import Settings
from dbt_cartridge.llm.models import Model
from dbt_cartridge.llm.prices import price
from dbt_cartridge.llm.protocol import Ask, Kind, Reply

_CHARACTERS = 3.5  # to a token, of names and JSON: a little too many tokens rather than too few


class BudgetSpent(Exception):
    """Another request could go over a limit of the user's. Says which."""


class ShareSpent(BudgetSpent):
    """… or over the part of it that may be spent by now."""


SHARES: Mapping[Kind, float] = {"settle": 0.1, "name": 0.5, "design": 0.9, "mend": 1.0}
"""How much of a limit may be spent when each kind of request has been made. What is asked first is
worth least: nobody reads what was settled and named of a table for whose marts nothing is left."""


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
    share: float = 1.0  # of each limit, that may be spent by now
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
            if limits.max_requests is not None:
                self._within(
                    self.requests + 1, limits.max_requests,
                    f"max_requests of {limits.max_requests:,} is reached",
                )  # fmt: skip
            if limits.max_tokens is not None:
                self._within(
                    total_in + total_out, limits.max_tokens,
                    f"max_tokens of {limits.max_tokens:,} would be exceeded",
                )  # fmt: skip
            if limits.max_cost is not None:
                cost = self._price(total_in, total_out, 0)
                self._within(
                    limits.max_cost + 1 if cost is None else cost, limits.max_cost,
                    f"max_cost of ${limits.max_cost:,.2f} would be exceeded",
                )  # fmt: skip
            self.requests += 1
            self.retries += again
            self._reserved = (more_in, more_out)
        return wish

    def _within(self, used: float, most: float, why: str) -> None:
        if used > most:
            raise BudgetSpent(why)
        if used > most * self.share:
            raise ShareSpent(
                f"the rest of {why.partition(' of ')[0]} is kept for what matters more"
            )

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
