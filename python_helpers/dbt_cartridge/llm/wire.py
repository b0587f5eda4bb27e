"""What a provider's reply is held to, whichever SDK and HTTP client bring it.

An SDK's time-out is for one read: a reply of a byte a minute never ends. It follows redirects, and
takes its own key header along. And it reads whatever comes into memory.
"""

from __future__ import annotations

import importlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from dbt_cartridge.llm.protocol import ProviderError, Rejected, TimedOut

MOST_BYTES = 8_000_000
_PORTS = {"http": 80, "https": 443}
T = TypeVar("T")


def bound(client: Any, seconds: float) -> None:
    """Hold an SDK's client to its host, and each reply to `MOST_BYTES` in `seconds`.

    Args:
        client: httpx's `Client` or that of its fork httpx2, as the SDK's version has it.
    """
    stream_class = _library(client).SyncByteStream

    class Bounded(stream_class):
        def __init__(self, stream: Any) -> None:
            self._stream = stream

        def __iter__(self) -> Iterator[bytes]:
            return _counted(self._stream, seconds)

        def close(self) -> None:
            self._stream.close()

    def on_response(response: Any) -> None:
        _refuse_another_host(response)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise Rejected("the reply is compressed, which was not asked for")
        response.stream = Bounded(response.stream)

    client.headers["accept-encoding"] = "identity"  # else a small reply could be a large one
    client.event_hooks = {**client.event_hooks, "response": [on_response]}


def bounds_said(error: BaseException) -> ProviderError | None:
    """Which of our bounds is behind an SDK's error, if it was one."""
    cause = error.__cause__
    return cause if isinstance(cause, ProviderError) else None


def within(seconds: float, work: Callable[[], T]) -> T:
    """The result of `work`, or TimedOut after `seconds`: then it is left to itself.

    Whatever it waits for: a name that is not resolved, a header that comes byte by byte.
    """
    done: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:  # raised where it is waited for
            done.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = done.get(timeout=seconds)
    except queue.Empty:
        raise TimedOut(f"no whole reply within {seconds:g} s") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]


def _counted(stream: Any, seconds: float) -> Iterator[bytes]:
    began, size = time.monotonic(), 0
    for part in stream:
        size += len(part)
        if size > MOST_BYTES:
            raise Rejected(f"the reply is larger than {MOST_BYTES:,} bytes")
        if time.monotonic() - began > seconds:
            raise TimedOut(f"no whole reply within {seconds:g} s")
        yield part


def _refuse_another_host(response: Any) -> None:
    """A key belongs to the host that it was meant for; from http to https of it is the same."""
    if not response.has_redirect_location:
        return
    there = response.request.url.join(response.headers["location"])
    if _origin(there) != _origin(response.request.url):
        raise Rejected("the provider redirects to another host, which is not followed")


def _origin(url: Any) -> tuple[str, int | None]:
    port = url.port or _PORTS.get(url.scheme)
    return url.host, 443 if port == 80 else port


def _library(client: Any) -> Any:
    """httpx or httpx2: the module of the class that the SDK's client is made from."""
    for base in type(client).__mro__:
        name = base.__module__.partition(".")[0]
        if name in ("httpx", "httpx2"):
            return importlib.import_module(name)
    raise TypeError(f"{type(client).__name__} is no HTTP client that is known here")
