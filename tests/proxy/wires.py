"""Anthropic's messages, OpenAI's responses, embeddings and models, who is let in, and curl, through
a real `mbe serve`.

    wires.py MBE
"""
import json
import subprocess
import sys
import unittest

import anthropic
import openai
from clients import OPENS, QUESTION, ClientsTest, user
from environment import UPSTREAM_KEY

CACHED = {"type": "ephemeral"}


class Messages(ClientsTest):
    def create(self, *messages: dict, conversation: str = "", **more: object) -> object:
        return self.claude().messages.with_raw_response.create(
            model=more.pop("model", "words"), max_tokens=100, messages=list(messages),
            extra_headers={"X-MBE-Conversation": conversation} if conversation else {}, **more)

    def test_both_sides_are_remembered(self) -> None:
        raw = self.create(user("나는 봄마다 제주 오름을 걷는다"), conversation="claude")
        self.assertEqual(raw.parse().content[0].text, self.upstream.said)
        self.assertEqual(self.said_in("claude"), ["나는 봄마다 제주 오름을 걷는다",
                                                  self.upstream.said])
        asked = self.upstream.last()
        self.assertEqual(asked.headers["Authorization"], f"Bearer {UPSTREAM_KEY}")
        self.assertIn("anthropic-version", {name.lower() for name in asked.headers})

    def test_memory_stands_behind_what_is_cached(self) -> None:
        system = [{"type": "text", "text": "Be kind.", "cache_control": CACHED}]
        part = {"type": "text", "text": QUESTION, "cache_control": CACHED}
        self.create(user([part]), system=system)
        sent = self.upstream.last().json
        self.assertEqual(sent["system"], system)
        self.assertEqual(sent["messages"][0]["content"][0], part)
        self.assertTrue(sent["messages"][0]["content"][1]["text"].startswith(OPENS))

    def test_tools_pass_with_the_same_beginning(self) -> None:
        tools = [{"name": "weather", "input_schema": {"type": "object", "properties": {}}}]
        asked = user([{"type": "text", "text": "여름에 부산 바다에 가려는데 날씨는?",
                       "cache_control": CACHED}])
        first = self.create(asked, model="tools", tools=tools, conversation="claude-tools").parse()
        call = first.content[0]
        one = self.upstream.last().json["messages"]
        asked["content"][0].pop("cache_control")  # clients mark their newest part alone
        self.create(asked, {"role": "assistant", "content": [call.model_dump(exclude_none=True)]},
                    user([{"type": "tool_result", "tool_use_id": call.id, "content": "31도",
                           "cache_control": CACHED}]),
                    model="tools", tools=tools, conversation="claude-tools")
        two = self.upstream.last().json["messages"]
        self.assertEqual(one[0]["content"][1], two[0]["content"][1])
        self.assertEqual(two[2]["content"][0]["content"], "31도")
        self.assertEqual(self.said_in("claude-tools"),
                         [asked["content"][0]["text"], self.upstream.said])

    def test_streams_pass(self) -> None:
        with self.claude().messages.stream(
                model="cut", max_tokens=100, messages=[user("나는 가을 억새가 좋아")],
                extra_headers={"X-MBE-Conversation": "claude-stream"}) as stream:
            said = "".join(stream.text_stream)
        self.assertEqual(said, self.upstream.said)
        self.assertEqual(self.said_in("claude-stream"), ["나는 가을 억새가 좋아", said])

    def test_errors_keep_their_form(self) -> None:
        with self.assertRaises(anthropic.RateLimitError) as caught:
            self.create(user("물어본다"), model="fail-429")
        self.assertEqual(caught.exception.body["error"]["message"], "no 429")
        stranger = anthropic.Anthropic(base_url=self.url, api_key="mbe_no", max_retries=0)
        with self.assertRaises(anthropic.AuthenticationError):
            stranger.messages.create(model="words", max_tokens=9, messages=[user("누구게")])

    def test_tokens_are_counted_as_they_are(self) -> None:
        counted = self.claude().messages.count_tokens(model="words", messages=[user(QUESTION)])
        self.assertEqual(counted.input_tokens, 9)
        self.assertEqual(self.upstream.last().json["messages"], [user(QUESTION)])

    def test_a_model_is_named_where_none_is(self) -> None:
        body = {"max_tokens": 9, "messages": [user("이름 없는 모형에게")]}
        self.assertEqual(self.ask("/v1/messages", body, self.keys["mina"])[0], 200)
        self.assertEqual(self.upstream.last().json["model"], "words")


class Responses(ClientsTest):
    def test_a_text_and_what_follows_it_are_one_conversation(self) -> None:
        create = self.chat().responses.with_raw_response.create
        raw = create(model="words", input=QUESTION)
        first = raw.parse()
        self.assertEqual(first.output_text, self.upstream.said)
        self.assertTrue(self.upstream.last().json["input"].startswith(OPENS))
        next_one = create(model="words", input="거기서 뭘 하면 좋을까?",
                          previous_response_id=first.id)
        self.assertEqual(next_one.headers["x-mbe-conversation"], raw.headers["x-mbe-conversation"])
        said = self.said_in(raw.headers["x-mbe-conversation"])
        self.assertEqual(said[0], QUESTION)
        self.assertIn("거기서 뭘 하면 좋을까?", said)

    def test_parts_and_streams_pass(self) -> None:
        part = {"type": "input_text", "text": QUESTION + " 응?"}
        stream = self.chat().responses.create(
            model="cut", stream=True, input=[{"role": "user", "content": [part]}],
            extra_headers={"X-MBE-Conversation": "responses"})
        said = "".join(one.delta for one in stream if one.type == "response.output_text.delta")
        self.assertEqual(said, self.upstream.said)
        sent = self.upstream.last().json["input"][0]["content"]
        self.assertEqual(sent[0]["type"], "input_text")
        self.assertEqual(sent[1], part)
        self.assertEqual(self.said_in("responses"), [part["text"], said])


class Others(ClientsTest):
    def test_embeddings_and_models_are_forwarded(self) -> None:
        before = len(self.blocks())
        made = self.chat().embeddings.create(model="e", input="바다", encoding_format="float")
        self.assertEqual(made.data[0].embedding, [0.5] * 4)
        self.assertEqual([one.id for one in self.chat().models.list()], ["words"])
        self.assertEqual(self.chat().models.retrieve("words").id, "words")
        self.assertEqual(self.upstream.last().path, "/v1/models/words")
        self.assertEqual(len(self.blocks()), before)

    def test_curl_can_stream(self) -> None:
        body = json.dumps({"model": "words", "stream": True, "messages": [user("curl로 묻는다")]})
        done = subprocess.run(
            ["curl", "-sS", "-N", "-i", f"{self.url}/v1/chat/completions",
             "-H", f"Authorization: Bearer {self.keys['mina']}",
             "-H", "Content-Type: application/json", "-d", body],
            check=True, stdout=subprocess.PIPE)
        head, _, rest = done.stdout.partition(b"\r\n\r\n")
        self.assertIn(b"HTTP/1.1 200", head)
        self.assertIn(b"X-MBE-Receipt: ", head)
        self.assertEqual(rest, self.upstream.streamed)


class WhoIsLetIn(ClientsTest):
    def test_strangers_reach_nothing(self) -> None:
        revoked = self.new_key("jun", "--rights", "read,write")
        self.program("people", "key", "revoke", revoked[:12])
        before = self.upstream.count()
        for key in (None, "", "mbe_no", revoked, UPSTREAM_KEY):
            for path in ("/v1/chat/completions", "/v1/responses", "/v1/messages",
                         "/v1/embeddings"):
                body = {"model": "words", "messages": [user("들여보내 줘")], "input": "x"}
                self.assertEqual(self.ask(path, body, key)[0], 401, (key, path))
        self.assertEqual(self.upstream.count(), before)

    def test_a_key_for_reading_does_not_write(self) -> None:
        self.keys["reader"] = self.new_key("jun", "--rights", "read")
        before = self.upstream.count()
        with self.assertRaises(openai.PermissionDeniedError):
            self.chat("reader").chat.completions.create(model="words", messages=[user("안녕")])
        with self.assertRaises(openai.PermissionDeniedError):
            self.chat("bot").chat.completions.create(model="words", messages=[user("안녕")])
        self.assertEqual(self.upstream.count(), before)
        blocks = len(self.blocks("jun"))
        self.chat("reader", default_headers={"X-MBE-Memory": "read"}).chat.completions.create(
            model="words", messages=[user("안녕")])
        self.assertEqual(len(self.blocks("jun")), blocks)

    def test_nobody_gets_anothers_memory(self) -> None:
        people = ("mina", "jun", "sol")
        for who in people:
            self.operation("remember", {"text": f"{who}의 카나리아는 부엌에서 노래한다"}, who)
        for who in people:
            for create in (
                    lambda text, who=who: self.chat(who).chat.completions.create(
                        model="words", messages=[user(text)]),
                    lambda text, who=who: self.claude(who).messages.create(
                        model="words", max_tokens=9, messages=[user(text)]),
                    lambda text, who=who: self.chat(who).responses.create(model="words",
                                                                          input=text)):
                create("카나리아는 부엌에서 무엇을 하지?")
                sent = self.upstream.last().body.decode()
                for other in people:
                    self.assertEqual(f"{other}의 카나리아" in sent, other == who)

    def test_the_same_conversation_of_two_people_is_two(self) -> None:
        talk = [user("같은 말로 시작하는 대화")]
        for who in ("mina", "jun"):
            raw = self.chat(who).chat.completions.with_raw_response.create(model="words",
                                                                           messages=talk)
            self.assertEqual(len(raw.headers["x-mbe-written"].split(",")), 2)
            self.assertEqual(self.said_in(raw.headers["x-mbe-conversation"], who)[0],
                             talk[0]["content"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)
