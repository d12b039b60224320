"""One peer, alone in its process: adds every document by itself, answers every question, prints
what it cost. Run by bench/peers.py with the interpreter of the peers' own environment.

    peer_worker.py PEER FOLDER    (FOLDER: corpus.jsonl, queries.jsonl, passages.f32, questions.f32)

Vectors come from our embedder and are not counted. Every namespace is a collection, table or
database of its own. Rankings go to FOLDER/PEER.jsonl.
"""
import json
import os
import re
import resource
import sqlite3
import sys
import time
from pathlib import Path

TOP_K = 10
DIM = 384


def load(folder: Path) -> tuple:
    import numpy
    rows = [[json.loads(line) for line in open(folder / name, encoding="utf-8")]
            for name in ("corpus.jsonl", "queries.jsonl")]
    vectors = [numpy.fromfile(folder / name, dtype="float32").reshape(-1, DIM)
               for name in ("passages.f32", "questions.f32")]
    return rows[0], vectors[0], rows[1], vectors[1]


def content(item: dict) -> str:
    return f"{item['speaker']}: {item['text']}"


class Fts5:
    """SQLite's full-text index; one synced transaction a row; any word of the question."""
    def __init__(self, store: Path, tokenizer: str):
        self.store, self.tokenizer, self.open = store, tokenizer, {}

    def database(self, namespace: str):
        if namespace not in self.open:
            db = sqlite3.connect(self.store / f"{namespace}.db", isolation_level=None)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.execute(f"CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, x, "
                       f"tokenize='{self.tokenizer}')")
            self.open[namespace] = db
        return self.open[namespace]

    def add(self, item: dict, _vector) -> None:
        self.database(item["namespace"]).execute("INSERT INTO t VALUES(?,?)",
                                                 (item["id"], content(item)))

    def finish(self) -> None:
        pass

    def search(self, question: dict, _vector) -> list:
        words = re.findall(r"\w+", question["text"])
        match = " OR ".join(f'"{word}"' for word in words)
        found = self.database(question["namespace"]).execute(
            "SELECT id FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", (match, TOP_K))
        return [row[0] for row in found]


class Exact:
    """A scan of all float32 vectors of the namespace; keeps nothing on disk."""
    def __init__(self, _store: Path):
        self.ids, self.rows, self.matrices = {}, {}, {}

    def add(self, item: dict, vector) -> None:
        self.ids.setdefault(item["namespace"], []).append(item["id"])
        self.rows.setdefault(item["namespace"], []).append(vector)

    def finish(self) -> None:
        import numpy
        self.matrices = {name: numpy.array(rows) for name, rows in self.rows.items()}

    def search(self, question: dict, vector) -> list:
        cosines = self.matrices[question["namespace"]] @ vector
        best = cosines.argsort()[::-1][:TOP_K]
        return [self.ids[question["namespace"]][i] for i in best]


class Chroma:
    def __init__(self, store: Path):
        import chromadb
        settings = chromadb.config.Settings(anonymized_telemetry=False)
        self.client = chromadb.PersistentClient(str(store), settings=settings)
        self.collections = {}

    def collection(self, namespace: str):
        if namespace not in self.collections:
            self.collections[namespace] = self.client.create_collection(
                namespace, embedding_function=None, metadata={"hnsw:space": "cosine"})
        return self.collections[namespace]

    def add(self, item: dict, vector) -> None:
        self.collection(item["namespace"]).add(ids=[item["id"]], embeddings=[vector],
                                               documents=[content(item)])

    def finish(self) -> None:
        pass

    def search(self, question: dict, vector) -> list:
        found = self.collection(question["namespace"]).query(query_embeddings=[vector],
                                                             n_results=TOP_K, include=[])
        return found["ids"][0]


class Lance:
    """Hybrid: full-text index and vectors, joined by reciprocal ranks."""
    def __init__(self, store: Path):
        import lancedb
        self.db, self.tables = lancedb.connect(store), {}

    def add(self, item: dict, vector) -> None:
        row = [{"id": item["id"], "text": content(item), "vector": vector}]
        table = self.tables.get(item["namespace"])
        if table is None:
            self.tables[item["namespace"]] = self.db.create_table(item["namespace"], row)
        else:
            table.add(row)

    def finish(self) -> None:
        for table in self.tables.values():
            table.optimize()
            table.create_fts_index("text", replace=True)

    def search(self, question: dict, vector) -> list:
        words = " ".join(re.findall(r"\w+", question["text"]))
        found = (self.tables[question["namespace"]].search(query_type="hybrid")
                 .vector(vector).text(words).limit(TOP_K).to_list())
        return [row["id"] for row in found]


PEERS = {"fts5_porter": lambda store: Fts5(store, "porter unicode61"),
         "fts5_trigram": lambda store: Fts5(store, "trigram"),
         "exact_scan": Exact, "chromadb": Chroma, "lancedb_hybrid": Lance}


def disk_mib(store: Path) -> float:
    return sum(path.stat().st_size for path in store.rglob("*") if path.is_file()) / 2**20


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    corpus, passages, queries, questions = load(folder)
    store = folder / f"store-{name}"
    store.mkdir()
    peer = PEERS[name](store)
    start, wall = time.process_time(), time.monotonic()
    for item, vector in zip(corpus, passages, strict=True):
        peer.add(item, vector)
    figures = {"add_cpu_ms": (time.process_time() - start) * 1e3 / len(corpus),
               "add_ms": (time.monotonic() - wall) * 1e3 / len(corpus)}
    finishing = time.process_time()
    peer.finish()
    figures["finish_cpu_ms_a_document"] = (time.process_time() - finishing) * 1e3 / len(corpus)
    start, wall = time.process_time(), time.monotonic()
    rankings = [peer.search(query, vector)
                for query, vector in zip(queries, questions, strict=True)]
    figures |= {"search_cpu_ms": (time.process_time() - start) * 1e3 / len(queries),
                "search_ms": (time.monotonic() - wall) * 1e3 / len(queries),
                "rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "disk_mib": disk_mib(store), "load_average": os.getloadavg()[0]}
    with open(folder / f"{name}.jsonl", "w", encoding="utf-8") as out:
        for query, ranked in zip(queries, rankings, strict=True):
            out.write(json.dumps({"set": "locomo", "query_id": query["id"], "ranked": ranked})
                      + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
