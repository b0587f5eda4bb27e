"""One request, until it is answered or given up."""

from __future__ import annotations

from dataclasses import dataclass

from dbt_cartridge.llm.keys import redacted
from dbt_cartridge.llm.meter import BudgetSpent, Meter, ShareSpent
from dbt_cartridge.llm.pace import TRIES, Pace, Stopped
from dbt_cartridge.llm.protocol import (
    DEADLINE,
    Ask,
    AuthFailed,
    Passing,
    Provider,
    ProviderError,
    Reply,
)
from dbt_cartridge.llm.wire import within


@dataclass(frozen=True)
class Sender:
    """The only place from which a provider is called."""

    provider: Provider
    meter: Meter
    pace: Pace
    seconds: float = DEADLINE  # for one whole reply

    def send(self, request: Ask, expected: int) -> Reply | str:
        """The reply, or why there is none. Faults that may pass are tried again, with pauses."""
        after: float | None = None
        why = ""
        for tries in range(TRIES):
            if tries:
                self.pace.back_off(tries - 1, after)
            try:
                found = self._once(request, expected, again=tries > 0)
            except ShareSpent as end:  # of this kind of request no more is asked, of others it is
                return why or str(end)
            except (BudgetSpent, Stopped) as end:
                self.pace.stop(str(end))
                return why or self.pace.stopped
            if isinstance(found, Reply):
                return found
            why = redacted(f"{found.kind} ({found})")
            if isinstance(found, AuthFailed):
                self.pace.failed = self.pace.failed or why
                self.pace.stop(why)
            if not found.passing:
                return why
            after = found.retry_after if isinstance(found, Passing) else None
        return f"{why}, {TRIES} times"

    def _once(self, request: Ask, expected: int, again: bool) -> Reply | ProviderError:
        self.pace.enter()
        fault: ProviderError | None = None
        try:
            reserved = self.meter.reserve(request, expected, again)
        except BudgetSpent:
            self.pace.leave(fault=False)
            raise
        reply: Reply | None = None
        try:
            reply = within(self.seconds, lambda: self.provider.ask(request))
            return reply
        except ProviderError as error:
            fault = error
            return error
        except Exception as error:
            # A class of ours let something of the SDK's through: no reason to end the run.
            fault = Passing(f"{type(error).__name__}: {error}")
            return fault
        finally:
            self.meter.settle(reserved, reply)
            asked_to_wait = isinstance(fault, Passing) and fault.retry_after is not None
            self.pace.leave(
                fault=fault is not None and fault.passing,
                overload=asked_to_wait or (fault is not None and fault.kind == "rate limited"),
                after=fault.retry_after if isinstance(fault, Passing) else None,
            )
