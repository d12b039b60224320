"""Prompts made of what came to mind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from memory_engine._default import default_memory
from memory_engine.memory import Memory


def _choice(waypoint: Mapping[str, Any] | int) -> dict[str, Any]:
    if isinstance(waypoint, int):
        return {"block_index": waypoint}
    return {"block_index": waypoint["block_index"], "relevance": waypoint.get("relevance")}


def compose_prompt(user_input: str, waypoints: Iterable[Mapping[str, Any] | int] | None = None, *,
                   memory: Memory | None = None, conversation: str = "default",
                   budget_tokens: int = 1024,
                   format: Literal["plain", "openai", "anthropic"] = "plain",
                   language: Literal["ko", "en"] | None = None) -> str:
    """A prompt of memories, the turns of the conversation and the input, inside the budget.

    Memories are fenced and said to be data, so that what was remembered cannot give orders.

    Args:
        user_input: what the person says now.
        waypoints: what ``update_cache`` gave, or blocks by number: the memories to choose from.
            None: what comes to mind now. An empty list: none.
        memory: else the default home's.
        conversation: whose turns are shown.
        budget_tokens: the size at most.
        format: for which kind of model; the last two give JSON.
        language: of the frame; else the input's.
    """
    chosen = None if waypoints is None else [_choice(one) for one in waypoints]
    made = (memory or default_memory()).compose(
        user_input, waypoints=chosen, conversation=conversation, budget_tokens=budget_tokens,
        format=format, language=language)
    return made["prompt"]
