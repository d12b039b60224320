"""Every operation is a method: life_of_a_memory.py HOME"""

import sys
from datetime import date

from memory_engine import LimitError, Memory, NotFoundError

# [open]
memory = Memory(sys.argv[1])
# [/open]

# [recall]
block = memory.remember("어제 새벽 세 시까지 발표 준비를 했다", speaker="mina", session="evening")
print(block["block_index"], block["keywords"], block["tags"], block["importance"])

found = memory.recall("발표", top_k=5, speakers=["mina"], until=date.today())
for hit in found["hits"]:
    print(f"{hit['score']:.2f}", hit["context"], [arm["arm"] for arm in hit["arms"]])
if found["vectors_note"]:
    print("without vectors:", found["vectors_note"])
# [/recall]

# [change]
index = block["block_index"]
memory.pin(index)
later = memory.update(index, "발표 준비는 두 시까지였다")
print([entry["event"] for entry in memory.history(index)["history"]])

preview = memory.forget_preview(blocks=[index])
memory.forget(count=preview["count"], blocks=[index])
print(memory.show(later["block_index"])["state"])
# [/change]

# [errors]
try:
    memory.show(10_000)
except NotFoundError as error:
    print(error.code, "-", error.message, "-", error.next_step)
try:
    memory.remember("x" * 1_000_001)
except LimitError as error:
    print(error)
# [/errors]

memory.close()
