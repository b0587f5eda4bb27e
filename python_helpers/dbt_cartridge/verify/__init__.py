"""Files → Verdicts: dbt itself runs the generated project on a copy of the host, read-only."""

from dbt_cartridge.verify.proof import prove, verify
from dbt_cartridge.verify.settle import settle

__all__ = ["prove", "settle", "verify"]
