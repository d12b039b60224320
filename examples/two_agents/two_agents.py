"""Two agents share one memory, each with a key of its own: python two_agents.py ADDRESS CHAIN
SCOUT_KEY COOK_KEY

Both may read and write CHAIN by a grant (docs/guide/agents.md). Each block says who wrote it, from
the key alone; what both say on their own is believed more than what one says.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from typing import Any


class Agent:
    """A program with a key to a shared memory."""

    def __init__(self, address: str, chain: str, key: str) -> None:
        self.address, self.chain, self.key = address, chain, key

    def call(self, operation: str, **arguments: Any) -> Any:
        """One operation of docs/operations.md on the shared memory."""
        request = urllib.request.Request(
            f"{self.address}/v1/{operation}?chain={self.chain}", json.dumps(arguments).encode(),
            {"Authorization": f"Bearer {self.key}"})
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)


def main() -> None:
    """What the scout saw, the cook confirms in part."""
    address, chain, scout_key, cook_key = sys.argv[1:]
    # [share]
    scout, cook = Agent(address, chain, scout_key), Agent(address, chain, cook_key)
    pot = "Mina keeps the spare key under the blue flower pot"
    scout.call("remember", text=pot)
    scout.call("remember", text="Mina keeps the spare ladder in the green garden shed")
    cook.call("remember", text=pot)

    found = cook.call("recall", cue="Where does Mina keep spare things?", threshold=False)
    for hit in found["hits"]:
        others = [one["writer"] for one in hit["corroborated_by"]]
        agreed = " - so says " + ", ".join(others) if others else ""
        print(f"{hit['confidence']:.2f} {hit['writer']}: {hit['context']}{agreed}")
    mine = cook.call("list", writers=["cook"])["blocks"]
    print("the cook wrote", [block["context"] for block in mine])
    # [/share]


if __name__ == "__main__":
    main()
