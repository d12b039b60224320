"""The same with asyncio: at_once.py HOME"""

import asyncio
import sys

from memory_engine import AsyncMemory


# [async]
async def main() -> None:
    async with AsyncMemory(sys.argv[1], threads=4) as memory:
        await asyncio.gather(*(memory.remember(f"note {n} on herons") for n in range(8)))
        found = await memory.recall("herons", top_k=3)
        print(len(found["hits"]), "of", (await memory.stats())["memories"])


asyncio.run(main())
# [/async]
