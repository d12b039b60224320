"""The smallest program of docs/guide/mcp.md: python first_memory.py MBE [HOME]"""
import asyncio
import sys

from mcp import Client, StdioServerParameters


async def main(mbe: str, *home: str) -> None:
    server = StdioServerParameters(command=mbe, args=[*home, "mcp"])
    async with Client(server) as client:
        await client.call_tool("remember", {"text": "나는 봄에 마라톤을 하고 싶다"})
        found = await client.call_tool("recall", {"cue": "봄에 뭐 하고 싶댔지?"})
        print(found.content[0].text)


asyncio.run(main(sys.argv[1], *(["--home", sys.argv[2]] if len(sys.argv) > 2 else [])))
