"""The four wires as a provider speaks them: what a request must be, and what is said to it.

Sources: the API references of the providers and the types of their Python clients.
"""
from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
KEY = "test-key-0123456789"
class Refused(Exception):
    """What a request is answered with instead of an answer."""

    def __init__(self, status: int, kind: str, words: str) -> None:
        super().__init__(words)
        self.status, self.kind, self.words = status, kind, words


def known_members(what: Json, needed: set[str], allowed: set[str]) -> None:
    missing, extra = needed - what.keys(), what.keys() - needed - allowed
    if missing:
        raise Refused(400, "request", f"{min(missing)}: Field required")
    if extra:
        raise Refused(400, "request", f"{min(extra)}: Extra inputs are not permitted")


def alternate(roles: list[str], user: str, other: str) -> None:
    for at, role in enumerate(roles):
        if role != (user, other)[at % 2]:
            raise Refused(400, "request", f"messages.{at}: {role} does not follow")
    if len(roles) % 2 == 0:
        raise Refused(400, "request", "the conversation must end with a user's message")


def plain(schema: Json) -> None:
    """What Anthropic and Cohere refuse in a schema."""
    for word in ("minimum", "maximum", "minLength", "maxLength", "maxItems", "pattern"):
        if word in schema:
            raise Refused(400, "request", f"property '{word}' is not supported")
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        raise Refused(400, "request", "'additionalProperties' must be false")
    for inner in [*schema.get("properties", {}).values(), schema.get("items")]:
        if isinstance(inner, dict):
            plain(inner)


def text_of(content: Any) -> str:
    if isinstance(content, str):
        if not content:
            raise Refused(400, "request", "text content blocks must be non-empty")
        return content
    return "".join(part["text"] for part in content)


class Question:
    """A request, whichever wire it came by."""

    def __init__(self, model: str, system: str, asked: str, schema: Json | None) -> None:
        self.model, self.system, self.asked, self.schema = model, system, asked, schema

    def pieces(self) -> list[str]:
        if self.model == "cut":
            return ["여기까", "지만"]
        if self.schema is not None:
            return [json.dumps(sample(self.schema), ensure_ascii=False)]
        said = f"{self.system} | {self.asked} 😀"
        return [said[:3], said[3:]]


def sample(schema: Json) -> Any:
    """The least that a schema takes."""
    kind = schema["type"]
    if kind == "object":
        return {name: sample(one) for name, one in schema["properties"].items()}
    return {"string": "밝게", "number": 0.5, "integer": 1, "array": [], "boolean": True}[kind]


class OpenAi:
    """POST /v1/chat/completions"""

    statuses = {"key": 401, "model": 404, "busy": 429, "overloaded": 503, "too-long": 400,
                "broke": 429, "request": 400}
    codes = {"key": "invalid_api_key", "model": "model_not_found", "busy": "rate_limit_exceeded",
             "too-long": "context_length_exceeded", "broke": "insufficient_quota"}

    @staticmethod
    def read(_path: str, headers: Any, body: Json) -> Question:
        if headers.get("Authorization") != f"Bearer {KEY}":
            given = headers.get("Authorization", "").removeprefix("Bearer ")
            raise Refused(401, "key", f"Incorrect API key provided: {given}")
        known_members(body, {"model", "messages"},
                      {"max_tokens", "temperature", "stop", "stream", "stream_options",
                       "response_format"})
        turns = [one for one in body["messages"] if one["role"] != "system"]
        system = [one["content"] for one in body["messages"] if one["role"] == "system"]
        alternate([one["role"] for one in turns], "user", "assistant")
        given = body.get("response_format")
        schema = given["json_schema"]["schema"] if given else None
        return Question(body["model"], "".join(system), text_of(turns[-1]["content"]), schema)

    @staticmethod
    def whole(question: Question) -> Json:
        return {"id": "c1", "object": "chat.completion", "created": 1, "model": question.model,
                "choices": [{"index": 0, "finish_reason": OpenAi.reason(question),
                             "message": {"role": "assistant",
                                         "content": "".join(question.pieces())}}],
                "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}}

    @staticmethod
    def reason(question: Question) -> str:
        return {"cut": "length", "declines": "content_filter"}.get(question.model, "stop")

    @staticmethod
    def chunk(question: Question, delta: Json, reason: str | None = None) -> Json:
        return {"id": "c1", "object": "chat.completion.chunk", "created": 1,
                "model": question.model,
                "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    @staticmethod
    def events(question: Question) -> Iterator[Json | str]:
        yield OpenAi.chunk(question, {"role": "assistant", "content": ""})
        for piece in [] if question.model == "declines" else question.pieces():
            yield OpenAi.chunk(question, {"content": piece})
            if question.model == "breaks":
                yield OpenAi.error("overloaded", "the engine failed")
                return
        yield OpenAi.chunk(question, {}, OpenAi.reason(question))
        usage = OpenAi.chunk(question, {})
        yield {**usage, "choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3,
                                                 "total_tokens": 15}}
        yield "[DONE]"

    @staticmethod
    def error(kind: str, words: str) -> Json:
        return {"error": {"message": words, "type": "server_error", "param": None,
                          "code": OpenAi.codes.get(kind)}}

    @staticmethod
    def named(_event: Json) -> str | None:
        return None


class Anthropic:
    """POST /v1/messages, version 2026-10-21"""

    statuses = {"key": 401, "model": 404, "busy": 429, "overloaded": 529, "too-long": 400,
                "broke": 402, "request": 400}
    types = {"key": "authentication_error", "model": "not_found_error", "busy": "rate_limit_error",
             "overloaded": "overloaded_error", "broke": "billing_error"}

    @staticmethod
    def read(_path: str, headers: Any, body: Json) -> Question:
        bearer = headers.get("Authorization", "").removeprefix("Bearer ")
        if KEY not in (headers.get("x-api-key"), bearer):
            raise Refused(401, "key", f"invalid key {bearer}")
        if headers.get("anthropic-version") != "2026-10-21":
            raise Refused(400, "request", "anthropic-version: header is required")
        known_members(body, {"model", "messages", "max_tokens"},
                      {"system", "stop_sequences", "stream", "output_config"})
        alternate([one["role"] for one in body["messages"]], "user", "assistant")
        given = body.get("output_config", {}).get("format")
        if given:
            plain(given["schema"])
        return Question(body["model"], text_of(body.get("system", "-")),
                        text_of(body["messages"][-1]["content"]), given and given["schema"])

    @staticmethod
    def reason(question: Question) -> str:
        return {"cut": "max_tokens", "declines": "refusal"}.get(question.model, "end_turn")

    @staticmethod
    def message(question: Question, content: list[Json], reason: str | None) -> Json:
        return {"id": "msg_1", "type": "message", "role": "assistant", "model": question.model,
                "content": content, "stop_reason": reason, "stop_sequence": None,
                "usage": {"input_tokens": 8, "cache_read_input_tokens": 4,
                          "cache_creation_input_tokens": 0, "output_tokens": 3 if reason else 1}}

    @staticmethod
    def whole(question: Question) -> Json:
        text = {"type": "text", "text": "".join(question.pieces())}
        return Anthropic.message(question, [text], Anthropic.reason(question))

    @staticmethod
    def events(question: Question) -> Iterator[Json | str]:
        yield {"type": "message_start", "message": Anthropic.message(question, [], None)}
        yield {"type": "content_block_start", "index": 0,
               "content_block": {"type": "thinking", "thinking": "", "signature": ""}}
        yield {"type": "content_block_delta", "index": 0,
               "delta": {"type": "thinking_delta", "thinking": "secret"}}
        yield {"type": "content_block_stop", "index": 0}
        yield {"type": "content_block_start", "index": 1,
               "content_block": {"type": "text", "text": ""}}
        yield {"type": "ping"}
        for piece in [] if question.model == "declines" else question.pieces():
            yield {"type": "content_block_delta", "index": 1,
                   "delta": {"type": "text_delta", "text": piece}}
            if question.model == "breaks":
                yield Anthropic.error("overloaded", "Overloaded")
                return
        yield {"type": "content_block_stop", "index": 1}
        yield {"type": "message_delta", "usage": {"output_tokens": 3},
               "delta": {"stop_reason": Anthropic.reason(question), "stop_sequence": None}}
        yield {"type": "message_stop"}

    @staticmethod
    def error(kind: str, words: str) -> Json:
        return {"type": "error", "request_id": "req_1",
                "error": {"type": Anthropic.types.get(kind, "invalid_request_error"),
                          "message": words}}

    @staticmethod
    def named(event: Json) -> str | None:
        return str(event["type"])


class Gemini:
    """POST /v1beta/models/NAME:generateContent and :streamGenerateContent?alt=sse"""

    statuses = {"key": 400, "model": 404, "busy": 429, "overloaded": 503, "too-long": 400,
                "broke": 403, "request": 400}
    names = {"model": "NOT_FOUND", "busy": "RESOURCE_EXHAUSTED", "overloaded": "UNAVAILABLE",
             "broke": "PERMISSION_DENIED"}

    @staticmethod
    def read(path: str, headers: Any, body: Json) -> Question:
        if headers.get("x-goog-api-key") != KEY:
            raise Refused(400, "key", "API key not valid. Please pass a valid API key.")
        if "stream" in path and not path.endswith("?alt=sse"):
            raise Refused(400, "request", "only server-sent events are streamed here")
        known_members(body, {"contents"}, {"systemInstruction", "generationConfig"})
        config = body.get("generationConfig", {})
        known_members(config, set(), {"maxOutputTokens", "temperature", "stopSequences",
                                      "responseMimeType", "responseJsonSchema"})
        alternate([one["role"] for one in body["contents"]], "user", "model")
        schema = config.get("responseJsonSchema")
        if schema and config.get("responseMimeType") != "application/json":
            raise Refused(400, "request", "responseMimeType must be application/json")
        system = body.get("systemInstruction", {"parts": [{"text": "-"}]})
        model = path.removeprefix("/v1beta/models/").split(":")[0]
        return Question(model, text_of(system["parts"]),
                        text_of(body["contents"][-1]["parts"]), schema)

    @staticmethod
    def chunk(question: Question, parts: list[Json], reason: str | None = None) -> Json:
        candidate: Json = {"content": {"role": "model", "parts": parts}, "index": 0}
        if reason:
            candidate["finishReason"] = reason
        return {"candidates": [candidate], "modelVersion": question.model,
                "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 1,
                                  "thoughtsTokenCount": 2, "totalTokenCount": 15}}

    @staticmethod
    def reason(question: Question) -> str:
        return {"cut": "MAX_TOKENS", "declines": "SAFETY"}.get(question.model, "STOP")

    @staticmethod
    def whole(question: Question) -> Json:
        return Gemini.chunk(question, [{"text": "".join(question.pieces())}],
                            Gemini.reason(question))

    @staticmethod
    def events(question: Question) -> Iterator[Json | str]:
        yield Gemini.chunk(question, [{"text": "secret", "thought": True}])
        for piece in [] if question.model == "declines" else question.pieces():
            yield Gemini.chunk(question, [{"text": piece}])
            if question.model == "breaks":
                yield Gemini.error("overloaded", "The model is overloaded")
                return
        yield Gemini.chunk(question, [], Gemini.reason(question))

    @staticmethod
    def error(kind: str, words: str) -> Json:
        details: list[Json] = []
        if kind == "key":
            details.append({"@type": "type.googleapis.com/google.rpc.ErrorInfo",
                            "reason": "API_KEY_INVALID", "domain": "googleapis.com"})
        if kind == "busy":
            details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo",
                            "retryDelay": "0s"})
        return {"error": {"code": Gemini.statuses[kind], "message": words, "details": details,
                          "status": Gemini.names.get(kind, "INVALID_ARGUMENT")}}

    @staticmethod
    def named(_event: Json) -> str | None:
        return None


class Cohere:
    """POST /v2/chat"""

    statuses = {"key": 401, "model": 404, "busy": 429, "overloaded": 503, "too-long": 400,
                "broke": 402, "request": 400}

    @staticmethod
    def read(_path: str, headers: Any, body: Json) -> Question:
        if headers.get("Authorization") != f"Bearer {KEY}":
            raise Refused(401, "key", "invalid api token")
        known_members(body, {"model", "messages", "stream"},
                      {"max_tokens", "temperature", "stop_sequences", "response_format"})
        if not 0 <= body.get("temperature", 0) <= 1:
            raise Refused(400, "request", "temperature must be between 0 and 1.0 inclusive.")
        turns = [one for one in body["messages"] if one["role"] != "system"]
        system = [one["content"] for one in body["messages"] if one["role"] == "system"]
        alternate([one["role"] for one in turns], "user", "assistant")
        given = body.get("response_format")
        if given:
            plain(given["json_schema"])
        return Question(body["model"], "".join(system), text_of(turns[-1]["content"]),
                        given and given["json_schema"])

    @staticmethod
    def reason(question: Question) -> str:
        return {"cut": "MAX_TOKENS", "declines": "ERROR"}.get(question.model, "COMPLETE")

    usage = {"billed_units": {"input_tokens": 1.0, "output_tokens": 1.0},
             "tokens": {"input_tokens": 12.0, "output_tokens": 3.0}}

    @staticmethod
    def whole(question: Question) -> Json:
        return {"id": "c1", "finish_reason": Cohere.reason(question), "usage": Cohere.usage,
                "message": {"role": "assistant",
                            "content": [{"type": "text", "text": "".join(question.pieces())}]}}

    @staticmethod
    def events(question: Question) -> Iterator[Json | str]:
        yield {"type": "message-start", "id": "c1",
               "delta": {"message": {"role": "assistant", "content": []}}}
        yield {"type": "content-start", "index": 0,
               "delta": {"message": {"content": {"type": "text", "text": ""}}}}
        for piece in [] if question.model == "declines" else question.pieces():
            yield {"type": "content-delta", "index": 0,
                   "delta": {"message": {"content": {"text": piece}}}}
            if question.model == "breaks":
                yield {"type": "message-end", "id": "c1",
                       "delta": {"finish_reason": "ERROR", "error": "it broke", "usage": {}}}
                return
        yield {"type": "content-end", "index": 0}
        yield {"type": "message-end", "id": "c1",
               "delta": {"finish_reason": Cohere.reason(question), "usage": Cohere.usage}}
        yield "[DONE]"

    @staticmethod
    def error(_kind: str, words: str) -> Json:
        return {"id": "e1", "message": words}

    @staticmethod
    def named(event: Json) -> str | None:
        return str(event["type"])


WIRES = {"/v1/chat/completions": OpenAi, "/v1/messages": Anthropic, "/v1beta/": Gemini,
         "/v2/chat": Cohere}
WORDS = {"busy": "too many requests", "overloaded": "no room", "broke": "no credit",
         "model": "there is no such model"}
TOO_LONG = {OpenAi: "This model's maximum context length is 9 tokens",
            Anthropic: "prompt is too long: 10 tokens > 9 maximum",
            Gemini: "The input token count (10) exceeds the maximum number of tokens allowed (9).",
            Cohere: "too many tokens: total number of tokens cannot exceed 9 - received 10."}
