"""The official Python clients of OpenAI and Anthropic, and bare HTTP, through a real `mbe serve`.

    clients.py MBE
"""
import json
import subprocess
import sys
import unittest
from pathlib import Path

import anthropic
import openai
from environment import ProxyTest

WISH = "나는 여름마다 부산 바다에 가는 것을 좋아해"
QUESTION = "내가 여름마다 어디에 가는 것을 좋아한댔지?"
OPENS = "[[memories "
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}}}}


def user(text: object) -> dict:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict:
    return {"role": "assistant", "content": text}


class ClientsTest(ProxyTest):
    """With a client for each test, and names of conversations of its own."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.program("remember", WISH, "--speaker", "mina")  # the running server is asked

    def chat(self, who: str = "mina", **options: object) -> openai.OpenAI:
        return openai.OpenAI(base_url=f"{self.url}/v1", api_key=self.keys[who], max_retries=0,
                             **options)

    def claude(self, who: str = "mina", **options: object) -> anthropic.Anthropic:
        return anthropic.Anthropic(base_url=self.url, api_key=self.keys[who], max_retries=0,
                                   **options)

    def receipt(self, headers: object, who: str = "mina") -> dict:
        status, _, body = self.ask(f"/v1/receipts/{headers['x-mbe-receipt']}", None,
                                   self.keys[who], method="GET")
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def said_in(self, conversation: str, who: str = "mina") -> list[str]:
        """What was remembered of a conversation, the oldest first."""
        found = self.blocks(who, sessions=[conversation])
        return [block["context"] for block in reversed(found)]


class Chat(ClientsTest):
    def test_an_answer_comes_as_the_upstream_sends_it(self) -> None:
        raw = self.chat().chat.completions.with_raw_response.create(
            model="words", messages=[user("안녕하세요, 오늘은 바람이 부네요")])
        answer = raw.parse()
        self.assertEqual(answer.choices[0].message.content, self.upstream.said)
        self.assertEqual(json.loads(raw.content)["unknown_member"], {"kept": 1.5})
        self.assertEqual(raw.headers["x-ratelimit-remaining-requests"], "41")
        self.assertEqual(raw.headers["x-upstream-request-id"], "req-1")
        self.assertNotIn("set-cookie", raw.headers)

    def test_both_sides_are_remembered_once(self) -> None:
        first = user("나는 강릉에서 커피를 배운 적이 있어")
        headers = {"X-MBE-Conversation": "both-sides"}
        create = self.chat().chat.completions.with_raw_response.create
        raw = create(model="words", messages=[first], extra_headers=headers)
        self.assertEqual(len(raw.headers["x-mbe-written"].split(",")), 2)
        self.assertEqual(self.said_in("both-sides"), [first["content"], self.upstream.said])
        again = create(model="words", messages=[first], extra_headers=headers)
        self.assertEqual(again.headers["x-mbe-written"], "")
        more = [first, assistant(self.upstream.said), user("그때 배운 라테가 그리워")]
        create(model="words", messages=more, extra_headers=headers)
        self.assertEqual(self.said_in("both-sides")[:3],
                         [first["content"], self.upstream.said, more[2]["content"]])
        self.assertEqual(len(self.said_in("both-sides")), 4)
        kinds = [(one["kind"], one["trust"], one["channel"])
                 for one in self.blocks(sessions=["both-sides"])]
        self.assertEqual(set(kinds),
                         {("utterance", "owner", "proxy"), ("answer", "tool", "proxy")})

    def test_a_server_that_began_anew_does_not_store_again(self) -> None:
        headers = {"X-MBE-Conversation": "restart"}
        said = [user("나는 첼로를 다시 배우기로 했어")]
        self.chat().chat.completions.create(model="words", messages=said, extra_headers=headers)
        self.end()
        self.start()
        self.chat().chat.completions.create(model="words", messages=said,
                                            extra_headers=headers)
        self.assertEqual(self.said_in("restart").count(said[0]["content"]), 1)

    def test_memory_is_put_beside_the_newest_words(self) -> None:
        wish = next(one["block_index"] for one in self.blocks() if one["context"] == WISH)
        system = {"role": "system", "content": "You are kind."}
        raw = self.chat().chat.completions.with_raw_response.create(
            model="words", messages=[system, user(QUESTION)])
        sent = self.upstream.last().json["messages"]
        self.assertEqual(sent[0], system)
        self.assertTrue(sent[1]["content"].startswith(OPENS))
        self.assertIn(WISH, sent[1]["content"])
        self.assertTrue(sent[1]["content"].endswith("\n\n" + QUESTION))
        self.assertIn(str(wish), raw.headers["x-mbe-blocks"].split(","))
        self.assertGreater(int(raw.headers["x-mbe-tokens"]), 0)

    def test_the_beginning_stays_byte_for_byte(self) -> None:
        history = [{"role": "system", "content": "Kind.\u00e9 \\ \" 끝"}]
        bodies = []
        for question in ("부산 바다 이야기를 해 줘", "바다에서 뭘 하면 좋을까?", "언제가 좋아?"):
            history.append(user(question))
            self.chat().chat.completions.create(model="words", messages=history,
                                                extra_body={"seed": 12345678901234567890})
            bodies.append(self.upstream.last())
            history.append(assistant(self.upstream.said))
        for earlier, later in zip(bodies, bodies[1:], strict=False):
            kept = len(earlier.json["messages"]) - 1
            self.assertEqual(earlier.json["messages"][:kept], later.json["messages"][:kept])
            begin = earlier.body.index(b'"role":"user"', earlier.body.index(b'"messages"'))
            self.assertEqual(earlier.body[:begin], later.body[:begin])
            self.assertIn(b"12345678901234567890", later.body)
        self.assertNotIn(OPENS.encode(), bodies[-1].body[:bodies[-1].body.rindex(b'"user"')])

    def test_injected_words_are_never_remembered(self) -> None:
        headers = {"X-MBE-Conversation": "sent-back"}
        create = self.chat().chat.completions.create
        create(model="words", messages=[user(QUESTION)], extra_headers=headers)
        injected = self.upstream.last().json["messages"][-1]["content"]
        self.assertIn(OPENS, injected)
        before = self.upstream.said
        try:
            self.upstream.said = "기록에는 이렇게 있어요.\n" + injected
            create(model="words", extra_headers=headers, messages=[
                user(injected), assistant("바다요."), user(injected + " 다시 말해 줘")])
        finally:
            self.upstream.said = before
        said = self.said_in("sent-back")
        self.assertEqual(len(said), 4)
        for text in said:
            self.assertNotIn("[[", text)
        self.assertEqual(said[2], QUESTION + " 다시 말해 줘")
        self.assertEqual(said[3], "기록에는 이렇게 있어요.\n" + QUESTION)

    def test_a_stream_is_passed_on_byte_for_byte(self) -> None:
        for model in ("words", "cut"):
            headers = {"X-MBE-Conversation": f"stream-{model}"}
            body = {"model": model, "stream": True, "messages": [user("바다가 좋아, 정말로")]}
            status, names, got = self.ask("/v1/chat/completions", body, self.keys["mina"], headers)
            self.assertEqual((status, names["content-type"]), (200, "text/event-stream"))
            self.assertEqual(got, self.upstream.streamed)
            told = self.receipt(names)
            self.assertEqual(told["state"], "done")
            self.assertEqual([one["role"] for one in told["written"]], ["user", "assistant"])
            self.assertEqual(self.said_in(f"stream-{model}"),
                             ["바다가 좋아, 정말로", self.upstream.said])

    def test_the_client_reads_a_stream(self) -> None:
        stream = self.chat().chat.completions.create(
            model="cut", stream=True, messages=[user("나는 통영의 섬들이 좋아")],
            extra_headers={"X-MBE-Conversation": "read-stream"})
        said = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
        self.assertEqual(said, self.upstream.said)
        self.assertEqual(self.said_in("read-stream"), ["나는 통영의 섬들이 좋아", said])

    def test_who_leaves_ends_the_upstream_and_half_is_remembered(self) -> None:
        self.upstream.left.clear()
        stream = self.chat().chat.completions.with_raw_response.create(
            model="slow", stream=True, messages=[user("여수 밤바다 이야기를 길게 해 줘")],
            extra_headers={"X-MBE-Conversation": "left"})
        chunks = stream.parse()
        for chunk in chunks:
            if chunk.choices[0].delta.content:
                break
        chunks.response.close()
        self.assertTrue(self.upstream.left.wait(30))
        self.end()  # finishes what it has begun
        self.start()
        said = self.said_in("left")
        self.assertEqual(said[0], "여수 밤바다 이야기를 길게 해 줘")
        self.assertTrue(self.upstream.said.startswith(said[1]))
        newest = self.blocks(sessions=["left"])[0]
        self.assertEqual(newest["kind"], "answer")

    def test_who_leaves_before_the_whole_answer_ends_the_upstream(self) -> None:
        self.upstream.left.clear()
        with self.assertRaises(openai.APITimeoutError):
            self.chat().with_options(timeout=1, max_retries=0).chat.completions.create(
                model="slow", messages=[user("목포 이야기를 한 번에 해 줘")],
                extra_headers={"X-MBE-Conversation": "left-whole"})
        self.assertTrue(self.upstream.left.wait(30))
        self.end()
        self.start()
        self.assertEqual(self.said_in("left-whole"), [])  # it will be asked again

    def test_tools_pass_and_their_results_are_nobodys_words(self) -> None:
        headers = {"X-MBE-Conversation": "tools"}
        asked = user("여름 바다에 가려는데 부산 날씨는?")
        create = self.chat().chat.completions.create
        first = create(model="tools", messages=[asked], tools=[TOOL], extra_headers=headers)
        call = first.choices[0].message.tool_calls[0]
        self.assertEqual(json.loads(call.function.arguments), {"city": "부산"})
        self.assertEqual(self.upstream.last().json["tools"], [TOOL])
        one = self.upstream.last()
        create(model="tools", tools=[TOOL], extra_headers=headers, messages=[
            asked, first.choices[0].message.model_dump(exclude_none=True),
            {"role": "tool", "tool_call_id": call.id, "content": "맑음, 31도"}])
        two = self.upstream.last()
        self.assertEqual(two.json["messages"][0], one.json["messages"][0])
        self.assertEqual(two.json["messages"][2]["content"], "맑음, 31도")
        self.assertEqual(self.said_in("tools"), [asked["content"], self.upstream.said])

    def test_images_and_unknown_parts_pass(self) -> None:
        parts = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                 {"type": "text", "text": QUESTION}, {"type": "new_kind", "x": [1, None]}]
        body = json.dumps({"model": "words", "later": "X", "messages": [user(parts)]})
        body = body.replace('"X"', '{"a": 1.50}')
        status, _, _ = self.ask("/v1/chat/completions", body.encode(), self.keys["mina"])
        self.assertEqual(status, 200)
        sent = self.upstream.last().json["messages"][0]["content"]
        self.assertTrue(sent[0]["text"].startswith(OPENS))
        self.assertEqual(sent[1:], parts)
        self.assertIn(b'"later": {"a": 1.50}', self.upstream.last().body)

    def test_errors_of_the_upstream_pass(self) -> None:
        before = len(self.blocks())
        for status, kind in ((429, openai.RateLimitError), (500, openai.InternalServerError),
                             (400, openai.BadRequestError)):
            for streams in (False, True):
                with self.assertRaises(kind) as caught:
                    self.chat().chat.completions.create(model=f"fail-{status}", stream=streams,
                                                        messages=[user("그래도 물어본다")])
                self.assertEqual(caught.exception.body["message"], f"no {status}")
                self.assertEqual(caught.exception.response.headers["retry-after"], "0")
        self.assertEqual(len(self.blocks()), before)

    def test_the_program_of_the_guide_runs(self) -> None:
        done = subprocess.run([sys.executable, Path(__file__).with_name("first_chat.py"), self.url,
                               self.keys["jun"], "words"], check=True, text=True,
                              stdout=subprocess.PIPE)
        self.assertIn(self.upstream.said, done.stdout)
        self.assertRegex(done.stdout, r"remembered in blocks \d")

    def test_memory_is_read_only_or_off_where_the_request_says_so(self) -> None:
        before = len(self.blocks())
        for mode, injected in (("read", True), ("off", False)):
            raw = self.chat().chat.completions.with_raw_response.create(
                model="words", messages=[user(QUESTION + mode)],
                extra_headers={"X-MBE-Memory": mode})
            sent = self.upstream.last().json["messages"][0]["content"]
            self.assertEqual(sent.startswith(OPENS), injected)
            self.assertEqual("x-mbe-blocks" in raw.headers, injected)
        self.assertEqual(len(self.blocks()), before)
        with self.assertRaises(openai.BadRequestError):
            self.chat().chat.completions.create(model="words", messages=[user("아무 말")],
                                                extra_headers={"X-MBE-Memory": "sometimes"})


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)
