"""dbt's door to cartridge. dbt imports this module at every command: nothing heavy here.

dbt Core v1 imports every module named `dbt_…` and asks it for `plugins`. Ours puts
`modules.cartridge` into the context of macros. Nothing of dbt is imported before dbt asks.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """`plugins`, made when dbt asks for it."""
    if name != "plugins":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dbt_cartridge.plugin import plugin_classes

    return plugin_classes()
