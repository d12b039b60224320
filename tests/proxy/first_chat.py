"""The smallest program of docs/guide/proxy.md: python first_chat.py URL KEY MODEL"""
import sys

from openai import OpenAI


def main(url: str, key: str, model: str) -> None:
    client = OpenAI(base_url=f"{url}/v1", api_key=key)

    def say(text: str) -> tuple[str, list[str]]:
        """The answer, and the blocks of memory that went with the words."""
        raw = client.chat.completions.with_raw_response.create(
            model=model, messages=[{"role": "user", "content": text}])
        blocks = raw.headers["X-MBE-Blocks"]
        return raw.parse().choices[0].message.content or "", blocks.split(",") if blocks else []

    say("I am allergic to walnuts.")
    answer, blocks = say("Which cake shall I bake, with my walnut allergy?")
    print(answer)
    print("remembered in blocks", ", ".join(blocks))


if __name__ == "__main__":
    main(*sys.argv[1:])
