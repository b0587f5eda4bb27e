"""What programs and coding agents ask: facts, reasons, probes. One document each, bounded, without
a personal value. The command line prints it, the MCP server returns it."""

from dbt_cartridge.agent.facts import facts, tables
from dbt_cartridge.agent.probing import is_key, is_reference

__all__ = ["facts", "is_key", "is_reference", "tables"]
