"""Every fault that a provider can have, through the real SDKs, as a program.

Run in an environment that holds cartridge and one set of SDK versions:

    python -m tests.support.llm_scenarios anthropic openai gemini clouds

Prints one JSON line for each SDK and scenario: `{"wire": …, "scenario": …, "problem": ""}`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any, Literal

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.asked import Asked
from dbt_cartridge.documents.wording import Name
from dbt_cartridge.llm.models import Model
from dbt_cartridge.llm.opening import Opened, open_provider
from dbt_cartridge.llm.pace import Pace
from dbt_cartridge.llm.protocol import Provider
from dbt_cartridge.llm.questions import Answer, Question
from dbt_cartridge.llm.session import Session
from dbt_cartridge.progress import Silent
from tests.support.llm_server import Served, Step, serving

KEY = "sk-planted-0123456789abcdef"
TIMEOUT = 0.7
GOOD = json.dumps({"q1": {"name": "customer", "column": "id"}})
BAD = json.dumps({"q1": {"name": "Customer Two", "column": "no_such_column"}})
SOON = (("retry-after", "0.05"),)
ELSEWHERE = (("location", "http://127.0.0.2:9/v1/messages"),)
HERE = (("location", ""),)  # the address that was asked


class Named(Answer):
    name: Name
    column: Literal["id", "email"]


QUESTION = Question("name", "raw.customers", "table customers: id, email", [], Named)

# What is played, whether an answer is taken in the end, and how many requests that takes.
SCENARIOS: dict[str, tuple[list[Step], bool, int]] = {
    "happy": ([Step(GOOD)], True, 1),
    "429 then success": ([Step(status=429, headers=SOON), Step(GOOD)], True, 2),
    "429 for ever": ([Step(status=429, headers=SOON)] * 5, False, 5),
    "500 then success": ([Step(status=500), Step(GOOD)], True, 2),
    "500 for ever": ([Step(status=500)] * 5, False, 5),
    "overloaded then success": ([Step(status=529), Step(GOOD)], True, 2),
    "malformed JSON, then a good answer": ([Step(GOOD[:20]), Step(GOOD)], True, 2),
    "schema violation, then a good answer": ([Step(BAD), Step(GOOD)], True, 2),
    "schema violation for ever": ([Step(BAD)] * 3, False, 3),
    "refusal": ([Step(stop="refusal")] * 3, False, 3),
    "refusal, then a good answer": ([Step(stop="refusal"), Step(GOOD)], True, 2),
    "truncated": ([Step(GOOD[:20], stop="truncated")] * 3, False, 3),
    "time-out, then success": ([Step(GOOD, delay=2 * TIMEOUT), Step(GOOD)], True, 2),
    "dropped connection, then success": ([Step(drop=True), Step(GOOD)], True, 2),
    "HTML with 200": ([Step(raw="<html>proxy login</html>")] * 5, False, 5),
    "a byte at a time, then success": ([Step(drip=0.2 * TIMEOUT), Step(GOOD)], True, 2),
    "a reply without end": ([Step(endless=True)], False, 1),
    "a redirect to another host": ([Step(status=307, headers=ELSEWHERE)], False, 1),
    "a redirect to the same host": ([Step(status=307, headers=HERE), Step(GOOD)], True, 1),
    "401": ([Step(status=401)], False, 1),
    "400": ([Step(status=400)], False, 1),
}


# The clouds speak the same protocols to another address and with another login: these tell.
CLOUDS = {
    "azure": "azure:gpt-x",
    "bedrock": "bedrock:anthropic.claude-x-v1:0",
    "vertex": "vertex:gemini-x",
    "vertex claude": "vertex:claude-x",
}
OF_CLOUDS = ("happy", "429 then success", "schema violation, then a good answer", "401", "400")


class Memory:
    """Keeps answers for one run."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}

    def read(self, key: str) -> dict[str, Any] | None:
        return self.entries.get(key)

    def keep(self, key: str, entry: dict[str, Any]) -> None:
        self.entries[key] = entry


def ask(provider: Provider, waits: list[float] | None = None) -> tuple[dict[str, Named], Asked]:
    """One question, in a session of its own whose pauses are short."""
    settings = Settings(provider="mock", concurrency=2)
    session = Session(
        Opened(provider, Model("mock", "", 32_768, 8_192)), settings, Memory(), Silent()
    )
    kept = waits if waits is not None else []
    session.pace = Pace(2, wait=lambda seconds: (kept.append(seconds), time.sleep(0.01))[1])
    return session.answers("Naming", "You name tables.", [QUESTION]), session.asked()


def providers(names: list[str], url: str) -> Iterator[tuple[str, Provider]]:
    if "anthropic" in names:
        from dbt_cartridge.llm.providers.anthropic import Anthropic

        yield "anthropic", Anthropic("claude-x", key=KEY, base_url=url, timeout=TIMEOUT)
    if "openai" in names:
        from dbt_cartridge.llm.providers.openai import OpenAI

        for wire in ("responses", "chat"):
            yield wire, OpenAI("gpt-x", key=KEY, base_url=f"{url}/v1", timeout=TIMEOUT, wire=wire)
    if "gemini" in names:
        from dbt_cartridge.llm.providers.gemini import Gemini

        yield "gemini", Gemini("gemini-x", key=KEY, base_url=url, timeout=TIMEOUT, vertex=False)


def clouds(url: str) -> Iterator[tuple[str, Provider]]:
    """Opened as a user does: from the settings and the clouds' own variables."""
    import google.auth
    from google.oauth2.credentials import Credentials

    class Static(Credentials):
        def refresh(self, request: object) -> None:
            self.token = KEY

    google.auth.default = lambda *_, **__: (Static(KEY), "a-project")  # type: ignore[assignment]
    os.environ |= {
        "AZURE_OPENAI_API_KEY": KEY, "AZURE_OPENAI_ENDPOINT": url,
        "OPENAI_API_VERSION": "2025-04-01-preview",
        "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1",
        "GOOGLE_CLOUD_PROJECT": "a-project", "GOOGLE_CLOUD_LOCATION": "europe-west1",
        "ANTHROPIC_VERTEX_PROJECT_ID": "a-project", "CLOUD_ML_REGION": "europe-west1",
    }  # fmt: skip
    for cloud, provider in CLOUDS.items():
        elsewhere = None if cloud == "azure" else url
        opened = open_provider(Settings(provider=provider, base_url=elsewhere))
        assert opened is not None
        yield cloud, opened.provider


def problem(provider: Provider, served: Served, scenario: str) -> str:
    """What went otherwise than it should; "" if nothing."""
    steps, taken, requests = SCENARIOS[scenario]
    served.play(*steps)
    found, asked = ask(provider)
    wrong = list(served.problems)
    served.problems.clear()
    if bool(found) != taken:
        wrong.append(f"taken: {bool(found)}, {asked.fallbacks}")
    sent = requests + sum(step.headers == HERE for step in steps)
    if asked.requests != requests or len(served.bodies) != sent:
        wrong.append(f"{asked.requests} requests counted, {len(served.bodies)} sent")
    if found and found["raw.customers"].name != "customer":
        wrong.append(f"answer {found}")
    if scenario == "happy" and (asked.tokens_in, asked.tokens_out, asked.tokens_cached) != (
        100, 50, 40,
    ):  # fmt: skip
        wrong.append(f"tokens {asked}")
    if KEY in asked.model_dump_json():
        wrong.append("the key is in what is reported")
    if not any(KEY in value for headers in served.headers for value in headers.values()):
        wrong.append("the key was not sent")
    return "; ".join(wrong)


def main(names: list[str]) -> None:
    for variable in [v for v in os.environ if v.lower().endswith("_proxy")]:
        del os.environ[variable]
    with serving() as served:
        for wire, provider in providers(names, served.url):
            for scenario in SCENARIOS:
                line = {"wire": wire, "scenario": scenario}
                line["problem"] = problem(provider, served, scenario)
                print(json.dumps(line), flush=True)
        for cloud, provider in clouds(served.url) if "clouds" in names else ():
            for scenario in OF_CLOUDS:
                line = {"wire": cloud, "scenario": scenario}
                line["problem"] = problem(provider, served, scenario)
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
