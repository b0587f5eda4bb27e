"""Claude, through Anthropic's SDK: directly, on Amazon Bedrock, or on Google's Vertex AI."""

from __future__ import annotations

from typing import Any

from dbt_cartridge.llm.protocol import (
    Ask,
    Passing,
    ProviderError,
    Reply,
    TimedOut,
    by_status,
    retry_after,
)  # fmt: skip
from dbt_cartridge.llm.strict import strict
from dbt_cartridge.llm.wire import bound, bounds_said

_STOPS = {
    "refusal": "refusal",
    "max_tokens": "truncated",
    "model_context_window_exceeded": "truncated",
}


class Anthropic:
    """No `temperature`: the newer models refuse it."""

    def __init__(
        self, model: str, *, key: str | None, base_url: str | None, timeout: float, cloud: str = ""
    ) -> None:
        import anthropic

        sdk: Any = anthropic
        self._sdk = sdk
        self._model = model
        common: dict[str, Any] = {"timeout": timeout, "max_retries": 0}
        if base_url:
            common["base_url"] = base_url
        if cloud == "bedrock":
            self._client: Any = sdk.AnthropicBedrock(**common)
        elif cloud == "vertex":
            self._client = sdk.AnthropicVertex(**common)
        else:
            self._client = sdk.Anthropic(api_key=key, **common)
        bound(self._client._client, 2 * timeout)

    def ask(self, request: Ask) -> Reply:
        sdk = self._sdk
        # The system text is the same for all requests of a kind: read from the cache but once.
        system = [{"type": "text", "text": request.system, "cache_control": {"type": "ephemeral"}}]
        try:
            answer = self._client.messages.create(
                model=self._model,
                max_tokens=request.max_tokens,
                system=system,
                messages=[{"role": "user", "content": request.prompt}],
                output_config={"format": {"type": "json_schema", "schema": strict(request.schema)}},
            )
            return self._reply(answer)
        except ProviderError:
            raise
        except sdk.APITimeoutError as error:
            raise TimedOut(type(error).__name__) from None
        except sdk.APIConnectionError as error:
            raise bounds_said(error) or Passing(type(error).__name__) from None
        except sdk.APIStatusError as error:
            after = retry_after(error.response.headers)
            raise by_status(error.status_code, str(error.message), after) from None
        except (sdk.APIError, AttributeError, TypeError, ValueError) as error:
            raise Passing(f"not an answer: {type(error).__name__}") from None

    @staticmethod
    def _reply(answer: Any) -> Reply:
        if not hasattr(answer, "content"):
            raise Passing("not an answer: a body that is no message")
        usage = answer.usage
        cached = getattr(usage, "cache_read_input_tokens", None) or 0
        written = getattr(usage, "cache_creation_input_tokens", None) or 0
        return Reply(
            "".join(part.text for part in answer.content if part.type == "text"),
            usage.input_tokens + cached + written,
            usage.output_tokens,
            cached,
            _STOPS.get(answer.stop_reason, "ok"),  # type: ignore[arg-type]
        )
