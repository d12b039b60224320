"""HTTP by hand: bytes over a socket, and the answers taken apart, for what no client would send."""
import json
import re
import socket
from dataclasses import dataclass

WAIT_S = 60
NO_BODY = (100, 204, 304)
REPEAT = re.compile(rb"<<((?:(?!<<|>>).)*)\*(\d+)>>", re.DOTALL)
KEYS = re.compile(rb"<<keys\*(\d+)>>")


class Broken(Exception):
    """An answer that is none."""


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    def problem(self) -> dict:
        """The problem details; Broken where an error has none, or they contradict the status."""
        if self.headers.get("content-type") != "application/problem+json":
            raise Broken(f"{self.status} is no problem document: {self.body[:200]!r}")
        problem = json.loads(self.body)
        for name in ("title", "detail", "code"):
            if not isinstance(problem.get(name), str) or not problem[name]:
                raise Broken(f"{self.status} has no {name}: {problem}")
        if problem.get("status") != self.status:
            raise Broken(f"{self.status} calls itself {problem.get('status')}")
        return problem


class Wire:
    """One connection to the server."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """False where the other side has gone."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def shut(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def more(self) -> bool:
        """Reads on; False at the end. Broken where nothing comes for WAIT_S."""
        try:
            part = self.socket.recv(65_536)
        except (ConnectionResetError, BrokenPipeError):
            return False
        except TimeoutError:
            raise Broken(f"nothing came for {WAIT_S} s; so far {self.rest[:200]!r}") from None
        self.rest += part
        return bool(part)

    def answer(self, is_head: bool = False) -> Answer | None:
        """The next answer; nothing where the connection ends before one begins."""
        while b"\r\n\r\n" not in self.rest:
            if not self.more():
                if self.rest:
                    raise Broken(f"half an answer: {self.rest[:200]!r}")
                return None
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        if not re.fullmatch(r"HTTP/1\.1 \d{3} [ -~]*", lines[0]):
            raise Broken(f"no status line: {lines[0]!r}")
        headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(": ")
            if not colon or name.lower() in headers:
                raise Broken(f"a bad or repeated header: {line!r}")
            headers[name.lower()] = value
        status = int(lines[0][9:12])
        size = 0 if is_head or status in NO_BODY else int(headers.get("content-length", "-1"))
        if size < 0:
            raise Broken(f"{status} tells no length")
        while len(self.rest) < size:
            if not self.more():
                raise Broken(f"{status} with {len(self.rest)} of {size} bytes")
        body, self.rest = self.rest[:size], self.rest[size:]
        return Answer(status, headers, body)

    def is_closed(self) -> bool:
        """Waits for the end; whatever comes before it is too much."""
        while self.more():
            pass
        if self.rest:
            raise Broken(f"more than was asked for: {self.rest[:200]!r}")
        return True


def repeated(text: bytes) -> bytes:
    """<<TEXT*N>> written out, the innermost first."""
    while (found := REPEAT.search(text)) is not None:
        text = text[:found.start()] + found[1] * int(found[2]) + text[found.end():]
    return text


def written_out(text: str, key: str) -> bytes:
    """The bytes that a row of http.tsv stands for, `<<shut>>` apart."""
    out = text.encode().decode("unicode_escape").encode("latin-1")
    out = out.replace(b"<<key>>", key.encode())
    while (found := KEYS.search(out)) is not None:
        members = b",".join(b'"k%d":0' % i for i in range(int(found[1])))
        out = out[:found.start()] + b"{" + members + b"}" + out[found.end():]
    out = repeated(out)
    head, _, body = out.partition(b"\r\n\r\n")
    return out.replace(b"<<length>>", b"Content-Length: %d" % len(body), 1) if head else out


def statuses(text: str) -> list[set[int]]:
    """`100 200*2 400,431` as what each answer may be."""
    out = []
    for word in text.split():
        choices, _, times = word.partition("*")
        out += [{int(one) for one in choices.split(",")}] * int(times or 1)
    return out
