"""Waypoints: what should be at hand before a model answers."""

from __future__ import annotations

from memory_engine._default import default_memory
from memory_engine._operations import Waypoint
from memory_engine.memory import Memory


def update_cache(user_input: str, *, memory: Memory | None = None,
                 conversation: str = "default") -> list[Waypoint]:
    """Renews the waypoints by what was just said, which itself is not stored.

    They also stand in ``context_cache.json`` of the home.

    Args:
        user_input: the newest utterance.
        memory: else the default home's.
        conversation: whose short-term memory counts.

    Returns:
        The waypoints, nearest first, each with ``block_index``, ``relevance`` (0 … 1), its parts
        ``keyword``, ``tag``, ``vector``, and ``context``, the block's text.
    """
    found = (memory or default_memory()).update_waypoints(user_input, conversation=conversation)
    return found["waypoints"]
