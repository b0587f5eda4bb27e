"""The provider's part of a run, step by step: settle, name, add, mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dbt_cartridge import adapters
from dbt_cartridge.config import Settings
from dbt_cartridge.documents.additions import Additions
from dbt_cartridge.documents.asked import Asked, Fallback
from dbt_cartridge.documents.decisions import FILE, Decisions
from dbt_cartridge.documents.design import Design, LeftOut
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

Weigh = Callable[[Decisions], tuple[Schema, dict[str, str]]]
MENDS = 2  # times that a part may be corrected


@dataclass
class Improver:
    """One per run with a provider, or with decisions about models. What it cannot do is left as the
    rules have it.

    Args:
        session: None where the rules and the user's decisions are alone.
        decisions: what the user decided.
        weigh: puts corrections to inference: the schema by them, and which the data denies, by
            table. None: no corrections are taken.
    """

    session: Session | None
    host: Host
    settings: Settings
    decisions: Decisions = field(default_factory=Decisions)
    weigh: Weigh | None = None
    _offline: Design | None = None
    _parts: list[Part] = field(default_factory=list[Part])
    _mends: dict[str, int] = field(default_factory=dict[str, int])
    _left: dict[str, str] = field(default_factory=dict[str, str])  # of what was given

    def understand(self, schema: Schema, scan: Scan) -> Schema:
        """What inference left open is settled; entities and columns are named and described."""
        if self.session is None:
            return schema
        told = Told(schema, scan, self.settings)
        system = self._system(settling.SYSTEM)
        choices = self._answers("Settling", system, settling.questions(told))
        schema = settling.settled(schema, choices, str(self.session.opened.model))
        told = Told(schema, scan, self.settings)
        names = self._answers("Naming", self._system(naming.SYSTEM), naming.questions(told))
        schema = self._corrected(schema, names, choices)
        schema, refused = naming.named(schema, names, self.host)
        for table, why in refused.items():
            self._fall_back(table, why)
        return schema

    def _corrected(
        self, schema: Schema, names: Mapping[str, Any], choices: Mapping[str, Any]
    ) -> Schema:
        """Keys, references and roles as the provider would have them, where the data lets them."""
        if self.weigh is None or self.session is None:
            return schema
        model = str(self.session.opened.model)
        wanted = naming.corrections(schema, names, self.decisions, model)
        while wanted.tables:
            found, refuted = self.weigh(wanted)
            if not refuted:
                return settling.settled(found, choices, model)
            for table, why in refuted.items():
                self._fall_back(table, why)
            kept = {id: said for id, said in wanted.tables.items() if id not in refuted}
            wanted = wanted.model_copy(update={"tables": kept})
        return schema

    def improve(self, design: Design) -> Design:
        """What the user decided, and a provider's business logic, on the offline design. Of a
        provider none is taken without proof."""
        self._offline = design
        dialect = adapters.dialect(design.adapter)
        taken = {model.name for model in design.models} | {each.name for each in design.snapshots}
        taken |= {model.name for model in self.host.models if not model.generated}
        self._parts = self._decided(design, dialect, taken)
        if self.session is None:
            return self._laid()
        if self.settings.verify == "none":
            self._fall_back("business logic", "verify is none: it could not be proved")
            return self._laid()
        standing = self._laid()
        answers = self._answers(
            "Designing",
            self._system(designing.system(dialect)),
            designing.questions(standing, dialect),
        )
        for base, answer in sorted(answers.items()):
            for asked in answer.questions:
                self.session.questions.append(Fallback(what=base, why=asked.text))
        taken |= {part.target for part in self._parts}
        new, twice = designing.parts(answers, self.host, taken)
        for name in twice:
            self._fall_back(name, "another model has this name")
        self._parts += new
        return self._laid()

    def _decided(self, design: Design, dialect: str, taken: set[str]) -> list[Part]:
        """What the user decided, as far as it fits; the rest is told."""
        found: dict[str, Additions] = {}
        for base, additions in self.decisions.models.items():
            fit = designing.weighed(design, base, additions, dialect)
            if fit.answer is not None:
                found[base] = fit.answer
            for each in fit.refused:
                self._left[f"{base}: {each.part}" if each.part else base] = "; ".join(each.faults)
        parts, twice = designing.parts(found, self.host, taken, given=True)
        self._left |= dict.fromkeys(twice, "another model has this name")
        return parts

    def mend(self, design: Design, verdicts: Verdicts) -> Design:
        """The design with what failed corrected, or back as it was offline. The same if nothing
        that was added failed.

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
            if part.target in again and not part.given
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
            if part.target in answers and not part.given:
                kept.append(mending.mended(part, answers[part.target]))
            elif part.target not in failed:
                kept.append(part)
            else:
                self._lose(part, f"it failed: {failed[part.target][:200]}")
        self._parts = kept
        return self._laid()

    def asked(self) -> Asked | None:
        """None where no provider was asked."""
        if self.session is None:
            return None
        self.session.edits = sum(not part.given for part in self._parts)
        return self.session.asked()

    # ------------------------------------------------------------ inside

    def _fall_back(self, what: str, why: str) -> None:
        if self.session is not None:
            self.session.fall_back(what, why)

    def _lose(self, part: Part, why: str) -> None:
        """What the user gave is told with what the design left out; a provider's with its own."""
        if part.given:
            self._left[part.target] = why
        else:
            self._fall_back(part.target, why)

    def _answers(
        self, label: str, system: str, questions: Sequence[Question[Any]]
    ) -> dict[str, Any]:
        """Raises ProviderError: the provider is of no use, and nobody asked to go on without."""
        if self.session is None:
            return {}
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
        for part in self._parts:
            if part.target in found.refused:
                self._lose(part, found.refused[part.target])
        self._parts = list(found.parts)
        if not self._left:
            return found.design
        told = tuple(LeftOut(what=what, why=f"{FILE}: {why}") for what, why in self._left.items())
        left_out = (*found.design.left_out, *told)
        return found.design.model_copy(update={"left_out": left_out})

    def _offline_with_columns(self, part: Part) -> Design:
        """What a part stands on: the offline design, with what others added that it may read."""
        assert self._offline is not None
        below = [p for p in self._parts if p.target != part.target and (p.mart is None or p.given)]
        return designing.laid(self._offline, below, adapters.dialect(self._offline.adapter)).design

    def _system(self, text: str) -> str:
        return designing.with_context(text, self.settings.context)


def improver(
    settings: Settings,
    host: Host,
    store: Store,
    progress: Progress,
    opened: Opened | None,
    decisions: Decisions | None = None,
) -> Improver | None:
    """None where the rules are alone."""
    said = decisions or Decisions()
    if opened is None and not said.models:
        return None
    own = {m.name: m.description for m in host.models if m.description and not m.generated}
    session = Session(opened, settings, store, progress, own_docs(own)) if opened else None
    return Improver(session, host, settings, said)
