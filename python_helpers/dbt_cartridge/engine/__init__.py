"""The only room that knows which dbt is behind it."""

from dbt_cartridge.engine.base import DbtCommand, Engine, Reply, Request, Target
from dbt_cartridge.engine.probe import prober

__all__ = ["DbtCommand", "Engine", "Reply", "Request", "Target", "prober"]
