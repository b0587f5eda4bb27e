"""The one room that speaks: progress, summary, run.json and the page."""

from dbt_cartridge.report.console import progress
from dbt_cartridge.report.tell import (
    Below,
    tell,
    tell_changes,
    tell_debug,
    tell_models,
    tell_prompts,
)

__all__ = ["Below", "progress", "tell", "tell_changes", "tell_debug", "tell_models", "tell_prompts"]
