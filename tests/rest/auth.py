#!/usr/bin/env python3
"""Who is let in by the real server, row by row.

    auth.py MBE

Logins (a planted cookie, a login over another, an end by somebody else), guessing, keys (each right
against each kind of operation, memories, days, the end), and what a page of another origin can do:
every Host with every Origin and every Sec-Fetch-Site, by cookie, by key and by nothing.
"""
import argparse
import itertools
import json
import sqlite3
import sys
import tempfile
from pathlib import Path

from raw_http import Answer, Wire
from served import PASSWORD, Served, new_key, program

NAME_OF_HOST = "memory.example"
SETTINGS = f'host_names = ["{NAME_OF_HOST}"]\nthreads = 8\n'
EFFECTS = {"read": ("recall", {"cue": "canary"}), "write": ("remember", {"text": "a line"}),
           "erase": ("forget", {"blocks": [999_999]})}


class Rows:
    def __init__(self, served: Served):
        self.served = served
        self.keys: dict[str, str] = {}  # by account
        self.tokens: dict[str, str] = {}  # by cookie: against forged requests
        self.count = 0
        self.faults: list[str] = []

    def expect(self, what: str, got: object, wanted: object) -> None:
        self.count += 1
        if got != wanted:
            self.faults.append(f"{what}: {got}, wanted {wanted}")

    def send(self, method: str, target: str, body: dict | None = None, cookie: str = "",
             key: str = "", **headers: str) -> Answer:
        """Headers by name with `_` for `-`; Host is localhost unless told; "" leaves one out."""
        lines = {"Host": f"localhost:{self.served.port}"}
        if cookie:
            lines["Cookie"] = f"mbe_session={cookie}"
            lines["X-CSRF-Token"] = self.tokens.get(cookie, "")
        if key:
            lines["Authorization"] = f"Bearer {key}"
        if cookie and method != "GET":  # what a page changes needs its session's token
            told = json.loads(self.send("GET", "/api/session", cookie=cookie).body)
            lines["X-CSRF-Token"] = told.get("csrf") or ""
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = b"" if body is None else json.dumps(body).encode()
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        with Wire(self.served.port) as wire:
            wire.send(f"{method} {target} HTTP/1.1\r\n{head}Content-Length: {len(content)}"
                      "\r\nConnection: close\r\n\r\n".encode() + content)
            return wire.answer()

    def log_in(self, name: str, password: str = PASSWORD, cookie: str = "") -> str:
        """The new session's cookie; empty if it was refused."""
        answer = self.send("POST", "/login", {"name": name, "password": password}, cookie)
        if answer.status != 200:
            return ""
        parts = [part.strip() for part in answer.headers["set-cookie"].split(";")]
        for wanted in ("HttpOnly", "SameSite=Strict", "Path=/"):
            self.expect(f"the cookie is {wanted}", wanted in parts, True)
        new = parts[0].removeprefix("mbe_session=")
        self.tokens[new] = json.loads(answer.body).get("csrf") or ""
        return new

    def account(self, cookie: str = "", key: str = "") -> str | None:
        """Who one is taken for."""
        answer = self.send("GET", "/api/session", cookie=cookie, key=key)
        account = json.loads(answer.body)["account"]
        return account and account["name"]


def sessions(rows: Rows) -> None:
    planted = "A" * 26
    first = rows.log_in("mina", cookie=planted)
    rows.expect("a planted cookie is not taken", first not in ("", planted), True)
    rows.expect("a planted cookie opens nothing", rows.account(planted), None)
    rows.expect("a login opens", rows.account(first), "mina")
    second = rows.log_in("mina", cookie=first)
    rows.expect("a login over another is a new one", second not in ("", first), True)
    rows.expect("and ends the one before", rows.account(first), None)
    other = rows.log_in("mina")
    rows.expect("another browser's stays", rows.account(second), "mina")
    failed = rows.send("POST", "/login", {"name": "mina", "password": "wrong password"}, second)
    rows.expect("a failed login is refused", failed.status, 401)
    rows.expect("and ends nothing", rows.account(second), "mina")
    jun = rows.log_in("jun", cookie=second)
    rows.expect("another account's login takes its place", rows.account(jun), "jun")
    rows.expect("and its cookie is ended", rows.account(second), None)
    listed = json.loads(rows.send("GET", "/api/sessions", cookie=other).body)["sessions"]
    juns = [one["id"] for one in listed if one["account"] == "jun"]
    ended = rows.send("POST", "/api/sessions/end", {"id": juns[0]}, other)
    rows.expect("the origin ends another's login", ended.status, 200)
    rows.expect("which is over at once", rows.account(jun), None)
    rows.send("POST", "/logout", cookie=other)
    rows.expect("after a logout the cookie opens nothing", rows.account(other), None)
    for odd in ("", "x", first[:-1], first + "A", first.lower(), "é", "a" * 4000, "../../x"):
        rows.expect(f"the cookie {odd[:10]!r} opens nothing", rows.account(odd), None)


def guessing(rows: Rows, mbe: str, home: str) -> None:
    said = set()
    for name in ("mina", "nobody"):
        answer = rows.send("POST", "/login", {"name": name, "password": "wrong password"})
        said.add((answer.status, answer.body))
        rows.log_in("jun")  # a login that succeeds: this address may guess again
    rows.expect("an unknown name is refused in the same words", len(said), 1)
    program(mbe, home, "people", "password", "sol", text=PASSWORD + "\n")
    codes = [rows.send("POST", "/login", {"name": "sol", "password": f"wrong {i} password"}).status
             for i in range(5)]
    rows.expect("the fourth guess waits", codes, [401, 401, 401, 429, 429])
    right = rows.send("POST", "/login", {"name": "sol", "password": PASSWORD})
    rows.expect("so does the right password", right.status, 429)
    rows.expect("it is told how long", "Retry-After".lower() in right.headers, True)
    right.problem()
    rows.expect("who is in stays in", rows.account(key=rows.keys["sol"]), "sol")


def key_rows(rows: Rows, mbe: str, home: str) -> None:
    rights = list(EFFECTS)
    for size in range(1, 4):
        for some in itertools.combinations(rights, size):
            key = new_key(mbe, home, "jun", "--rights", ",".join(some))
            for effect, (operation, body) in EFFECTS.items():
                status = rows.send("POST", f"/v1/{operation}", body, key=key).status
                rows.expect(f"a key to {some} asks to {operation}", status == 403,
                            effect not in some)
    limited = new_key(mbe, home, "mina", "--for-chain", "garden", "--rights",
                      "read,write,erase,administer")
    for chain, status in (("garden", 200), ("main", 403), ("person:jun", 403)):
        rows.expect(f"a key for `garden` on {chain}",
                    rows.send("POST", f"/v1/remember?chain={chain}", {"text": "x"},
                              key=limited).status, status)
    rows.expect("nor does it administer",
                rows.send("GET", "/api/people", key=limited).status, 403)
    for role in ("jun", "sol"):
        strong = new_key(mbe, home, role, "--rights", "read,write,erase,administer")
        rows.expect(f"a key of {role} does no more than {role}",
                    rows.send("GET", "/api/people", key=strong).status, 403)
    gone = new_key(mbe, home, "jun", "--days", "1")
    rows.expect("a key opens before its end", rows.account(key=gone), "jun")
    with sqlite3.connect(f"{home}/people.sqlite", timeout=30) as people:
        people.execute("UPDATE api_key SET expires = 1 WHERE id = ?", (gone[:12],))
    people.close()
    rows.expect("and not after it", rows.account(key=gone), None)
    revoked = new_key(mbe, home, "jun")
    program(mbe, home, "people", "key", "revoke", revoked[:12])
    rows.expect("a revoked key opens nothing", rows.account(key=revoked), None)
    for odd in (gone[:-1], gone + "A", gone[4:], gone.upper(), "mbe_", "x" * 8000):
        rows.expect(f"the key {odd[:10]!r} opens nothing", rows.account(key=odd), None)


def pages(rows: Rows, cookie: str, key: str) -> None:
    """DNS rebinding and foreign pages: Host × Origin × Sec-Fetch-Site × credential."""
    port = rows.served.port
    ours = {f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}", "localhost", NAME_OF_HOST}
    hosts = sorted(ours) + ["elsewhere.example", f"elsewhere.example:{port}", "127.0.0.2",
                            "localhost.elsewhere.example", f"localhost@elsewhere.example:{port}",
                            "0.0.0.0", "169.254.169.254", "[::1].elsewhere.example", "localhostx",
                            "localhost:80.elsewhere.example", "localhost:x"]
    sites = ("", "same-origin", "same-site", "cross-site", "none")
    for host, site in itertools.product(hosts, sites):
        origins = ("", f"http://{host}", f"https://{host}", "null", "http://elsewhere.example",
                   f"http://{host}.elsewhere.example", "http://localhost:1", "file://")
        for origin, by in itertools.product(origins, ("cookie", "key", "")):
            answer = rows.send("POST", "/v1/recall", {"cue": "canary"},
                               cookie if by == "cookie" else "", key if by == "key" else "",
                               Host=host, Origin=origin, Sec_Fetch_Site=site)
            at_home = host in ours and origin in ("", f"http://{host}", f"https://{host}")
            knows = by == "key" or (by == "cookie" and site in ("", "same-origin", "none"))
            wanted = 403 if not at_home else 200 if knows else 401
            rows.expect(f"Host {host}, Origin {origin!r}, Sec-Fetch-Site {site!r}, by {by!r}",
                        answer.status, wanted)
            if wanted != 200:
                rows.expect("and nothing is told", b"canary of" in answer.body, False)


def forged(rows: Rows) -> None:
    """What the browser of somebody who is logged in is made to send: it has the cookie alone."""
    cookie, other = rows.log_in("mina"), rows.log_in("jun")
    right, others = rows.tokens[cookie], rows.tokens[other]
    if not right:
        print("this server binds no token to a login: those rows are left out")
        return
    for what, token, status in (("the login's token", right, 200), ("no token", "", 403),
                                ("another login's", others, 403),
                                ("a longer one", right + "0", 403),
                                ("a shorter one", right[1:], 403), ("the cookie", cookie, 403),
                                ("a word", "null", 403)):
        for operation, body in EFFECTS.values():
            got = rows.send("POST", f"/v1/{operation}", body, cookie, X_CSRF_Token=token).status
            rows.expect(f"{operation} with {what}", got == 403, status == 403)
        got = rows.send("POST", "/api/ask", {"question": "who are you?"}, cookie,
                        X_CSRF_Token=token).status
        rows.expect(f"a question with {what}", got, status)
    for target in (f"/v1/recall?csrf={right}", f"/v1/recall?X-CSRF-Token={right}"):
        got = rows.send("POST", target, {"cue": "x", "csrf": right}, cookie, X_CSRF_Token="").status
        rows.expect("a token elsewhere than in its header", got, 403)
    rows.expect("who reads needs none",
                rows.send("GET", "/api/conversations", cookie=cookie, X_CSRF_Token="").status, 200)
    rows.expect("nor does a key", rows.send("POST", "/v1/recall", {"cue": "x"},
                                            key=rows.keys["mina"]).status, 200)
    rows.expect("a token alone opens nothing",
                rows.send("POST", "/v1/recall", {"cue": "x"}, X_CSRF_Token=right).status, 401)
    rows.expect("a logout is not forged",
                rows.send("POST", "/logout", cookie=cookie, X_CSRF_Token="").status == 200
                and rows.account(cookie) is None, False)
    again = rows.log_in("mina", cookie=cookie)
    rows.expect("a new login has a new token", rows.tokens[again] == right, False)
    stale = rows.send("POST", "/v1/recall", {"cue": "x"}, again, X_CSRF_Token=right)
    rows.expect("and the old token is over", stale.status, 403)


def ends(rows: Rows, mbe: str, home: str) -> None:
    """A new password ends an account's logins, its removal everything."""
    cookie = rows.log_in("ara")
    rows.expect("ara is in", rows.account(cookie), "ara")
    program(mbe, home, "people", "password", "ara", text="another good password\n")
    rows.expect("a new password ends logins", rows.account(cookie), None)
    rows.expect("the old one opens nothing", rows.log_in("ara"), "")
    cookie = rows.log_in("ara", "another good password")
    rows.expect("the new one opens", rows.account(cookie), "ara")
    program(mbe, home, "people", "remove", "ara")
    rows.expect("who is gone is out", rows.account(cookie), None)
    rows.expect("with every key", rows.account(key=rows.keys["ara"]), None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mbe")
    mbe = parser.parse_args().mbe
    with tempfile.TemporaryDirectory(prefix="mbe-auth-") as folder:
        home = f"{folder}/home"
        Path(home).mkdir()
        served = None
        keys = {}
        for name, role in {"mina": "origin", "jun": "member", "ara": "member",
                           "sol": "guest"}.items():
            program(mbe, home, "people", "add", name, "--role", role, text=PASSWORD + "\n")
            keys[name] = new_key(mbe, home, name, "--rights", "read,write,erase,administer")
        served = Served(mbe, home, SETTINGS)
        try:
            rows = Rows(served)
            rows.keys = keys
            rows.send("POST", "/v1/remember", {"text": "the canary of mina"}, key=keys["mina"])
            sessions(rows)
            pages(rows, rows.log_in("mina"), keys["mina"])
            forged(rows)
            key_rows(rows, mbe, home)
            ends(rows, mbe, home)
            guessing(rows, mbe, home)
        finally:
            code = served.stop()
        if code != 0 or not served.is_sound():
            rows.faults.append(f"the server ended with {code}, or the memory is damaged")
    for fault in rows.faults[:40]:
        print("FAULT", fault)
    print(f"{rows.count} rows; {len(rows.faults)} faults")
    return 0 if not rows.faults else 1


if __name__ == "__main__":
    sys.exit(main())
