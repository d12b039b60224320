"""A memory as an object: every operation of the engine is a method (docs/operations.md)."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

from memory_engine import _engine
from memory_engine._operations import AsyncOperations, Operations


class Memory(Operations):
    """One chain of memories in a home.

    The home is opened here, or, if a server has it open and ``use_server`` is true, that server is
    asked. Any thread may call any method; the interpreter's lock is let go of meanwhile. Ctrl-C
    stops import_, verify, rebuild and reembed at a safe place; what is shorter comes to its end
    first. After ``os.fork()`` the child must open a memory of its own.

    Args:
        home: the folder; else ``$MBE_HOME``, ``$XDG_DATA_HOME/mbe``, ``~/.local/share/mbe``.
        chain: which memory of the home; made when it is first written to.
        language: of error messages, ``ko`` or ``en``; else by the locale.
        read_only: nothing is written.
        background: for programs that stay: threads embed what is pending and keep house.
        use_server: ask the server that has the home open, if there is one.

    Raises:
        EngineError: the home cannot be opened.
    """

    def __init__(self, home: str | os.PathLike[str] = "", *, chain: str = "main",
                 language: str = "", read_only: bool = False, background: bool = False,
                 use_server: bool = True) -> None:
        self._chain = chain
        self._door = _engine.Door(os.fspath(home), chain, language, read_only, background,
                                  use_server)

    @property
    def home(self) -> str:
        """The folder of the home."""
        return self._door.home

    @property
    def chain(self) -> str:
        """What methods act on unless they are given another chain."""
        return self._chain

    @property
    def served(self) -> bool:
        """Whether a server answers for this home at present."""
        return self._door.served

    def chains(self) -> list[str]:
        """Names of the chains of the home."""
        return self._door.chains()

    def models(self) -> list[dict[str, Any]]:
        """Embedding models at hand, the active one first; ``problem`` says why one cannot be used.
        """
        return self._door.models()

    def add_model(self, gguf: str | os.PathLike[str], name: str, *, pooling: str = "mean",
                  query_prefix: str = "", passage_prefix: str = "", source: str = "",
                  licence: str = "") -> dict[str, Any]:
        """Copies a GGUF embedding model into the home and makes it the active one.

        Memories opened afterwards use it; ``reembed()`` makes the vectors anew.
        """
        return self._door.add_model(os.fspath(gguf), name, pooling, query_prefix, passage_prefix,
                                    source, licence)

    def close(self) -> None:
        """Lets go of the home and writes what is derived. Calls that are running come to their end.
        """
        self._door.close()

    def _call(self, operation: str, arguments: dict[str, Any], chain: str | None) -> Any:
        return self._door.call(operation, arguments, chain or "")

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Memory({self.home!r}, chain={self._chain!r})"


class AsyncMemory(AsyncOperations):
    """Memory for asyncio: the same methods, awaited, on threads of its own.

    Cancelling an awaited call does not stop what has begun; its result is dropped.

    Args:
        home, options: those of Memory.
        threads: calls at once.
    """

    def __init__(self, home: str | os.PathLike[str] = "", *, threads: int = 4,
                 **options: Any) -> None:
        self._memory = Memory(home, **options)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="memory_engine")

    @property
    def memory(self) -> Memory:
        """The memory behind it."""
        return self._memory

    async def close(self) -> None:
        """Waits for what has begun, then lets go of the home."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._pool.shutdown)
        await loop.run_in_executor(None, self._memory.close)

    async def _call(self, operation: str, arguments: dict[str, Any], chain: str | None) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._memory._call, operation, arguments,
                                          chain)

    async def __aenter__(self) -> AsyncMemory:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        await self.close()
