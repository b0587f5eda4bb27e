"""Files → Verdicts: dbt itself runs the generated project on a copy of the host, read-only."""

from dbt_cartridge.verify.ahead import Ahead
from dbt_cartridge.verify.edits import prove_edits
from dbt_cartridge.verify.inert import changed_on_disk, users_jinja
from dbt_cartridge.verify.memory import Memory
from dbt_cartridge.verify.outdated import with_outdated
from dbt_cartridge.verify.proof import prove, verify
from dbt_cartridge.verify.settle import settle

__all__ = [
    "Ahead", "Memory", "changed_on_disk", "prove", "prove_edits", "settle", "users_jinja", "verify",
    "with_outdated",
]  # fmt: skip
