"""Exactly what would be sent, with what it would come to. Nothing is sent, and no key is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dbt_cartridge import adapters
from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.llm import designing, naming, settling
from dbt_cartridge.llm.batches import batches
from dbt_cartridge.llm.facts import Told, own_docs
from dbt_cartridge.llm.meter import tokens
from dbt_cartridge.llm.models import Model, resolve
from dbt_cartridge.llm.prices import price
from dbt_cartridge.llm.questions import Question
from dbt_cartridge.llm.session import Store, compose


@dataclass(frozen=True)
class Estimate:
    requests: int
    tokens_in: int
    tokens_out: int
    known: int  # questions whose answers are kept from an earlier run
    price: float | None


def prompts(
    settings: Settings, schema: Schema, scan: Scan, designed: Design, host: Host, store: Store
) -> Iterator[str | Estimate]:
    """The text of each request, and an estimate at the end.

    Marts are shown as the rules name them: what the provider names otherwise is not known before.
    """
    elsewhere = settings.base_url is not None
    model = resolve(settings.provider, window=settings.window, elsewhere=elsewhere)
    own = own_docs(
        {m.name: m.description for m in host.models if m.description and not m.generated}
    )
    told = Told(schema, scan, settings)
    kinds: list[tuple[str, list[Question[Any]]]] = [
        (settling.SYSTEM, settling.questions(told)),
        (naming.SYSTEM, naming.questions(told)),
    ]
    if settings.verify != "none":
        dialect = adapters.dialect(designed.adapter)
        system = designing.system(dialect)
        kinds.append((system, designing.questions(designed, dialect)))
    requests = tokens_in = tokens_out = known = 0
    for text, questions in kinds:
        system = designing.with_context(text, settings.context)
        asked = [q for q in questions if store.read(q.key(str(model), system)) is None]
        known += len(questions) - len(asked)
        told_too = f"{system}\n\n{own}" if own else system
        for batch in batches(asked, model, tokens(told_too)):
            request = compose(told_too, batch, {}, model.output, narrow=elsewhere)
            schema_text = json.dumps(request.schema)
            requests += 1
            tokens_in += tokens(request.system) + tokens(request.prompt) + tokens(schema_text)
            tokens_out += sum(question.expected for question in batch)
            yield f"{request.system}\n\n{request.prompt}\n\nAnswer schema: {schema_text}"
    cost = _price(model, tokens_in, tokens_out)
    yield Estimate(requests, tokens_in, tokens_out, known, cost)


def _price(model: Model, tokens_in: int, tokens_out: int) -> float | None:
    return price(model.provider, model.name, tokens_in, tokens_out, 0)
