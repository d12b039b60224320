"""The memory of functions that are given none: the default home's chain ``main``, opened when first
needed and closed when the program ends. A forked child opens its own."""

from __future__ import annotations

import atexit
import os
import threading

from memory_engine.memory import Memory

_lock = threading.Lock()
_memory: Memory | None = None


def default_memory() -> Memory:
    """Opens it at the first call; ``$MBE_HOME`` names the home."""
    global _memory
    with _lock:
        if _memory is None:
            _memory = Memory()
        return _memory


def close_default_memory() -> None:
    """Lets go of it; the next call opens it anew."""
    global _memory
    with _lock:
        if _memory is not None:
            _memory.close()
        _memory = None


def _forget_in_child() -> None:
    global _memory, _lock
    _lock = threading.Lock()
    _memory = None


atexit.register(close_default_memory)
os.register_at_fork(after_in_child=_forget_in_child)
