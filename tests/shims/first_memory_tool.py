"""A memory tool of docs/guide/shims.md: python first_memory_tool.py ADDRESS KEY [UPSTREAM]"""
import sys

from anthropic import Anthropic
from memory_engine.memory_tool import memory_tool_at

address, key, *upstream = sys.argv[1:]
client = Anthropic(base_url=upstream[0] if upstream else None)
runner = client.beta.messages.tool_runner(
    model="claude-sonnet-4-5", max_tokens=1000, betas=["context-management-2025-06-27"],
    tools=[memory_tool_at(address, key)],
    messages=[{"role": "user", "content": "나는 봄에 마라톤을 하고 싶어. 적어 둬."}])
print(runner.until_done().content[0].text)
