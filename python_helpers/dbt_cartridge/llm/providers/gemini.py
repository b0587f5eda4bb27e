"""Gemini, through `google-genai`: with an API key, or on Vertex AI."""

from __future__ import annotations

import os
from typing import Any

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
from dbt_cartridge.llm.strict import strict
from dbt_cartridge.llm.wire import bound


class Gemini:
    """The SDK's own retries know no Retry-After: they are left off."""

    def __init__(
        self, model: str, *, key: str | None, base_url: str | None, timeout: float, vertex: bool
    ) -> None:
        from google import genai
        from google.genai import errors, types

        self._errors: Any = errors
        self._model = model
        # Milliseconds. Without retry options the SDK sends once.
        options = types.HttpOptions(base_url=base_url, timeout=int(timeout * 1000))
        if vertex:
            # Said, and not left to the SDK: with a base_url it would log in nowhere.
            project = os.environ.get("GOOGLE_CLOUD_PROJECT")
            location = os.environ.get("GOOGLE_CLOUD_LOCATION")
            self._client: Any = genai.Client(
                vertexai=True, project=project, location=location, http_options=options
            )
        else:
            self._client = genai.Client(vertexai=False, api_key=key, http_options=options)
        bound(self._client._api_client._httpx_client, 2 * timeout)

    def ask(self, request: Ask) -> Reply:
        try:
            answer = self._client.models.generate_content(
                model=self._model,
                contents=[{"role": "user", "parts": [{"text": request.prompt}]}],
                config={
                    "system_instruction": request.system,
                    "max_output_tokens": request.max_tokens,
                    "response_mime_type": "application/json",
                    "response_json_schema": strict(request.schema),
                },
            )
            return _reply(answer)
        except ProviderError:
            raise
        except self._errors.APIError as error:
            headers = getattr(error.response, "headers", None)
            raise by_status(error.code or 500, error.message or "", retry_after(headers)) from None
        except Exception as error:
            # Time-outs and lost connections are those of whichever HTTP client the SDK has.
            name = type(error).__name__
            raise (TimedOut(name) if "imeout" in name else Passing(name)) from None


def _reply(answer: Any) -> Reply:
    candidate = (answer.candidates or [None])[0]
    finish = candidate.finish_reason.name if candidate and candidate.finish_reason else "BLOCKED"
    usage = answer.usage_metadata
    if usage is None and candidate is None:
        raise Passing("not an answer: neither candidates nor usage")
    parts = (candidate.content.parts or ()) if candidate and candidate.content else ()
    stops: dict[str, Stop] = {"STOP": "ok", "MAX_TOKENS": "truncated"}
    return Reply(
        "".join(part.text or "" for part in parts if not getattr(part, "thought", None)),
        getattr(usage, "prompt_token_count", None) or 0,
        (getattr(usage, "candidates_token_count", None) or 0)
        + (getattr(usage, "thoughts_token_count", None) or 0),
        getattr(usage, "cached_content_token_count", None) or 0,
        stops.get(finish, "refusal"),
    )
