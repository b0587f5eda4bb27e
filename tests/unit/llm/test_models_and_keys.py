"""Names of models, keys and extras: what is missing or misspelt is said before anything is done."""

from __future__ import annotations

import builtins
import json
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from typing import Any
from urllib.parse import quote

import pytest

from dbt_cartridge.config import Settings
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.llm.keys import key, redacted, without_keys
from dbt_cartridge.llm.models import catalogue, listed, resolve
from dbt_cartridge.llm.opening import open_provider
from dbt_cartridge.llm.protocol import Reply, by_status
from dbt_cartridge.llm.questions import Answer, Question
from dbt_cartridge.llm.session import judged

KEY = "sk-planted-0123456789abcdef"


@pytest.mark.parametrize("provider", ["anthropic", "openai", "gemini"])
@pytest.mark.parametrize("grade", ["fast", "default", "best"])
def test_a_grade_is_a_model(provider: str, grade: str):
    assert resolve(f"{provider}:{grade}").name == catalogue()[provider][grade]


def test_a_provider_alone_is_its_default_model():
    assert resolve("anthropic").name == catalogue()["anthropic"]["default"]


def test_a_wrong_name_is_answered_with_the_nearest_right_ones():
    with pytest.raises(ConfigError, match="claude-opus-5-5"):
        resolve("anthropic:claude-opos-5-5")
    with pytest.raises(ConfigError, match="best"):
        resolve("openai:bestt")


@pytest.mark.parametrize(
    "name", ["anthropic:claude-opus-7", "openai:gpt-9", "gemini:gemini-9-flash", "openai:zeta-1"]
)
def test_an_unknown_newer_name_is_passed_through(name: str):
    assert str(resolve(name)) == name


def test_any_model_of_a_server_of_ones_own_is_passed_through():
    assert resolve("openai:claude-opos-5-5", elsewhere=True).name == "claude-opos-5-5"


def test_every_provider_is_listed():
    names = [name for name, _ in listed()]
    for provider, known in catalogue().items():
        assert f"{provider}:{known['best']}" in names
    with pytest.raises(ConfigError, match="openai"):
        listed("opnai")


def test_an_unknown_provider_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="anthropic"):
        Settings(provider="antropic:best")


@pytest.mark.parametrize(
    ("provider", "variable"),
    [("anthropic", "ANTHROPIC_API_KEY"), ("openai", "OPENAI_API_KEY"),
     ("gemini", "GOOGLE_API_KEY"), ("azure:gpt", "AZURE_OPENAI_API_KEY")],
)  # fmt: skip
def test_a_missing_key_says_which_variable_to_set(provider: str, variable: str):
    with pytest.raises(ConfigError, match=variable):
        open_provider(Settings(provider=provider), {})


@pytest.mark.parametrize(
    "variable",
    ["GOOGLE_API_KEY", "GEMINI_API_KEY", "DBT_ENV_SECRET_GOOGLE_API_KEY",
     "DBT_ENV_SECRET_GEMINI_API_KEY"],
)  # fmt: skip
def test_a_key_stands_where_the_sdk_or_dbt_cloud_would_have_it(variable: str):
    assert key("gemini", {variable: KEY}) == KEY


def test_a_local_server_needs_no_key():
    settings = Settings(provider="openai:qwen", base_url="http://127.0.0.1:1/v1")
    assert open_provider(settings, {}) is not None


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    real = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name.split(".")[0] in ("anthropic", "openai", "google"):
            raise ImportError(name=name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    for provider, variable in (
        ("anthropic", "ANTHROPIC_API_KEY"), ("openai", "OPENAI_API_KEY"),
        ("gemini", "GOOGLE_API_KEY"),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=rf"dbt-cartridge\[{provider}\]"):
            open_provider(Settings(provider=provider), {variable: KEY})


def test_a_limit_of_costs_needs_a_price():
    settings = Settings(provider="openai:qwen", base_url="http://127.0.0.1:1/v1", max_cost=1)
    with pytest.raises(ConfigError, match="max_tokens"):
        open_provider(settings, {})


def test_keys_are_taken_out_of_every_text():
    environment = {"DBT_ENV_SECRET_X": "hunter22", "OPENAI_API_KEY": KEY}
    text = redacted(f"bad key {KEY}, hunter22, sk-another-0123456789abcd", environment)
    assert "planted" not in text
    assert "hunter22" not in text
    assert "another" not in text


def written(secret: str) -> dict[str, str]:
    data = secret.encode()
    basic = {f"base64 behind {n}": b64encode(b"x" * n + b":" + data).decode() for n in range(4)}
    return basic | {
        "url": quote(secret, safe=""),
        "url in base64": urlsafe_b64encode(data).decode(),
        "hex": data.hex(),
        "json": json.dumps(secret),
    }


@pytest.mark.parametrize("secret", ["hunter2/+é=&x", KEY, "a b%c?d~e"])
def test_keys_are_known_in_whatever_they_are_written(secret: str):
    environment = {"DBT_ENV_SECRET_X": secret}
    for name, form in written(secret).items():
        kept = redacted(f"echo {form} end", environment)
        assert "•••" in kept, name
        assert len(kept) < len("echo  end") + 16, name
        assert without_keys({"a": [form]}, environment) != {"a": [form]}, name


def test_a_key_goes_out_before_a_message_is_cut(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "planted-key-of-the-user")
    said = str(by_status(400, "x" * 190 + " planted-key-of-the-user"))
    assert "planted" not in said


def test_an_answer_that_echoes_a_key_is_kept_without_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "planted-key-of-the-user")
    escaped = "\\u0070lanted-key-of-the-user"
    text = f'{{"q1": {{"note": "it is {escaped}, key-performance-indicator"}}}}'
    kept = judged([Question("name", "x", "", [], Noted)], Reply(text, 1, 1), {})[0].answer
    assert isinstance(kept, Noted)
    assert kept.note == "it is •••, key-performance-indicator"


class Noted(Answer):
    note: str


def test_no_sdk_is_imported_before_it_is_used():
    code = (
        "import sys, dbt_cartridge.pipeline, dbt_cartridge.cli;"
        "print([m for m in ('anthropic', 'openai', 'google.genai', 'genai_prices') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
