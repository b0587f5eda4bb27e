"""`run.json` and the page after `cartridge apply`: what was planned is done."""

from __future__ import annotations

from pathlib import Path

from dbt_cartridge.documents.asked import Asked
from dbt_cartridge.documents.changes import Changes
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.errors import DocumentError
from dbt_cartridge.report.page import save_page
from dbt_cartridge.report.run import Run, run


def corrected(changes: Changes, folder: Path) -> None:
    """Write both again from the documents of the plan. Where they are another run's or gone, what
    is there stays: the files are written, and a report is no reason to fail."""
    from dbt_cartridge.pipeline import Outcome

    try:
        last = Run.load(folder)
        outcome = Outcome(
            settings=last.settings,
            host=Host.load(folder),
            scan=Scan.load(folder),
            schema=Schema.load(folder),
            design=Design.load(folder),
            files=Files.load(folder),
            verdicts=Verdicts.load(folder),
            changes=changes,
            seconds=last.seconds,
            asked=Asked.last(folder) if last.asked else None,
        )
        document = run(outcome)
        document.save(folder)
        save_page(document, outcome, folder)
    except DocumentError:
        return
