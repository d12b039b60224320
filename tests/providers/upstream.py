"""A provider for tests: one HTTP server that speaks OpenAI's chat completions, Anthropic's
Messages, Gemini's generateContent and Cohere's v2 chat (wires.py), streamed and whole. It is strict
about requests, as the providers are, and cuts every stream into pieces of seven bytes, through
characters and events.

What it does is chosen by the model that is asked for (MODELS); by default it answers with what the
system and the user said. The official clients (official_clients.py) and the program
(program_test.py) talk to the same one, so that both are known to speak the same wire.
"""
from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from wires import TOO_LONG, WIRES, WORDS, Json, Question, Refused

PIECE = 7
# echo: answers; cut: stops at the limit; breaks: fails after the first piece; declines: refuses in
# the stream; busy-once: 429 first; the others are errors.
MODELS = ("echo", "cut", "breaks", "declines", "busy-once", "busy", "overloaded", "too-long",
          "broke")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: Upstream

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        wire = next((one for path, one in WIRES.items() if self.path.startswith(path)), None)
        if wire is None:
            return self.send_whole(404, {"message": "no such path"})
        self.owner.requests.append({"path": self.path, "headers": dict(self.headers),
                                    "body": body})
        try:
            question = self.question(wire, body)
        except Refused as no:
            # The clients try again by themselves; they shall not wait.
            return self.send_whole(no.status, wire.error(no.kind, no.words),
                                   {"Retry-After": "0", "retry-after-ms": "1"})
        if body.get("stream") or "streamGenerateContent" in self.path:
            return self.send_stream(wire, question)
        return self.send_whole(200, wire.whole(question))

    def question(self, wire: Any, body: Json) -> Question:
        question: Question = wire.read(self.path, self.headers, body)
        kind = question.model
        if kind not in MODELS:
            kind = "model"
        if kind == "busy-once":
            kind = "echo" if self.owner.seen else "busy"
            self.owner.seen = True
        if kind == "too-long":
            raise Refused(wire.statuses[kind], kind, TOO_LONG[wire])
        if kind in WORDS:
            raise Refused(wire.statuses[kind], kind, WORDS[kind])
        return question

    def send_whole(self, status: int, body: Json, headers: Json | None = None) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def send_stream(self, wire: Any, question: Question) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for event in wire.events(question):
                self.send_event(wire, event)
            self.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # whoever asked has heard enough

    def send_event(self, wire: Any, event: Json | str) -> None:
        name = None if isinstance(event, str) else wire.named(event)
        text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
        data = ((f"event: {name}\n" if name else "") + f"data: {text}\n\n").encode()
        for at in range(0, len(data), PIECE):
            piece = data[at:at + PIECE]
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.flush()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Clients that have heard enough go at any moment; any other fault is one of the test."""
        if not isinstance(sys.exc_info()[1], (BrokenPipeError, ConnectionResetError)):
            super().handle_error(*_)


class Upstream:
    """`with Upstream() as upstream`: upstream.url, without a slash at its end; what was asked."""

    def __init__(self) -> None:
        self.requests: list[Json] = []
        self.seen = False  # a busy-once
        handler: Callable[..., Handler] = type("Mine", (Handler,), {"owner": self})
        self.server = Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> Upstream:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def forget(self) -> None:
        self.requests.clear()
        self.seen = False
