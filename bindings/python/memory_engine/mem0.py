"""mem0's verbs on this engine: ``from memory_engine.mem0 import Memory``.

The same names, arguments and result shapes as the open-source mem0 client. What differs:

- ``infer`` is accepted and has no effect: no model is asked to extract or merge facts. Each message
  is kept as it was said, as with ``infer=False``; recall finds it by association.
- The first of ``user_id``, ``agent_id``, ``run_id`` that is given names a memory of its own;
  the others narrow what is found in it. One without the other is another memory.
- ``delete`` and its kind are final: the key of the block is destroyed. ``update`` is a later
  statement in the place of the earlier, which stays in ``history``; the id stays.
- ``metadata`` and narrowing ids are kept with the block, 512 bytes of JSON at most.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from memory_engine.errors import InvalidArgumentError, LimitError, NotFoundError
from memory_engine.memory import Memory as Engine

SCOPES = ("user_id", "agent_id", "run_id")
PREFIX = "mem0 "
KINDS = ("utterance", "answer", "fact", "supersede")
SOURCE_BYTES_MAX = 512
PAGE = 1000
EVENTS = {"said": "ADD", "updated": "UPDATE", "erased": "DELETE"}

Item = dict[str, Any]
Messages = str | Mapping[str, Any] | Sequence[Mapping[str, Any]]


class _Scope:
    """Which memory is meant, and what narrows it."""

    def __init__(self, ids: Mapping[str, Any]) -> None:
        self.ids = {name: str(ids[name]) for name in SCOPES if ids.get(name)}
        if not self.ids:
            raise InvalidArgumentError("one of user_id, agent_id, run_id must be given",
                                       "say whose memory it is")
        name, value = next(iter(self.ids.items()))
        self.chain = f"{PREFIX}{name}:{value}"
        self.rest = {other: one for other, one in self.ids.items() if other != name}

    def holds(self, about: Mapping[str, Any]) -> bool:
        """Whether a block that says this of itself is meant."""
        return all(about.get(name) == value for name, value in self.rest.items())


def _scope(filters: Mapping[str, Any] | None, **ids: Any) -> tuple[_Scope, dict[str, Any]]:
    """The scope, and what else is asked of the metadata."""
    given = dict(filters or {})
    wanted = {name: ids.get(name) or given.pop(name, None) for name in SCOPES}
    return _Scope(wanted), given


def _about(block: Mapping[str, Any]) -> dict[str, Any]:
    """What was kept beside the text."""
    try:
        about = json.loads(block["source"] or "{}")
    except json.JSONDecodeError:
        return {}
    return about if isinstance(about, dict) else {}


def _place(memory_id: str) -> tuple[str, int]:
    chain, _, index = memory_id.rpartition("#")
    if not chain.startswith(PREFIX) or not index.isdigit():
        raise NotFoundError(f"there is no memory {memory_id!r}", "ids come from add and search")
    return chain, int(index)


def _turns(messages: Messages) -> Iterator[tuple[str, str]]:
    """Who said what; what the system says is no memory."""
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    elif isinstance(messages, Mapping):
        messages = [messages]
    for message in messages:
        role = str(message.get("role", "user"))
        content = message.get("content")
        if role != "system" and isinstance(content, str) and content.strip():
            yield str(message.get("name") or role), content


class Memory:
    """A home with mem0's verbs.

    Args:
        home: the folder; else the default home.
        options: those of memory_engine.Memory.
    """

    def __init__(self, home: str | os.PathLike[str] = "", **options: Any) -> None:
        self.engine = Engine(home, **options)

    def add(self, messages: Messages, *, user_id: str | None = None, agent_id: str | None = None,
            run_id: str | None = None, metadata: Mapping[str, Any] | None = None,
            infer: bool = True, **ignored: Any) -> dict[str, list[Item]]:
        """Keeps each message. ``infer`` and further arguments have no effect."""
        scope = _Scope({"user_id": user_id, "agent_id": agent_id, "run_id": run_id})
        about = {**scope.rest, **({"metadata": dict(metadata)} if metadata else {})}
        source = json.dumps(about, ensure_ascii=False, separators=(",", ":")) if about else None
        if source is not None and len(source.encode()) > SOURCE_BYTES_MAX:
            raise LimitError(f"the metadata is {len(source.encode())} bytes as JSON, at most "
                             f"{SOURCE_BYTES_MAX} are taken", "keep less beside the memory")
        results = []
        for speaker, text in _turns(messages):
            block = self.engine.remember(
                text, speaker=speaker, source=source, session=scope.ids.get("run_id"),
                kind="answer" if speaker == "assistant" else "utterance", chain=scope.chain)
            results.append({"id": f"{scope.chain}#{block['block_index']}", "memory": text,
                            "event": "ADD", "role": speaker})
        return {"results": results}

    def search(self, query: str, *, user_id: str | None = None, agent_id: str | None = None,
               run_id: str | None = None, limit: int | None = None, top_k: int = 20,
               filters: Mapping[str, Any] | None = None, threshold: float | None = None,
               **ignored: Any) -> dict[str, list[Item]]:
        """What comes to mind, best first. ``threshold``: a least score, 0 … 1; without it the
        engine's own, by which it may find nothing. ``filters``: ids, and equal metadata."""
        scope, wanted = _scope(filters, user_id=user_id, agent_id=agent_id, run_id=run_id)
        count = limit or top_k
        if scope.chain not in self.engine.chains():
            return {"results": []}
        narrowed = bool(scope.rest or wanted)
        found = self.engine.recall(query, top_k=PAGE if narrowed else min(count, PAGE),
                                   threshold=threshold is None, chain=scope.chain)
        results = []
        for hit in found["hits"]:
            if hit["score"] < (threshold or 0) or not self._is_meant(hit, scope, wanted):
                continue
            results.append({**self._item(hit, scope.chain), "score": hit["score"]})
        return {"results": results[:count]}

    def get(self, memory_id: str) -> Item | None:
        """One memory as it holds now; None if there is none."""
        try:
            chain, index = _place(memory_id)
            return self._item(self._newest(chain, index), chain, memory_id)
        except NotFoundError:
            return None

    def get_all(self, *, user_id: str | None = None, agent_id: str | None = None,
                run_id: str | None = None, filters: Mapping[str, Any] | None = None,
                limit: int | None = None, top_k: int = 100,
                **ignored: Any) -> dict[str, list[Item]]:
        """All of a scope, newest first."""
        scope, wanted = _scope(filters, user_id=user_id, agent_id=agent_id, run_id=run_id)
        results = []
        for block in self._blocks(scope.chain):
            if self._is_meant(block, scope, wanted):
                results.append(self._item(block, scope.chain))
            if len(results) >= (limit or top_k):
                break
        return {"results": results}

    def update(self, memory_id: str, data: str, **ignored: Any) -> dict[str, str]:
        """What holds now; the id stays."""
        chain, index = _place(memory_id)
        newest = self._newest(chain, index)
        self.engine.update(newest["block_index"], data, speaker=newest["speaker"], chain=chain)
        return {"message": "Memory updated successfully!"}

    def delete(self, memory_id: str) -> dict[str, str]:
        """Erases it with all its earlier forms, for good."""
        chain, index = _place(memory_id)
        self._newest(chain, index)
        self._erase(chain, [index])
        return {"message": "Memory deleted successfully!"}

    def delete_all(self, *, user_id: str | None = None, agent_id: str | None = None,
                   run_id: str | None = None) -> dict[str, str]:
        """Erases all of a scope, for good."""
        scope, _ = _scope(None, user_id=user_id, agent_id=agent_id, run_id=run_id)
        self._erase(scope.chain, [self._root(block, scope.chain)
                                  for block in self._blocks(scope.chain)
                                  if self._is_meant(block, scope, {})])
        return {"message": "Memories deleted successfully!"}

    def history(self, memory_id: str) -> list[Item]:
        """What happened to a memory, oldest first: ADD, UPDATE, DELETE."""
        chain, index = _place(memory_id)
        out: list[Item] = []
        for entry in self.engine.history(index, chain=chain)["history"]:
            event = EVENTS.get(entry["event"])
            if event is None:
                continue
            block = entry["block"]
            said = block["context"] if event != "DELETE" else None
            out.append({"id": f"{memory_id}/{len(out)}", "memory_id": memory_id,
                        "old_memory": out[-1]["new_memory"] if out else None, "new_memory": said,
                        "event": event, "created_at": block["recorded"], "updated_at": None,
                        "is_deleted": int(event == "DELETE")})
        return out

    def reset(self) -> None:
        """Erases everything that this adapter keeps in the home, for good."""
        for chain in self.engine.chains():
            if chain.startswith(PREFIX):
                self._erase(chain, [self._root(block, chain) for block in self._blocks(chain)])

    def close(self) -> None:
        """Lets go of the home."""
        self.engine.close()

    def _blocks(self, chain: str) -> Iterator[Mapping[str, Any]]:
        """What holds now, newest first."""
        before: int | None = None
        while chain in self.engine.chains():
            page = self.engine.list(limit=PAGE, before=before, kinds=KINDS, include_hidden=True,
                                    chain=chain)
            yield from (block for block in page["blocks"] if block["state"] == "ok")
            before = page["next"]
            if before is None:
                return

    def _newest(self, chain: str, index: int) -> Mapping[str, Any]:
        """The statement that holds in a block's place. Raises NotFoundError where none does."""
        block = self.engine.show(index, chain=chain)
        while block["superseded_by"] is not None:
            block = self.engine.show(block["superseded_by"], chain=chain)
        if block["state"] != "ok" or block["kind"] not in KINDS:
            raise NotFoundError(f"there is no memory {chain}#{index}", "ids come from add, search")
        return block

    def _root(self, block: Mapping[str, Any], chain: str) -> int:
        """The statement whose place a block has taken in the end: by it a memory is called."""
        index: int = block["block_index"]
        while block["kind"] == "supersede" and block["refs"]:
            index = block["refs"][0]
            block = self.engine.show(index, chain=chain)
        return index

    def _first(self, block: Mapping[str, Any], chain: str) -> Mapping[str, Any]:
        root = self._root(block, chain)
        if root == block["block_index"]:
            return block
        return self.engine.show(root, chain=chain)

    def _is_meant(self, block: Mapping[str, Any], scope: _Scope,
                  wanted: Mapping[str, Any]) -> bool:
        if not scope.rest and not wanted:
            return True
        about = _about(self._first(block, scope.chain))
        metadata = about.get("metadata", {})
        return scope.holds(about) and all(metadata.get(k) == v for k, v in wanted.items())

    def _item(self, block: Mapping[str, Any], chain: str, memory_id: str | None = None) -> Item:
        first = self._first(block, chain)
        about = _about(first)
        scope, _, value = chain.removeprefix(PREFIX).partition(":")
        changed = first["block_index"] != block["block_index"]
        ids = {name: about[name] for name in SCOPES if name in about}
        return {"id": memory_id or f"{chain}#{first['block_index']}", "memory": block["context"],
                "hash": block["hash"], "metadata": about.get("metadata"),
                "created_at": first["recorded"],
                "updated_at": block["recorded"] if changed else None, scope: value, **ids,
                "role": first["speaker"]}

    def _erase(self, chain: str, indexes: Sequence[int]) -> None:
        """With what rests on them, so that no later form is left."""
        wanted = sorted(set(indexes))
        for start in range(0, len(wanted), PAGE):
            blocks = wanted[start:start + PAGE]
            preview = self.engine.forget_preview(blocks=blocks, chain=chain)
            self.engine.forget(count=preview["count"], blocks=blocks, chain=chain)
