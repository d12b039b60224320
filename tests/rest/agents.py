#!/usr/bin/env python3
"""Several agents on one memory, over the real server: the program of examples/two_agents; who wrote
what, whatever a request claims; filters; a grant that ends at once; nothing beyond the grant.

    agents.py MBE
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from served import PASSWORD, Served, new_key, program

EXAMPLE = Path(__file__).parents[2] / "examples/two_agents/two_agents.py"
CHAIN = "team"
SECRET = "the secret of mina"


class House:
    """A served home with an origin and two agents, who share one memory by grants."""

    def __init__(self, mbe: str, folder: str):
        self.home = str(Path(folder) / "home")
        for name, role in (("mina", "origin"), ("scout", "agent"), ("cook", "agent")):
            program(mbe, self.home, "people", "add", name, "--role", role, text=PASSWORD + "\n")
        self.keys = {name: new_key(mbe, self.home, name) for name in ("scout", "cook")}
        self.keys["mina"] = new_key(mbe, self.home, "mina", "--rights",
                                    "read,write,erase,administer")
        self.server = Served(mbe, self.home)
        self.ask("mina", "remember", {"text": SECRET}, "main")

    def ask(self, who: str, operation: str, body: dict, chain: str = CHAIN) -> tuple[int, dict]:
        """Status and answer of an operation."""
        status, _, text = self.server.ask("POST", f"/v1/{operation}?chain={chain}", body,
                                          key=self.keys[who])
        return status, json.loads(text)

    def grant(self, who: str, rights: list[str]) -> None:
        """What the agent may do to the shared memory; nothing: the grant ends."""
        status, _, text = self.server.ask(
            "POST", "/api/grants/set", {"account": who, "chain": CHAIN, "rights": rights},
            key=self.keys["mina"])
        assert status == 200, text


def shares(house: House) -> None:
    """The example's program, and what it leaves."""
    for who in ("scout", "cook"):
        assert house.ask(who, "recall", {"cue": "key"})[0] == 403, "before any grant"
        house.grant(who, ["read", "write"])
    said = subprocess.run(
        [sys.executable, "-B", EXAMPLE, f"http://localhost:{house.server.port}", CHAIN,
         house.keys["scout"], house.keys["cook"]], text=True, check=True,
        stdout=subprocess.PIPE).stdout
    assert "0.84 cook: Mina keeps the spare key" in said, said
    assert "so says scout" in said and "so says cook" in said, said
    assert "0.60 scout: Mina keeps the spare ladder" in said, said
    assert "the cook wrote ['Mina keeps the spare key under the blue flower pot']" in said, said
    print("two agents: each signs what it writes, and what both say is believed more")


def proves_who_wrote(house: House) -> None:
    """Provenance is the key's, and can be asked for."""
    status, block = house.ask("scout", "remember", {"text": "I am the cook", "speaker": "cook"})
    assert status == 200 and block["writer"] == "scout" and block["trust"] == "agent", block
    for claim in ("writer", "trust", "channel"):
        status, _ = house.ask("scout", "remember", {"text": "x", claim: "owner"})
        assert status == 400, claim
    for filter_, writers in (({"writers": ["cook"]}, {"cook"}), ({"trusts": ["agent"]},
                             {"scout", "cook"}), ({"trusts": ["owner"]}, set()),
                             ({"channels": ["rest"]}, {"scout", "cook"})):
        status, found = house.ask("cook", "list", filter_)
        assert status == 200 and {one["writer"] for one in found["blocks"]} == writers, filter_
        status, found = house.ask("cook", "recall", {"cue": "spare", "threshold": False, **filter_})
        assert {one["writer"] for one in found["hits"]} <= writers, filter_
    status, hit = house.ask("cook", "explain", {"cue": "spare key", "block_index": 1})
    assert status == 200 and [one["writer"] for one in hit["corroborated_by"]] == ["cook"], hit
    print("provenance: from the key alone; lists and recall narrow by it; explain says who agrees")


def keeps_to_the_grant(house: House) -> None:
    """Nothing but the shared memory, nothing but the rights, and nothing once it ended."""
    for who in ("scout", "cook"):
        for chain in ("main", "person:mina", "nobody"):
            status, told = house.ask(who, "recall", {"cue": "secret"}, chain)
            assert status == 403 and SECRET not in json.dumps(told), (who, chain, told)
        status, found = house.ask(who, "recall", {"cue": "secret", "threshold": False})
        assert status == 200 and SECRET not in json.dumps(found)
        assert house.ask(who, "forget", {"blocks": [1], "count": 1})[0] == 403
    house.grant("cook", ["read"])
    assert house.ask("cook", "remember", {"text": "x"})[0] == 403
    assert house.ask("cook", "recall", {"cue": "key"})[0] == 200
    house.grant("cook", [])
    for operation, body in (("recall", {"cue": "key"}), ("show", {"block_index": 1}),
                            ("list", {}), ("remember", {"text": "x"})):
        status, told = house.ask("cook", operation, body)
        assert status == 403 and "flower pot" not in json.dumps(told), (operation, told)
    status, _, text = house.server.ask("GET", f"/mem0/chain/{CHAIN}/memories?user_id=x",
                                       key=house.keys["cook"])
    assert status == 403, text
    # What it wrote stays, with its name; the other agent goes on.
    status, found = house.ask("scout", "list", {"writers": ["cook"]})
    assert status == 200 and len(found["blocks"]) == 1, found
    print("grants: no further than they go, and over when they end")


def main() -> int:
    mbe = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="mbe-agents-") as folder:
        house = House(mbe, folder)
        try:
            shares(house)
            proves_who_wrote(house)
            keeps_to_the_grant(house)
        finally:
            assert house.server.stop() == 0
        assert house.server.is_sound()
    return 0


if __name__ == "__main__":
    sys.exit(main())
