"""What is decided for one file."""

from __future__ import annotations

from dbt_cartridge.documents.changes import Action
from dbt_cartridge.frozen import frozen
from dbt_cartridge.write.ledger import Entry
from dbt_cartridge.write.text import Text


@frozen
class Outcome:
    """`path` is where the file is; `generated` where we would put it.

    `before` and `after` are bytes on disk, None for no file. `entry` and `base` are what the
    ledger holds from now on.
    """

    path: str
    generated: str
    action: Action
    before: bytes | None
    after: bytes | None
    entry: Entry | None = None
    base: str | None = None
    conflict: str | None = None  # our version, to lie beside the user's
    why: str = ""

    @property
    def text(self) -> str | None:
        """As it will stand in the project; None where no file will."""
        return None if self.after is None else Text.read(self.after).body

    @property
    def model(self) -> str:
        """The name of what an SQL file defines."""
        return self.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
