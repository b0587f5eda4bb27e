"""Files → Verdicts: dbt itself runs the generated project on a copy of the host, read-only."""

from dbt_cartridge.verify.edits import Found, prove_edits
from dbt_cartridge.verify.proof import prove, verify
from dbt_cartridge.verify.settle import settle

__all__ = ["Found", "prove", "prove_edits", "settle", "verify"]
