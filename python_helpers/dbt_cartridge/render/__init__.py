"""Design in, text out. Pure and deterministic."""

from dbt_cartridge.render.project import render

__all__ = ["render"]
