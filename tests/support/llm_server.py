"""A server on loopback that speaks the providers' real protocols, from a script.

Anthropic Messages, OpenAI Responses and Chat Completions, Gemini generateContent. Every 2xx body
is held against the SDK's own response type before it is sent: a stub that drifts from the
protocol fails the test that uses it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Step:
    """One answer. `stop`: refusal or truncated. `drop`: the connection ends without one."""

    text: str = ""
    status: int = 200
    stop: str = ""
    raw: str | None = None  # sent as it is, as HTML
    delay: float = 0.0
    drop: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    drip: float = 0.0  # seconds before each byte, which never end
    endless: bool = False  # as many bytes as are taken


@dataclass
class Served:
    """What is to be answered, and what was asked."""

    url: str = ""
    script: list[Step] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def play(self, *steps: Step) -> None:
        self.script[:] = steps
        self.bodies.clear()
        self.headers.clear()


@contextmanager
def serving() -> Iterator[Served]:
    served = Served()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None: ...

        def do_POST(self) -> None:
            length = int(self.headers["content-length"] or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            with lock:
                step = served.script.pop(0) if served.script else Step(status=418)
                served.bodies.append(body)
                served.headers.append(dict(self.headers))
            time.sleep(step.delay)
            if step.drop:
                self.close_connection = True
                self.connection.close()
                return
            if step.drip or step.endless:
                self._go_on(step)
                return
            self._send(step, _protocol(self.path), body)

        def _go_on(self, step: Step) -> None:
            self.close_connection = True
            try:
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.end_headers()
                for _ in range(2_000 if step.endless else 200):
                    self.wfile.write(b" " * (100_000 if step.endless else 1))
                    time.sleep(step.drip)
            except OSError:
                pass  # the client has had enough

        def _send(self, step: Step, protocol: str, body: dict[str, Any]) -> None:
            kind = "application/json"
            if step.raw is not None:
                text, kind = step.raw, "text/html"
            elif step.status != 200:
                text = json.dumps(_error(protocol, step.status))
            else:
                try:
                    text = json.dumps(_BODIES[protocol](body, step))
                except Exception as error:
                    served.problems.append(f"{protocol}: {error}")
                    text = "{}"
            try:
                self.send_response(step.status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(text.encode())))
                for name, value in step.headers:
                    self.send_header(name, value or self.path)
                self.end_headers()
                self.wfile.write(text.encode())
            except OSError:
                pass  # the client has given up

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None: ...

    server = Quiet(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _protocol(path: str) -> str:
    """By the address; Bedrock's and Vertex's have the model's name in it."""
    path = path.partition("?")[0]
    if path.endswith(("/messages", "/invoke", ":rawPredict")):
        return "anthropic"
    if path.endswith("/responses"):
        return "responses"
    return "chat" if path.endswith("/chat/completions") else "gemini"


def _error(protocol: str, status: int) -> dict[str, Any]:
    names = {429: "rate_limit_error", 500: "api_error", 529: "overloaded_error"}
    name = names.get(status, "invalid_request_error")
    if protocol == "anthropic":
        return {"type": "error", "error": {"type": name, "message": "scripted"}}
    if protocol == "gemini":
        return {"error": {"code": status, "message": "scripted", "status": "UNKNOWN"}}
    return {"error": {"message": "scripted", "type": name, "param": None, "code": None}}


def _anthropic(body: dict[str, Any], step: Step) -> dict[str, Any]:
    from anthropic.types import Message

    assert body["output_config"]["format"]["type"] == "json_schema", "no structured output"
    assert "temperature" not in body
    stops = {"refusal": "refusal", "truncated": "max_tokens"}
    content = [] if step.stop == "refusal" else [{"type": "text", "text": step.text}]
    answer = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x",
        "content": content, "stop_reason": stops.get(step.stop, "end_turn"),
        "stop_sequence": None,
        "usage": {"input_tokens": 60, "cache_read_input_tokens": 40, "output_tokens": 50},
    }  # fmt: skip
    Message.model_validate(answer)
    return answer


def _responses(body: dict[str, Any], step: Step) -> dict[str, Any]:
    from openai.types.responses import Response

    assert body["text"]["format"]["strict"] is True, "no structured output"
    assert body["store"] is False
    part = (
        {"type": "refusal", "refusal": "I cannot help with that."}
        if step.stop == "refusal"
        else {"type": "output_text", "text": step.text, "annotations": []}
    )
    cut = step.stop == "truncated"
    answer = {
        "id": "resp_1", "object": "response", "created_at": 1_795_000_000, "model": body["model"],
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "output": [{"type": "message", "id": "m1", "status": "completed", "role": "assistant",
                    "content": [part]}],
        "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None,
        "instructions": None, "metadata": {}, "temperature": 1.0, "top_p": 1.0,
        "usage": {"input_tokens": 100, "output_tokens": 50, "total_tokens": 150,
                  "input_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 0},
                  "output_tokens_details": {"reasoning_tokens": 0}},
    }  # fmt: skip
    Response.model_validate(answer)
    return answer


def _chat(body: dict[str, Any], step: Step) -> dict[str, Any]:
    from openai.types.chat import ChatCompletion

    assert body["response_format"]["type"] == "json_schema", "no structured output"
    refused = step.stop == "refusal"
    message = {
        "role": "assistant",
        "content": None if refused else step.text,
        "refusal": "I cannot help with that." if refused else None,
    }
    finish = "length" if step.stop == "truncated" else "stop"
    choice = {"index": 0, "finish_reason": finish, "logprobs": None, "message": message}
    answer = {
        "id": "c1", "object": "chat.completion", "created": 1_795_000_000, "model": body["model"],
        "choices": [choice],
        "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150,
                  "prompt_tokens_details": {"cached_tokens": 40}},
    }  # fmt: skip
    ChatCompletion.model_validate(answer)
    return answer


def _gemini(body: dict[str, Any], step: Step) -> dict[str, Any]:
    from google.genai.types import GenerateContentResponse

    config = body["generationConfig"]
    assert "responseJsonSchema" in config, "no structured output"
    stops = {"refusal": "SAFETY", "truncated": "MAX_TOKENS"}
    candidate: dict[str, Any] = {"index": 0, "finishReason": stops.get(step.stop, "STOP")}
    if step.stop != "refusal":
        candidate["content"] = {"role": "model", "parts": [{"text": step.text}]}
    answer = {
        "candidates": [candidate], "modelVersion": "scripted", "responseId": "r1",
        "usageMetadata": {"promptTokenCount": 100, "candidatesTokenCount": 50,
                          "totalTokenCount": 150, "cachedContentTokenCount": 40},
    }  # fmt: skip
    GenerateContentResponse.model_validate(answer)
    return answer


_BODIES = {
    "anthropic": _anthropic, "responses": _responses, "chat": _chat, "gemini": _gemini,
}  # fmt: skip
