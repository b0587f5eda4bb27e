"""The provider's part of a run, step by step: settle, name, add, mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dbt_cartridge import adapters
from dbt_cartridge.config import Settings
from dbt_cartridge.documents.asked import Asked
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.llm import designing, mending, naming, settling
from dbt_cartridge.llm.designing import Part
from dbt_cartridge.llm.facts import Told, own_docs
from dbt_cartridge.llm.opening import Opened
from dbt_cartridge.llm.protocol import ProviderError
from dbt_cartridge.llm.questions import Question
from dbt_cartridge.llm.session import Session, Store
from dbt_cartridge.progress import Progress

MENDS = 2  # times that a part may be corrected


@dataclass
class Improver:
    """One per run with a provider. What it cannot do is left as the rules have it."""

    session: Session
    host: Host
    settings: Settings
    _offline: Design | None = None
    _parts: list[Part] = field(default_factory=list[Part])
    _mends: dict[str, int] = field(default_factory=dict[str, int])

    def understand(self, schema: Schema, scan: Scan) -> Schema:
        """What inference left open is settled; entities and columns are named and described."""
        told = Told(schema, scan, self.settings)
        system = self._system(settling.SYSTEM)
        choices = self._answers("Settling", system, settling.questions(told))
        schema = settling.settled(schema, choices, str(self.session.opened.model))
        told = Told(schema, scan, self.settings)
        names = self._answers("Naming", self._system(naming.SYSTEM), naming.questions(told))
        schema, refused = naming.named(schema, names, self.host)
        for table, why in refused.items():
            self.session.fall_back(table, why)
        return schema

    def improve(self, design: Design) -> Design:
        """Business logic on the offline design. Without proof none is taken."""
        if self.settings.verify == "none":
            self.session.fall_back("business logic", "verify is none: it could not be proved")
            return design
        self._offline = design
        dialect = adapters.dialect(design.adapter)
        answers = self._answers(
            "Designing",
            self._system(designing.system(dialect)),
            designing.questions(design, dialect),
        )
        taken = {model.name for model in design.models} | {each.name for each in design.snapshots}
        taken |= {model.name for model in self.host.models if not model.generated}
        self._parts, twice = designing.parts(answers, self.host, taken)
        for name in twice:
            self.session.fall_back(name, "another model has this name")
        return self._laid()

    def mend(self, design: Design, verdicts: Verdicts) -> Design:
        """The design with what failed corrected, or back as it was offline. The same if nothing
        of the provider's failed.

        To be called before what failed is left out for good, until it changes nothing.
        """
        if self._offline is None:
            return design
        failed = mending.failures(verdicts, self._parts)
        if not failed:
            return design
        dialect = adapters.dialect(design.adapter)
        again = {name: text for name, text in failed.items() if self._mends.get(name, 0) < MENDS}
        questions = [
            asked
            for part in self._parts
            if part.target in again
            and (asked := mending.question(
                self._offline_with_columns(part), part, again[part.target], dialect,
                self._mends.get(part.target, 0),
            ))
        ]  # fmt: skip
        answers = self._answers(
            "Mending", self._system(mending.system(dialect)), questions
        ) if questions else {}  # fmt: skip
        for name in failed:
            self._mends[name] = self._mends.get(name, 0) + 1
        kept: list[Part] = []
        for part in self._parts:
            if part.target in answers:
                kept.append(mending.mended(part, answers[part.target]))
            elif part.target not in failed:
                kept.append(part)
            else:
                self.session.fall_back(part.target, f"it failed: {failed[part.target][:200]}")
        self._parts = kept
        return self._laid()

    def asked(self) -> Asked:
        self.session.edits = len(self._parts)
        return self.session.asked()

    # ------------------------------------------------------------ inside

    def _answers(
        self, label: str, system: str, questions: Sequence[Question[Any]]
    ) -> dict[str, Any]:
        """Raises ProviderError: the provider is of no use, and nobody asked to go on without."""
        found = self.session.answers(label, system, questions)
        if self.settings.provider_fails == "stop" and (why := self.session.lost):
            raise ProviderError(
                f"{self.session.opened.model} could not be asked: {why}. Nothing was written; what "
                "was answered is kept. Run again when it answers, or with `provider_fails: rules` "
                "to have the rules finish the work."
            )
        return found

    def _laid(self) -> Design:
        assert self._offline is not None
        found = designing.laid(self._offline, self._parts, adapters.dialect(self._offline.adapter))
        for name, why in found.refused.items():
            self.session.fall_back(name, why)
        self._parts = list(found.parts)
        return found.design

    def _offline_with_columns(self, part: Part) -> Design:
        """What a part stands on: the offline design, with derived columns that others added."""
        assert self._offline is not None
        below = [p for p in self._parts if p.mart is None and p.target != part.target]
        own = [p for p in self._parts if part.mart is not None and p.target == part.base]
        return designing.laid(
            self._offline, [*below, *own], adapters.dialect(self._offline.adapter)
        ).design

    def _system(self, text: str) -> str:
        return designing.with_context(text, self.settings.context)


def improver(
    settings: Settings, host: Host, store: Store, progress: Progress, opened: Opened | None
) -> Improver | None:
    """None where the rules are alone."""
    if opened is None:
        return None
    own = {m.name: m.description for m in host.models if m.description and not m.generated}
    return Improver(Session(opened, settings, store, progress, own_docs(own)), host, settings)
