"""The one room that speaks: progress, summary, run.json and the page."""

from dbt_cartridge.report.console import log_to, progress
from dbt_cartridge.report.tell import (
    Below,
    tell,
    tell_changes,
    tell_debug,
    tell_error,
    tell_explained,
    tell_models,
    tell_prompts,
)

__all__ = [
    "Below",
    "log_to",
    "progress",
    "tell",
    "tell_changes",
    "tell_debug",
    "tell_error",
    "tell_explained",
    "tell_models",
    "tell_prompts",
]
