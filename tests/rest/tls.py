#!/usr/bin/env python3
"""The real server with a certificate, as curl, OpenSSL and a page meet it.

    tls.py MBE

Certificates are made by `openssl`; nothing here trusts a certificate that it was not given.
"""
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.parse

SKIPPED = 77
PASSWORD = "twelve characters"
ENDED_AT = "20200102000000Z"


def certificate(folder: str, name: str, *more: str) -> tuple[str, str]:
    """A pair of files for localhost."""
    pem, key = f"{folder}/{name}.pem", f"{folder}/{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", pem, "-subj",
                    f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-days", "60", *more], check=True, capture_output=True)
    os.chmod(key, 0o600)
    return pem, key


def ended(folder: str) -> tuple[str, str]:
    """A pair whose certificate ended long ago."""
    pem, key = certificate(folder, "ended")
    request = f"{folder}/ended.csr"
    subprocess.run(["openssl", "req", "-new", "-key", key, "-subj", "/CN=ended", "-out", request],
                   check=True, capture_output=True)
    open(f"{folder}/index", "w", encoding="ascii").close()
    with open(f"{folder}/ca.conf", "w", encoding="ascii") as file:
        file.write(f"[ca]\ndefault_ca=a\n[a]\ndatabase={folder}/index\nnew_certs_dir={folder}\n"
                   "rand_serial=yes\npolicy=p\ndefault_md=sha256\n[p]\ncommonName=supplied\n")
    subprocess.run(["openssl", "ca", "-batch", "-config", f"{folder}/ca.conf", "-selfsign",
                    "-keyfile", key, "-in", request, "-out", pem, "-notext",
                    "-startdate", "20200101000000Z", "-enddate", ENDED_AT],
                   check=True, capture_output=True)
    return pem, key


class Server:
    """`mbe serve` with some options, until the end of a with-block."""

    def __init__(self, mbe: str, home: str, *options: str):
        self.process = subprocess.Popen(
            [mbe, "--home", home, "--lang", "en", "serve", "--port", "0", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        self.port = urllib.parse.urlsplit(self.url).port
        self.said = ""

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def until_said(self, pattern: str) -> str:
        """What it says on standard error up to and with a line like that."""
        while not re.search(pattern, self.said):
            line = self.process.stderr.readline()
            assert line, f"it ended without saying `{pattern}`: {self.said}"
            self.said += line
        said, self.said = self.said, ""
        return said

    def peer(self, trusted: str) -> str:
        """The name in its certificate, which must be one of `trusted`."""
        context = ssl.create_default_context(cafile=trusted)
        with socket.create_connection(("localhost", self.port), timeout=60) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as tls:
                return dict(pair[0] for pair in tls.getpeercert()["subject"])["commonName"]


def curl(trusted: str, *words: str) -> tuple[int, str]:
    """Exit code, and what it prints: head and body."""
    done = subprocess.run(["curl", "-sS", "-i", "--max-time", "60", "--cacert", trusted, *words],
                          capture_output=True, text=True)
    return done.returncode, done.stdout


def refused(mbe: str, home: str, *options: str) -> str:
    """What it says where it does not start."""
    done = subprocess.run([mbe, "--home", home, "--lang", "en", "serve", "--port", "0", *options],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode in (2, 5, 7), (done.returncode, done.stderr)
    return done.stderr


def test_refusals(mbe: str, home: str, folder: str) -> None:
    pem, key = certificate(folder, "one")
    _, other = certificate(folder, "other")
    assert "needs both" in refused(mbe, home, "--tls-cert", pem)
    assert "cannot read" in refused(mbe, home, "--tls-cert", pem, "--tls-key", f"{folder}/absent")
    assert "not that of" in refused(mbe, home, "--tls-cert", pem, "--tls-key", other)
    everywhere = refused(mbe, home, "--host", "0.0.0.0")
    assert "--tls-cert" in everywhere and "--insecure-http" in everywhere, everywhere
    with Server(mbe, home, "--host", "0.0.0.0", "--tls-cert", pem, "--tls-key", key) as server:
        assert server.url.startswith("https://0.0.0.0:"), server.url


def test_curl(mbe: str, home: str, folder: str) -> None:
    pem, key = certificate(folder, "two")
    with Server(mbe, home, "--tls-cert", pem, "--tls-key", key, "--host-name",
                "memory.example") as server:
        url = f"https://localhost:{server.port}"
        code, answer = curl(pem, f"{url}/healthz")
        assert code == 0 and '"ok"' in answer, answer
        assert "strict-transport-security" not in answer.lower(), "localhost is everybody's"
        named = ["--resolve", f"memory.example:{server.port}:127.0.0.1", "-k",
                 f"https://memory.example:{server.port}"]
        code, answer = curl(pem, *named[:-1], named[-1] + "/readyz")
        assert code == 0 and "Strict-Transport-Security: max-age=" in answer, answer
        code, _ = curl(pem, "-f", "--retry", "60", "--retry-delay", "1", f"{url}/readyz")
        assert code == 0, "it has woken"
        login = json.dumps({"name": "mina", "password": PASSWORD})
        code, answer = curl(pem, f"{url}/login", "-d", login)
        assert code == 0 and "; Secure" in answer, answer
        cookie = re.search(r"Set-Cookie: ([^;]*)", answer)[1]
        token = json.loads(answer[answer.index("{"):])["csrf"]
        ask = ["-H", f"Cookie: {cookie}", "-H", "Accept: text/event-stream", "-d",
               json.dumps({"question": "what did I say?"}), f"{url}/api/ask"]
        code, answer = curl(pem, *ask)
        assert " 403 " in answer.splitlines()[0], answer
        code, answer = curl(pem, "-H", f"X-CSRF-Token: {token}", *ask)
        assert code == 0, "curl takes a stream that is cut for an error"
        assert "event: accepted" in answer and "event: done" in answer, answer
        code, _ = curl(pem, "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0", f"{url}/healthz")
        assert code == 35, code
        code, answer = curl(pem, f"http://localhost:{server.port}/healthz")
        assert code == 0 and " 400 " in answer.splitlines()[0] and "use https://" in answer, answer
        code, _ = curl(f"{folder}/one.pem", f"{url}/healthz")
        assert code == 60, f"a certificate that it does not know: {code}"


def test_openssl(mbe: str, home: str, folder: str) -> None:
    pem, key = certificate(folder, "three")
    with Server(mbe, home, "--tls-cert", pem, "--tls-key", key) as server:
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile", pem,
             "-verify_return_error", "-alpn", "h2,http/1.1", "-quiet"],
            input="GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            capture_output=True, text=True, timeout=60)
        assert "200 OK" in done.stdout and done.returncode == 0, done
        # Whoever says nothing, or nonsense, does not keep the others out.
        silent = socket.create_connection(("127.0.0.1", server.port))
        rubbish = socket.create_connection(("127.0.0.1", server.port))
        rubbish.sendall(b"\x16\x03\x01\xff\xff" + b"\x00" * 600)
        assert curl(pem, f"https://localhost:{server.port}/healthz")[0] == 0
        silent.close()
        rubbish.close()


def test_renewal(mbe: str, home: str, folder: str) -> None:
    pem, key = f"{folder}/live.pem", f"{folder}/live.key"

    def place(pair: tuple[str, str]) -> None:
        for file, link in zip(pair, (pem, key)):
            os.symlink(file, f"{link}.new")
            os.replace(f"{link}.new", link)

    old, new = certificate(folder, "old"), certificate(folder, "new")
    place(old)
    with open(f"{home}/server.toml", "w", encoding="utf-8") as file:
        file.write(f'tls_cert = "{pem}"\ntls_key = "{key}"\n')
    with Server(mbe, home) as server:
        server.until_said("Ctrl-C")
        assert server.peer(old[0]) == "old"
        place(new)
        server.process.send_signal(signal.SIGHUP)
        server.until_said("read again")
        assert server.peer(new[0]) == "new"
        place((old[0], new[1]))  # a pair that is none: the last good one stays
        server.process.send_signal(signal.SIGHUP)
        server.until_said("not that of")
        assert server.peer(new[0]) == "new"
        place(ended(folder))
        server.process.send_signal(signal.SIGHUP)
        assert "2020-01-02" in server.until_said("ended at")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=60) == 0
    doctor = subprocess.run([mbe, "--home", home, "--lang", "en", "doctor"], capture_output=True,
                            text=True)
    assert "ended at 2020-01-02" in " ".join(doctor.stdout.split()), doctor.stdout
    os.remove(f"{home}/server.toml")


def main() -> int:
    mbe = sys.argv[1]
    if shutil.which("curl") is None or shutil.which("openssl") is None:
        print("SKIPPED: curl and openssl are needed; run tools/setup --tests")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="mbe-tls-") as folder:
        home = f"{folder}/home"
        subprocess.run([mbe, "--home", home, "people", "add", "mina", "--role", "origin"],
                       input=f"{PASSWORD}\n", text=True, check=True, capture_output=True)
        for test in (test_refusals, test_curl, test_openssl, test_renewal):
            test(mbe, home, folder)
            print(f"{test.__name__}: ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
