"""An upstream on this machine that answers as OpenAI's and Anthropic's servers do, and keeps what
came. What it does is chosen by the name of the model:

    words       says `said` (the default)
    tools       calls a tool, and says `said` once the tool's result is there
    cut         as words, its stream cut within characters
    slow        begins a stream and then waits until the other side has gone; without a stream,
                says nothing at all until then
    fail-NNN    an error of that status
"""
import contextlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIMENSIONS = 4


def pieces(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text)


def event(data: Any, name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    line = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"{head}data: {line}\n\n".encode()


def chat_whole(model: str, said: str, calls: bool) -> dict:
    message: dict = {"role": "assistant", "content": said, "refusal": None}
    if calls:
        message |= {"content": None, "tool_calls": [
            {"id": "call_1", "type": "function",
             "function": {"name": "weather", "arguments": "{\"city\": \"부산\"}"}}]}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model,
            "unknown_member": {"kept": 1.50}, "usage": {
                "prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
            "choices": [{"index": 0, "message": message, "logprobs": None,
                         "finish_reason": "tool_calls" if calls else "stop"}]}


def chat_stream(model: str, said: str) -> list[bytes]:
    def chunk(delta: dict, end: str | None = None) -> bytes:
        return event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1,
                      "model": model, "choices": [{"index": 0, "delta": delta,
                                                   "finish_reason": end}]})
    return [chunk({"role": "assistant", "content": ""}),
            *(chunk({"content": piece}) for piece in pieces(said)), chunk({}, "stop"),
            event("[DONE]")]


def response(model: str, said: str, status: str = "completed") -> dict:
    output = [{"id": "msg_1", "type": "message", "role": "assistant", "status": "completed",
               "content": [{"type": "output_text", "text": said, "annotations": []}]}]
    return {"id": "resp_1", "object": "response", "created_at": 1, "status": status,
            "model": model, "output": output if said else [], "parallel_tool_calls": True,
            "tool_choice": "auto", "tools": []}


def response_stream(model: str, said: str) -> list[bytes]:
    def told(kind: str, number: int, **members: Any) -> bytes:
        return event({"type": kind, "sequence_number": number, **members}, kind)
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    parts = pieces(said)
    return [told("response.created", 0, response=response(model, "", "in_progress")),
            *(told("response.output_text.delta", 1 + i, delta=piece, logprobs=[], **place)
              for i, piece in enumerate(parts)),
            told("response.completed", 1 + len(parts), response=response(model, said))]


def message(model: str, said: str, calls: bool) -> dict:
    content: list = [{"type": "text", "text": said}]
    if calls:
        content = [{"type": "tool_use", "id": "toolu_1", "name": "weather",
                    "input": {"city": "부산"}}]
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": model,
            "content": content, "stop_reason": "tool_use" if calls else "end_turn",
            "stop_sequence": None, "usage": {"input_tokens": 9, "output_tokens": 3}}


def message_stream(model: str, said: str) -> list[bytes]:
    def told(kind: str, **members: Any) -> bytes:
        return event({"type": kind, **members}, kind)
    begun = message(model, "", False) | {"content": [], "stop_reason": None}
    return [told("message_start", message=begun),
            told("content_block_start", index=0, content_block={"type": "text", "text": ""}),
            told("ping"),
            *(told("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
              for piece in pieces(said)),
            told("content_block_stop", index=0),
            told("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None},
                 usage={"output_tokens": 3}),
            told("message_stop")]


def error(path: str, status: int) -> dict:
    if path.startswith("/v1/messages"):
        return {"type": "error", "error": {"type": "rate_limit_error", "message": f"no {status}"}}
    return {"error": {"message": f"no {status}", "type": "requests", "param": None, "code": "x"}}


class Asked:
    """A request as it came."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes):
        self.path, self.headers, self.body = path, headers, body
        self.json = json.loads(body) if body else {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Upstream"

    def log_message(self, *_: Any) -> None:
        pass

    def send_json(self, value: dict, status: int = 200) -> None:
        text = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("X-Request-Id", "req-1")
        self.send_header("X-Ratelimit-Remaining-Requests", "41")
        self.send_header("Set-Cookie", "theirs=1")
        if status >= 400:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(text)

    def send_stream(self, events: list[bytes], every: int = 0) -> None:
        """In chunks of HTTP; with `every`, of so many bytes, wherever that is."""
        whole = b"".join(events)
        self.server.streamed = whole
        cut = [whole[i:i + every] for i in range(0, len(whole), every)] if every else events
        self.begin_stream()
        for piece in cut:
            self.send_chunk(piece)
        self.send_chunk(b"")

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send_chunk(self, piece: bytes) -> None:
        self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.flush()

    def stall(self, events: list[bytes]) -> None:
        """Some of the events, and then silence until the other side closes."""
        if events:
            self.begin_stream()
        for piece in events[:-2]:
            self.send_chunk(piece)
        with contextlib.suppress(ConnectionResetError):  # where it left something unread
            while self.connection.recv(1):
                pass
        self.server.left.set()
        self.close_connection = True

    def do_GET(self) -> None:
        self.server.keep(Asked(self.path, dict(self.headers.items()), b""))
        one = {"id": "words", "object": "model", "created": 1, "owned_by": "us"}
        self.send_json(one if self.path.count("/") > 2 else {"object": "list", "data": [one]})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = Asked(self.path, dict(self.headers.items()), body)
        self.server.keep(asked)
        model = asked.json.get("model", "words")
        if model.startswith("fail-"):
            status = int(model.removeprefix("fail-"))
            return self.send_json(error(self.path, status), status)
        path = self.path.split("?")[0]
        if path == "/v1/embeddings":
            return self.send_json({"object": "list", "model": model, "data": [
                {"object": "embedding", "index": 0, "embedding": [0.5] * DIMENSIONS}],
                "usage": {"prompt_tokens": 1, "total_tokens": 1}})
        if path == "/v1/messages/count_tokens":
            return self.send_json({"input_tokens": 9})
        said = self.server.said
        calls = model == "tools" and b"tool_result" not in body and b'"tool"' not in body
        if model == "slow" and not asked.json.get("stream"):
            return self.stall([])
        if not asked.json.get("stream"):
            return self.send_json({"/v1/chat/completions": lambda: chat_whole(model, said, calls),
                                   "/v1/responses": lambda: response(model, said),
                                   "/v1/messages": lambda: message(model, said, calls)}[path]())
        events = {"/v1/chat/completions": chat_stream, "/v1/responses": response_stream,
                  "/v1/messages": message_stream}[path](model, said)
        if model == "slow":
            return self.stall(events)
        return self.send_stream(events, 7 if model == "cut" else 0)


class Upstream(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.said = "알겠어요, 부산 바다를 좋아하시는군요."
        self.streamed = b""  # the last stream, as it was sent
        self.left = threading.Event()  # somebody has gone in the middle of a slow stream
        self.asked: list[Asked] = []
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    def keep(self, asked: Asked) -> None:
        with self.lock:
            self.asked.append(asked)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def last(self) -> Asked:
        return self.asked[-1]

    def count(self) -> int:
        return len(self.asked)
