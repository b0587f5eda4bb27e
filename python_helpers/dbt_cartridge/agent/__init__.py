"""What programs and coding agents ask: facts, reasons, probes. One document each, bounded, without
a personal value. The command line prints it, the MCP server returns it."""

from dbt_cartridge.agent.adding import add, read_additions
from dbt_cartridge.agent.checking import check_expression, check_model
from dbt_cartridge.agent.facts import facts, tables
from dbt_cartridge.agent.probing import is_key, is_reference
from dbt_cartridge.agent.verifying import is_conserved, verify_model

__all__ = [
    "add", "check_expression", "check_model", "facts", "is_conserved", "is_key", "is_reference",
    "read_additions", "tables", "verify_model",
]  # fmt: skip
