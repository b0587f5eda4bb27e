"""A real browser for the page: Chromium of the machine, driven by playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


class BrowserMissing(Exception):
    """There is no browser on this machine; says what to install."""


@contextmanager
def browser() -> Iterator[Any]:
    """playwright's Browser.

    Raises:
        BrowserMissing: no Chromium is installed, or playwright is not.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise BrowserMissing("playwright is not installed: make env") from error
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise BrowserMissing("no Chromium: Debian's package is `chromium`")
    with sync_playwright() as playwright:
        # As root, as CI's containers are, Chromium starts without its sandbox only.
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield started
        finally:
            started.close()
