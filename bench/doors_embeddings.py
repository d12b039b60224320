#!/usr/bin/env python3
"""The embedder of bench/doors.py for peers that ask one: OpenAI's wire, vectors made before.

    doors_embeddings.py TABLE.jsonl

Each line of the table is {"text", "vector"}. Prints its port, answers POST …/embeddings until its
input ends. A text that is not in the table is answered 400 and counted, and so is every other path:
nothing here can stand in for a language model. GET /counts tells both, for the results.
"""
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PROBE = "test"  # what mcp-memory-service asks when it starts, to learn the dimension


def table(path: str) -> dict:
    """Text, without line breaks as some clients send it, to the JSON of its vector."""
    out = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            out[row["text"].replace("\n", " ")] = row["vector"]
    out.setdefault(PROBE, next(iter(out.values())))
    return out


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    vectors: dict = {}
    counts = {"embedded": 0, "unknown_texts": 0, "other_calls": 0}

    def answer(self, status: int, body: dict) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self.answer(200, self.counts)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.path.endswith("/embeddings"):
            self.counts["other_calls"] += 1
            self.answer(400, {"error": {"message": "only embeddings are here"}})
            return
        texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
        found = [self.vectors.get(text.replace("\n", " ")) for text in texts]
        if None in found:
            self.counts["unknown_texts"] += 1
            self.answer(400, {"error": {"message": "a text without a vector"}})
            return
        self.counts["embedded"] += len(texts)
        data = [{"object": "embedding", "index": i, "embedding": vector}
                for i, vector in enumerate(found)]
        self.answer(200, {"object": "list", "model": asked.get("model"), "data": data,
                          "usage": {"prompt_tokens": 0, "total_tokens": 0}})

    def log_message(self, *_told) -> None:
        pass


def main() -> None:
    Handler.vectors = table(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
