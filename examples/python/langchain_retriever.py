"""A retriever for LangChain: langchain_retriever.py HOME (pip install langchain-core)"""

import sys

# [retriever]
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from memory_engine import Memory


class MemoryRetriever(BaseRetriever):
    """What comes to mind for a query, best first."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    memory: Memory
    top_k: int = 5

    def _get_relevant_documents(self, query: str, *,
                                run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self.memory.recall(query, top_k=self.top_k)["hits"]
        return [Document(page_content=hit["context"], id=hit["hash"],
                         metadata={"block_index": hit["block_index"], "score": hit["score"],
                                   "time": hit["timestamp"], "speaker": hit["speaker"]})
                for hit in hits]
# [/retriever]


def main() -> None:
    """Remembers, and asks through LangChain."""
    with Memory(sys.argv[1]) as memory:
        memory.remember("The heron eats frogs")
        memory.remember("The oven needs a new thermostat")
        retriever = MemoryRetriever(memory=memory, top_k=1)
        for document in retriever.invoke("What does the heron eat?"):
            print(document.page_content, document.metadata)


if __name__ == "__main__":
    main()
