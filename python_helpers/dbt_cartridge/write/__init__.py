"""Changes the host project: all or nothing, and never a line that the user wrote."""

from dbt_cartridge.write.apply import apply, plan, recover, undo
from dbt_cartridge.write.extend import extended
from dbt_cartridge.write.fit import fit
from dbt_cartridge.write.ledger import written_by
from dbt_cartridge.write.recognise import recognise, refuse_another_database, with_readers
from dbt_cartridge.write.survey import survey

__all__ = [
    "apply", "extended", "fit", "plan", "recognise", "recover", "refuse_another_database",
    "survey", "undo", "with_readers", "written_by",
]  # fmt: skip
