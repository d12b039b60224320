"""mem0's verbs: mem0_verbs.py HOME"""

import sys

# [mem0]
from memory_engine.mem0 import Memory

memory = Memory(sys.argv[1])
added = memory.add([{"role": "user", "content": "I moved to Busan in May"},
                    {"role": "assistant", "content": "How is the sea there?"}],
                   user_id="mina", metadata={"app": "diary"})
first = added["results"][0]["id"]

print(memory.search("Where do I live?", user_id="mina", limit=3)["results"])
memory.update(first, "I moved to Jeju in June")
print(memory.get(first))
print([entry["event"] for entry in memory.history(first)])
memory.delete(first)
print(len(memory.get_all(user_id="mina")["results"]))
memory.delete_all(user_id="mina")
# [/mem0]
memory.reset()
memory.close()
