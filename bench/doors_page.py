"""What docs/benchmarks.md shows of bench/results/doors.json: an image and tables."""
import svg

NAMES = {"mbe_rest": "mbe, REST", "mbe_mcp": "mbe, MCP streams", "mbe_mcp_http": "mbe, MCP HTTP",
         "mbe_python": "mbe, Python", "chroma_server": "chroma server", "mem0": "mem0",
         "mcp_memory_service": "mcp-memory-service", "reference_memory": "reference server"}
DRAWN = ("mbe_rest", "chroma_server", "mem0", "mcp_memory_service", "reference_memory")
COLUMNS = ("system", "add: CPU ms", "wall ms p50 / p95 / p99", "search: CPU ms",
           "wall ms p50 / p95 / p99", "frac@10", "RSS MiB", "disk MiB")


def walls(figures: dict) -> str:
    return " / ".join(svg.shown(figures[f"{name}_ms"]) for name in ("p50", "p95", "p99"))


def groups(found: dict) -> list:
    """Processor time of an add and of a search at each size, for the image."""
    out = []
    for part, label in (("add", "an add"), ("search", "a search")):
        for size in found["figures"]["sizes"]:
            whos = [(NAMES[name], size["systems"][name][part]["net_cpu_ms"]) for name in DRAWN
                    if part in size["systems"].get(name, {})]
            out.append((f"{label}, {size['items']:,} items", whos))
    return out


def row(name: str, figures: dict, items: int) -> str:
    if "failed" in figures:
        return f"| {NAMES[name]} | {figures['failed']} |" + " |" * (len(COLUMNS) - 2)
    add, search = figures["add"], figures["search"]
    told, found = NAMES[name], f"{figures['frac_at_10']:.3f}"
    if add["calls"] < items:
        told += f" (its time was over after {add['calls']:,} adds)"
        found = "–"
    return (f"| {told} | **{svg.shown(add['net_cpu_ms'])}** | {walls(add)} | "
            f"**{svg.shown(search['net_cpu_ms'])}** | {walls(search)} | "
            f"{found} | {svg.shown(figures['rss_mib'])} | "
            f"{svg.shown(figures['disk_mib'])} |")


def notes(size: dict) -> list:
    """What belongs to ours alone, and how busy the machine was."""
    systems = size["systems"]
    out = []
    ours = systems.get("mbe_rest", {})
    if "embedding" in ours:
        beside = ours["add_beside_embedding"]
        out.append(f"Our embedding: {svg.shown(ours['embedding']['embed_cpu_ms'])} CPU ms an item, "
                   f"by itself and among its neighbours, in the background; adds beside it take "
                   f"{svg.shown(beside['p50_ms'])} / {svg.shown(beside['p95_ms'])} ms (p50 / p95); "
                   f"a search with its question's embedding "
                   f"{svg.shown(ours['search_first']['cpu_ms'])} CPU ms, "
                   f"{svg.shown(ours['search_first']['p50_ms'])} ms (p50). With the threshold that "
                   f"callers get unless they say otherwise, frac@10 over REST is "
                   f"{ours['frac_at_10_by_default']:.3f}.")
    bare = [one["rss_without_model_mib"] for name, one in systems.items()
            if "rss_without_model_mib" in one]
    if bare:
        out.append(f"Without the model a door of ours takes {min(bare):.0f} … {max(bare):.0f} MiB.")
    loads = [one["load_average"] for one in systems.values() if "load_average" in one]
    stolen = [one["steal_share"] for one in systems.values() if "steal_share" in one]
    if loads:
        out.append(f"Load average {min(loads):.1f} … {max(loads):.1f}; stolen from the machine "
                   f"meanwhile {100 * min(stolen):.0f} … {100 * max(stolen):.0f} % of its time.")
    return out


def size_table(size: dict) -> list:
    sets = ", ".join(f"{count:,} {name}" for name, count in size["of"].items() if count)
    commits = ", ".join(sorted({one["commit"] for one in size["systems"].values()
                                if "commit" in one}))
    first = next(one for one in size["systems"].values() if "questions" in one)
    lines = ["", f"**{size['items']:,} items** ({sets}), {first['questions']} questions, "
             f"{size['rounds']} round(s), commit {commits}:", "",
             f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    lines += [row(name, one, size["items"]) for name, one in size["systems"].items()]
    for note in notes(size):
        lines += ["", note]
    return lines


def ratio_table(found: dict) -> list:
    lines = ["", "Ours by the peer's; below 1, ours takes less (of frac@10: above 1, ours finds "
             "more):", "", "| ours : peer | items | add CPU | add p50 | search CPU | search p50 | "
             "RSS | disk | frac@10 |", "|---" * 9 + "|"]
    keys = ("add_net_cpu_ms", "add_p50_ms", "search_net_cpu_ms", "search_p50_ms", "rss_mib",
            "disk_mib", "frac_at_10")
    for size in found["figures"]["sizes"]:
        for pair, one in size["ratios"].items():
            ours, peer = (NAMES[name] for name in pair.split(" : "))
            cells = " | ".join(svg.shown(one[key]) if key in one else "–" for key in keys)
            lines.append(f"| {ours} : {peer} | {size['items']:,} | {cells} |")
    return lines


def killed_table(found: dict) -> list:
    lines = ["", "An add after SIGKILL right behind its answer, and how often an add makes the "
             "disk keep it (fsync, fdatasync); one that never does may be lost with the power:",
             "", "| system | found after SIGKILL | syncs an add |", "|---|---|---|"]
    for size in found["figures"]["sizes"]:
        for name, one in size["systems"].items():
            if "survives_kill" in one:
                syncs = one.get("syncs_an_add")
                lines.append(f"| {NAMES[name]} | {'yes' if one['survives_kill'] else '**no**'} | "
                             f"{'–' if syncs is None else svg.shown(syncs)} |")
    return lines


def part(found: dict) -> str:
    """The made part of the page, below the image."""
    lines = []
    if "caution" in found["parameters"]:  # of a run that was not as it should be
        lines += [found["parameters"]["caution"]]
    for size in found["figures"]["sizes"]:
        lines += size_table(size)
    lines += killed_table(found)
    lines += ["", "<details><summary>All ratios</summary>", *ratio_table(found), "", "</details>",
              "", f"{found['machine']['cpu']}, {found['machine']['cores']} cores."]
    return "\n".join(lines).strip()
