"""`modules.cartridge`: what the macros call when the helper is beside dbt.

Loaded at every dbt command, so that it imports dbt's plugin class and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def plugin_classes() -> list[type[Any]]:
    """dbt's plugins of this package; none where dbt's plugin interface is not as we know it."""
    try:
        import dbt.context.base as context
        from dbt.plugins.manager import dbtPlugin
    except ImportError:
        return []

    class CartridgePlugin(dbtPlugin):
        """Adds `modules.cartridge` to the context of every macro."""

        def initialize(self) -> None:
            _add_module(context)

    return [CartridgePlugin]


def _add_module(context: Any) -> None:
    known = context.get_context_modules
    if getattr(known, "has_cartridge", False):
        return

    def with_cartridge() -> dict[str, Any]:
        return {**known(), "cartridge": Operations()}

    with_cartridge.has_cartridge = True  # type: ignore[attr-defined]
    context.get_context_modules = with_cartridge


class Operations:
    """The macros' operations. Each takes the options, the package's version, `vars: cartridge:`,
    the adapter, and the macro that gives the SQL of a request."""

    def generate(self, *arguments: Any) -> str:
        return _shown("generate", *arguments)

    def scan(self, *arguments: Any) -> str:
        return _shown("scan_json", *arguments)

    def debug(self, *arguments: Any) -> str:
        return _shown("debug", *arguments)


def _shown(
    operation: str,
    options: Mapping[str, Any],
    version: str,
    project_vars: Mapping[str, Any],
    adapter: Any,
    sql: Callable[..., str],
) -> str:
    """Run an operation; our errors reach the user as dbt shows its own, without a traceback."""
    # Not from dbt_common, which dbt 1.7 does not have.
    from dbt.exceptions import DbtRuntimeError  # pyright: ignore[reportPrivateImportUsage]

    from dbt_cartridge.errors import INTERRUPTED, CartridgeError
    from dbt_cartridge.garbage import few_collections

    try:
        with few_collections():  # what is imported stays too
            from dbt_cartridge import operations

            return getattr(operations, operation)(options, version, project_vars, adapter, sql)
    except CartridgeError as error:
        raise DbtRuntimeError(str(error)) from error
    except KeyboardInterrupt:
        # dbt would show it with a traceback of its own.
        raise DbtRuntimeError(INTERRUPTED) from None
