"""Asked: what a provider was asked in a run, what became of its answers, and what it cost."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from dbt_cartridge.documents.base import Document, Frozen


def _count(description: str) -> int:
    return Field(default=0, description=description)


class Fallback(Frozen):
    """What the rules decided because no answer could be taken."""

    what: str  # a table, or a model
    why: str


class Asked(Document):
    """Tokens and price are the provider's count at list prices; answers kept cost nothing."""

    file_name: ClassVar[str] = "asked.json"

    model: str  # `anthropic:claude-…`
    requests: int = _count("Requests that were sent, retries included.")
    retries: int = _count("Of those, sent again after a fault on the way.")
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = _count("Of the tokens read, from the provider's prompt cache.")
    price: float | None = None  # US dollars, where known
    seconds: float = 0.0
    accepted: int = _count("Answers that were taken.")
    corrected: int = _count("Of those, taken after one that was refused.")
    rejected: int = _count("Questions without an answer that could be taken.")
    kept: int = _count("Answers that were known from an earlier run.")
    edits: int = _count("Changes to the design that stand after verification.")
    fallbacks: tuple[Fallback, ...] = ()
    questions: tuple[Fallback, ...] = ()  # of the provider to the user: about which model, and what
