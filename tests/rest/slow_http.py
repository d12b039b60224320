"""Clients that take their time or go: what they must not do to the server and to others."""
import selectors
import socket
import threading
import time

from raw_http import Broken, Wire
from served import Served

BEGINNINGS = (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
              b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n",
              b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
             b"ffff\r\n",
              b"", b"G")
CLOSED_WITHIN_S = 60  # the server's own limits are 2 s and 4 s


class Dribble(threading.Thread):
    """Many connections, each of which sends a byte at a time until the server closes it."""

    def __init__(self, port: int, connections: int):
        super().__init__()
        self.open = selectors.DefaultSelector()
        self.opened = 0
        for number in range(connections):
            one = socket.create_connection(("127.0.0.1", port), timeout=30)
            one.setblocking(False)
            beginning = BEGINNINGS[number % len(BEGINNINGS)]
            try:
                one.send(beginning)
            except OSError:
                one.close()
                continue
            self.open.register(one, selectors.EVENT_READ, bool(beginning))
            self.opened += 1

    def left(self) -> int:
        return len(self.open.get_map())

    def run(self) -> None:
        until = time.monotonic() + CLOSED_WITHIN_S
        while self.left() > 0 and time.monotonic() < until:
            for key, _ in self.open.select(timeout=0.05):
                self.drop_if_closed(key.fileobj)
            for key in list(self.open.get_map().values()):
                try:
                    if key.data:
                        key.fileobj.send(b"a")
                except BlockingIOError:
                    continue
                except OSError:
                    self.drop(key.fileobj)

    def drop_if_closed(self, one: socket.socket) -> None:
        try:
            if one.recv(4096) == b"":
                self.drop(one)
        except BlockingIOError:
            return
        except OSError:
            self.drop(one)

    def drop(self, one: socket.socket) -> None:
        self.open.unregister(one)
        one.close()


def dribbled(served: Served, connections: int) -> list[str]:
    """More slow connections than may be open at all: others are served, the slow ones closed."""
    faults = []
    slow = Dribble(served.port, connections)
    slow.start()
    answered = 0
    for _ in range(50):
        try:
            answered += served.ask("GET", "/healthz")[0] == 200
        except OSError:
            continue
    slow.join()
    if answered != 50:
        faults.append(f"beside {slow.opened} slow connections only {answered} of 50 were served")
    if slow.left() > 0:
        faults.append(f"{slow.left()} slow connections were never closed")
    print(f"{slow.opened} slow connections; beside them {answered} of 50 requests were served")
    return faults


def abandoned_streams(served: Served, key: str, count: int) -> list[str]:
    """Streams of events and requests whose client goes in the middle."""
    body = b'{"question":"what did I say?","conversation":"left"}'
    ask = (b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key.encode() +
           b"\r\nAccept: text/event-stream\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    boot = (b"GET /api/boot/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
            key.encode() + b"\r\n\r\n")
    faults = []
    for number in range(count):
        with Wire(served.port) as wire:
            wire.send((ask, boot, ask[:-9], b"GET /heal")[number % 4])
            if number % 3 == 0 and number % 4 < 2:
                wire.more()
            if number % 5 == 0:
                wire.shut()
            if number % 7 == 0:  # an abrupt end: a reset in place of an orderly close
                wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    until = time.monotonic() + CLOSED_WITHIN_S
    while served.ask("GET", "/healthz")[0] == 200 and time.monotonic() < until:
        status, _, text = served.ask("POST", "/api/ask", {"question": "who are you?"}, key=key)
        if status == 200:
            return faults
    faults.append(f"after {count} abandoned streams Echo answers {status} {text[:200]!r}")
    return faults


def gigabyte(served: Served, key: str) -> list[str]:
    """1 GiB, announced or in chunks without end, is refused before it has come."""
    head = (b"POST /v1/remember HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
            key.encode() + b"\r\n")
    forms = {"announced": (b"Content-Length: 1073741824\r\n\r\n", b"x" * 65_536),
             "in an extension": (b"Transfer-Encoding: chunked\r\n\r\n2;", b"x" * 65_536),
             "in trailers": (b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n" * 10_000),
             "in chunks": (b"Transfer-Encoding: chunked\r\n\r\n",
                           b"10000\r\n" + b"x" * 65_536 + b"\r\n")}
    faults = []
    for name, (length, part) in forms.items():
        before = served.rss_kb()
        sent = 0
        with Wire(served.port) as wire:
            goes_on = wire.send(head + length)
            while goes_on and sent < 1 << 30:
                goes_on = wire.send(part)
                sent += len(part)
            try:
                answer = wire.answer()
            except Broken as error:
                answer = None
                faults.append(f"1 GiB {name}: {error}")
        grown = served.rss_kb() - before
        print(f"1 GiB {name}: closed after {sent >> 20} MiB; memory {grown:+} KB")
        if sent >= 1 << 30 or grown > 65_536:
            faults.append(f"1 GiB {name}: {sent} bytes were taken, memory grew by {grown} KB")
        if answer is not None and answer.status not in (413, 431):
            faults.append(f"1 GiB {name}: {answer.status}")
    return faults
