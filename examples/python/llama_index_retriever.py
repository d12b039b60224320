"""A retriever for LlamaIndex: llama_index_retriever.py HOME (pip install llama-index-core)"""

import sys

# [retriever]
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from memory_engine import Memory


class MemoryRetriever(BaseRetriever):
    """What comes to mind for a query, best first."""

    def __init__(self, memory: Memory, top_k: int = 5) -> None:
        self._memory = memory
        self._top_k = top_k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._memory.recall(query_bundle.query_str, top_k=self._top_k)["hits"]
        return [NodeWithScore(score=hit["score"],
                              node=TextNode(text=hit["context"], id_=hit["hash"],
                                            metadata={"block_index": hit["block_index"],
                                                      "time": hit["timestamp"]}))
                for hit in hits]
# [/retriever]


def main() -> None:
    """Remembers, and asks through LlamaIndex."""
    with Memory(sys.argv[1]) as memory:
        memory.remember("The heron eats frogs")
        memory.remember("The oven needs a new thermostat")
        for found in MemoryRetriever(memory, top_k=1).retrieve("What does the heron eat?"):
            print(found.score, found.node.get_content(), found.node.metadata)


if __name__ == "__main__":
    main()
