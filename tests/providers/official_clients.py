"""The providers' own Python clients against upstream.py, streamed and whole, errors too: so that it
is known to speak as the providers do.

    official_clients.py
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anthropic
import cohere
import openai
from cohere.core.api_error import ApiError
from google import genai
from google.genai import errors as gemini_errors
from google.genai import types as gemini_types
from upstream import Upstream
from wires import KEY

SYSTEM, ASKED, ANSWER = "짧게 답해", "안녕? 나야", "짧게 답해 | 안녕? 나야 😀"
SCHEMA = {"type": "object", "properties": {"tone": {"type": "string"}}, "required": ["tone"],
          "additionalProperties": False}
NOTE = '{"tone": "밝게"}'
Ask = Callable[..., tuple[str, str, int, int]]


def fails(what: type[BaseException], call: Callable[[], Any]) -> BaseException:
    try:
        call()
    except what as error:
        return error
    raise AssertionError(f"{what.__name__} was expected")


def ask_openai(url: str, model: str = "echo", key: str = KEY, schema: Any = None,
               stream: bool = True) -> tuple[str, str, int, int]:
    client = openai.OpenAI(base_url=f"{url}/v1", api_key=key)
    more: dict[str, Any] = {}
    if schema:
        more["response_format"] = {"type": "json_schema",
                                   "json_schema": {"name": "note", "schema": schema}}
    messages: Any = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": ASKED}]
    if not stream:
        done = client.chat.completions.create(model=model, messages=messages, **more)
        return (done.choices[0].message.content, done.choices[0].finish_reason,
                done.usage.prompt_tokens, done.usage.completion_tokens)
    text, reason, usage = "", "", None
    for chunk in client.chat.completions.create(model=model, messages=messages, stream=True,
                                                stream_options={"include_usage": True}, **more):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            reason = choice.finish_reason or reason
    return text, reason, usage.prompt_tokens, usage.completion_tokens


def ask_anthropic(url: str, model: str = "echo", key: str = KEY, schema: Any = None,
                  stream: bool = True) -> tuple[str, str, int, int]:
    client = anthropic.Anthropic(base_url=url, api_key=key)
    request: dict[str, Any] = {"model": model, "max_tokens": 100, "system": SYSTEM,
                               "messages": [{"role": "user", "content": ASKED}]}
    if schema:
        request["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    if stream:
        with client.messages.stream(**request) as events:
            text = "".join(events.text_stream)
            done = events.get_final_message()
    else:
        done = client.messages.create(**request)
        text = "".join(block.text for block in done.content if block.type == "text")
    read = done.usage.input_tokens + (done.usage.cache_read_input_tokens or 0)
    return text, done.stop_reason, read, done.usage.output_tokens


def ask_gemini(url: str, model: str = "echo", key: str = KEY, schema: Any = None,
               stream: bool = True) -> tuple[str, str, int, int]:
    client = genai.Client(api_key=key, http_options=gemini_types.HttpOptions(
        base_url=url, api_version="v1beta",
        retry_options=gemini_types.HttpRetryOptions(attempts=3, initial_delay=0.01, jitter=0)))
    config = gemini_types.GenerateContentConfig(system_instruction=SYSTEM)
    if schema:
        config.response_mime_type = "application/json"
        config.response_json_schema = schema
    if stream:
        answers = list(client.models.generate_content_stream(model=model, contents=ASKED,
                                                             config=config))
    else:
        answers = [client.models.generate_content(model=model, contents=ASKED, config=config)]
    text = "".join(part.text for one in answers
                   for part in one.candidates[0].content.parts or [] if not part.thought)
    usage = answers[-1].usage_metadata
    return (text, answers[-1].candidates[0].finish_reason.value, usage.prompt_token_count,
            usage.candidates_token_count + usage.thoughts_token_count)


def ask_cohere(url: str, model: str = "echo", key: str = KEY, schema: Any = None,
               stream: bool = True) -> tuple[str, str, int, int]:
    client = cohere.ClientV2(api_key=key, base_url=url)
    request: dict[str, Any] = {"model": model, "messages": [
        {"role": "system", "content": SYSTEM}, {"role": "user", "content": ASKED}]}
    if schema:
        request["response_format"] = {"type": "json_object", "json_schema": schema}
    if not stream:
        done = client.chat(**request)
        return (done.message.content[0].text, done.finish_reason,
                int(done.usage.tokens.input_tokens), int(done.usage.tokens.output_tokens))
    text, last = "", None
    for event in client.chat_stream(**request):
        if event.type == "content-delta":
            text += event.delta.message.content.text
        last = event
    assert last.type == "message-end", last
    if last.delta.finish_reason == "ERROR":
        raise ApiError(status_code=200, body=last.delta.error)
    return (text, last.delta.finish_reason, int(last.delta.usage.tokens.input_tokens),
            int(last.delta.usage.tokens.output_tokens))


# Each with what it calls an end, the limit of tokens, and its errors.
CLIENTS: dict[str, tuple[Ask, str, str, dict[str, type[BaseException]]]] = {
    "openai": (ask_openai, "stop", "length", {
        "key": openai.AuthenticationError, "model": openai.NotFoundError,
        "busy": openai.RateLimitError, "broke": openai.RateLimitError,
        "overloaded": openai.InternalServerError, "too-long": openai.BadRequestError,
        "breaks": openai.APIError}),
    "anthropic": (ask_anthropic, "end_turn", "max_tokens", {
        "key": anthropic.AuthenticationError, "model": anthropic.NotFoundError,
        "busy": anthropic.RateLimitError, "broke": anthropic.PaymentRequiredError,
        "overloaded": anthropic.OverloadedError, "too-long": anthropic.BadRequestError,
        "breaks": anthropic.APIStatusError}),
    "gemini": (ask_gemini, "STOP", "MAX_TOKENS", {
        "key": gemini_errors.ClientError, "model": gemini_errors.ClientError,
        "busy": gemini_errors.ClientError, "broke": gemini_errors.ClientError,
        "overloaded": gemini_errors.ServerError, "too-long": gemini_errors.ClientError,
        "breaks": gemini_errors.APIError}),
    "cohere": (ask_cohere, "COMPLETE", "MAX_TOKENS", {
        "key": cohere.UnauthorizedError, "model": cohere.NotFoundError,
        "busy": cohere.TooManyRequestsError, "broke": ApiError,
        "overloaded": cohere.ServiceUnavailableError,
        "too-long": cohere.BadRequestError, "breaks": ApiError}),
}


def check(name: str, upstream: Upstream) -> None:
    ask, end, limit, failures = CLIENTS[name]
    for stream in (True, False):
        assert ask(upstream.url, stream=stream) == (ANSWER, end, 12, 3), name
        text, reason, _, _ = ask(upstream.url, "cut", stream=stream)
        assert (text, reason) == ("여기까지만", limit), (name, text, reason)
        assert ask(upstream.url, schema=SCHEMA, stream=stream)[0] == NOTE, name
    fails(failures["key"], lambda: ask(upstream.url, key="another-key-0123"))
    fails(failures["model"], lambda: ask(upstream.url, "unknown"))
    for kind in ("busy", "broke", "overloaded", "too-long", "breaks"):
        said = str(fails(failures[kind], lambda: ask(upstream.url, kind)))
        assert KEY not in said, said
    upstream.forget()
    # Cohere's client asks again only where it does not stream.
    assert ask(upstream.url, "busy-once", stream=name != "cohere")[0] == ANSWER, name
    assert len(upstream.requests) == 2, "the client itself asks again"
    print(f"{name}: streamed, whole, structured, cut short, {len(failures)} refusals, asked again")


def main() -> None:
    with Upstream() as upstream:
        for name in CLIENTS:
            check(name, upstream)


if __name__ == "__main__":
    main()
