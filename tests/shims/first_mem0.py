"""A mem0 program of docs/guide/shims.md: python first_mem0.py ADDRESS KEY"""
import sys

from mem0 import MemoryClient

address, key = sys.argv[1:]
memory = MemoryClient(host=f"{address}/mem0", api_key=key)
memory.add("나는 봄에 마라톤을 하고 싶다", user_id="mina")
found = memory.search("봄에 뭐 하고 싶댔지?", filters={"user_id": "mina"})
print(found["results"][0]["memory"])
