"""Step one: facts from the warehouse, assembled into a `Scan`. Nothing is concluded here."""

from dbt_cartridge.scan.catalogue import read_catalogue
from dbt_cartridge.scan.scan import scan
from dbt_cartridge.scan.shards import united

__all__ = ["read_catalogue", "scan", "united"]
