"""Design in, text out. Pure and deterministic."""

from dbt_cartridge.render.generic_tests import texts as macros
from dbt_cartridge.render.project import render

__all__ = ["macros", "render"]
