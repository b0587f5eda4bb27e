"""Changes the host project: all or nothing, and never a line that the user wrote."""

from dbt_cartridge.write.apply import apply, plan, recover, undo
from dbt_cartridge.write.recognise import recognise

__all__ = ["apply", "plan", "recognise", "recover", "undo"]
