"""OpenAI's SDK: the Responses API, Azure, and chat completions of whatever server speaks them."""

from __future__ import annotations

from typing import Any, Literal

from dbt_cartridge.llm.protocol import (
    Ask,
    Passing,
    ProviderError,
    Reply,
    Stop,
    TimedOut,
    by_status,
    retry_after,
)  # fmt: skip
from dbt_cartridge.llm.strict import closed, strict
from dbt_cartridge.llm.wire import bound, bounds_said

Wire = Literal["responses", "chat"]


class OpenAI:
    """`local`: a compatible server, which obeys bounds in the schema, and which strict-mode
    providers would refuse."""

    def __init__(
        self,
        model: str,
        *,
        key: str | None,
        base_url: str | None,
        timeout: float,
        wire: Wire = "responses",
        azure: bool = False,
    ) -> None:
        import openai

        self._sdk: Any = openai
        self._model = model
        self._wire = wire
        common: dict[str, Any] = {"timeout": timeout, "max_retries": 0}
        if azure:  # AZURE_OPENAI_ENDPOINT and OPENAI_API_VERSION are read by the SDK
            self._client: Any = openai.AzureOpenAI(api_key=key, **common)
        else:
            self._client = openai.OpenAI(api_key=key or "none", base_url=base_url, **common)
        bound(self._client._client, 2 * timeout)

    def ask(self, request: Ask) -> Reply:
        sdk = self._sdk
        try:
            if self._wire == "responses":
                return self._response(request)
            return self._chat(request)
        except ProviderError:
            raise
        except sdk.APITimeoutError as error:
            raise TimedOut(type(error).__name__) from None
        except sdk.APIConnectionError as error:
            raise bounds_said(error) or Passing(type(error).__name__) from None
        except sdk.APIStatusError as error:
            after = retry_after(error.response.headers)
            raise by_status(error.status_code, str(error.message), after) from None
        except (sdk.APIError, AttributeError, IndexError, TypeError, ValueError) as error:
            raise Passing(f"not an answer: {type(error).__name__}") from None

    def _response(self, request: Ask) -> Reply:
        # Not kept by the provider. The instructions come first: a prefix that it caches by itself.
        answer = self._client.responses.create(
            model=self._model,
            instructions=request.system,
            input=request.prompt,
            store=False,
            max_output_tokens=request.max_tokens,
            text={"format": {**_named(strict(request.schema)), "type": "json_schema"}},
        )
        if not hasattr(answer, "output"):
            raise Passing("not an answer: a body that is no response")
        parts = [part for item in answer.output for part in (getattr(item, "content", None) or ())]
        why = answer.incomplete_details.reason if answer.incomplete_details else None
        refused = why == "content_filter" or any(
            getattr(part, "type", "") == "refusal" for part in parts
        )
        stop: Stop = "refusal" if refused else "ok"
        if answer.status == "incomplete" and not refused:
            stop = "truncated"
        if answer.status == "failed":
            raise Passing("the response failed")
        usage = answer.usage
        details = getattr(usage, "input_tokens_details", None)
        cached = getattr(details, "cached_tokens", None) or 0
        return Reply(answer.output_text, usage.input_tokens, usage.output_tokens, cached, stop)

    def _chat(self, request: Ask) -> Reply:
        answer = self._client.chat.completions.create(
            model=self._model,
            messages=[
                {"role": "system", "content": request.system},
                {"role": "user", "content": request.prompt},
            ],
            max_tokens=request.max_tokens,
            response_format={"type": "json_schema", "json_schema": _named(closed(request.schema))},
        )
        if not getattr(answer, "choices", None):
            raise Passing("not an answer: a body that is no completion")
        choice = answer.choices[0]
        refused = getattr(choice.message, "refusal", None)
        stop: Stop = "refusal" if refused or choice.finish_reason == "content_filter" else "ok"
        if choice.finish_reason == "length":
            stop = "truncated"
        usage = answer.usage  # some servers leave it out
        details = getattr(usage, "prompt_tokens_details", None)
        return Reply(
            choice.message.content or "",
            getattr(usage, "prompt_tokens", None) or 0,
            getattr(usage, "completion_tokens", None) or 0,
            getattr(details, "cached_tokens", None) or 0,
            stop,
        )


def _named(schema: Any) -> dict[str, Any]:
    return {"name": "answers", "schema": schema, "strict": True}
