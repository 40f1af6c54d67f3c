"""A program: every fault at every place, and a table of how it ended.

``python tests/faults/table.py FOLDER [MOST] [sqlite] [neo4j]`` tries every place, or of each fault at most ``MOST`` of each
job. All of them take about an hour of one core for SQLite and files, and half an hour for Neo4j (a server of its own, or
the one that ``VINCULO_TEST_NEO4J`` names). Every case is kept in ``FOLDER/*.jsonl``; those that are there are not tried again.
Ends with 1 where a case is not as it must be.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "neo4j")]

from preloading import each_call, sample, wrong  # noqa: E402

#: What each fault is called in the table.
FAULTS = {
    "moment": "SIGKILL at a random moment",
    "kill": "SIGKILL before the n-th call",
    "torn": "half of the n-th write, then SIGKILL",
    "power": "power cut at the n-th call: nothing unsynced has arrived",
    "tangled": "power cut: every other unsynced write has arrived",
    "EIO": "EIO at the n-th call",
    "ENOSPC": "ENOSPC at the n-th call",
    "full": "disk full from the n-th call on",
    "dead": "disk dead from the n-th call on",
    "short": "the n-th write is cut short",
    "up": "connection cut before the n-th message of the driver",
    "half": "connection cut within it",
    "down": "connection cut before the n-th answer (the reply to COMMIT among them)",
    "restart": "server killed between two batches, started again",
}
JOBS = {
    "SQLite": ("load", "withdraw", "findings", "restore"),
    "files": ("snapshot", "export ftm", "export csv", "profile"),
}
RESTARTS = 5
HEADINGS = (
    "fault",
    "where",
    "tries",
    "lost",
    "half there",
    "`verify` finds",
    "same contents in the end",
    "reopened in at most",
)


def kept(path: Path) -> list[dict[str, Any]]:
    """Cases of an earlier call."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def embedded(folder: Path, most: int) -> Iterator[dict[str, Any]]:
    """The calls of every job that writes to SQLite or to files."""
    for where, jobs in JOBS.items():
        for job in jobs:
            done = folder / f"{job.replace(' ', '_')}.jsonl"
            if not done.exists():
                part = done.with_suffix(".part")
                with part.open("w", encoding="utf-8") as out:
                    for case in each_call(folder, job, most):
                        out.write(json.dumps(case) + "\n")
                part.rename(done)
            for case in kept(done):
                yield case | {"where": where, "wrong": wrong(case)}


@contextmanager
def _server(folder: Path) -> Iterator[tuple[str, Any]]:
    import neo4j_server

    given = os.environ.get("VINCULO_TEST_NEO4J")
    if given:
        yield given, None
        return
    server = neo4j_server.start(folder / "neo4j")
    try:
        yield server.url, server
    finally:
        server.stop()


def messages(folder: Path, most: int) -> Iterator[dict[str, Any]]:
    """The messages between driver and server, each way of cutting them, and a server that is killed."""
    from bolt_proxy import WAYS, BoltProxy
    from outages import Crash, Load, address_through, fresh, write_file

    done = folder / "neo4j.jsonl"
    cases = {(c["how"], c["number"]): c for c in kept(done)}
    load = Load(write_file(folder))
    load.undisturbed()
    with _server(folder) as (url, server), done.open("a", encoding="utf-8") as out:
        proxy = BoltProxy(int(url.rpartition(":")[2].partition("/")[0]))
        address = address_through(url, proxy)
        fresh(url)
        proxy.arm()
        load.through(url, address)
        seen = dict(proxy.seen)
        ends = {way: seen["down" if way == "down" else "up"] for way in WAYS}
        plan = [(way, n) for way in WAYS for n in sample(range(1, ends[way] + 1), most, way)]
        plan += [("restart", n) for n in range(1, RESTARTS + 1)] if server else []
        for how, number in plan:
            if (how, number) not in cases:
                fresh(url)
                proxy.arm(how if how in WAYS else "", number)
                crash = Crash(server, 1 + number % (len(load.states) - 2)) if how == "restart" else None
                case = asdict(load.through(url, url, crash) if crash else load.through(url, address))
                case["resolved_s"] = crash.resolved_s if crash else case["seconds"]
                cases[how, number] = case | {"job": "load", "how": how, "number": number}
                out.write(json.dumps(cases[how, number]) + "\n")
                out.flush()
            case = cases[how, number]
            bad = case["said"] or case["lost"] or case["partial"] or case["differences"] or not case["again"]
            yield case | {"where": "Neo4j", "wrong": "not as it must be" if bad else ""}


def table(cases: Sequence[dict[str, Any]]) -> list[str]:
    """The table in Markdown."""
    groups: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for case in cases:
        groups[list(FAULTS).index(case["how"]), case["where"]].append(case)
    lines = [f"| {' | '.join(HEADINGS)} |", "|---|---|" + "---:|" * (len(HEADINGS) - 2)]
    for (fault, where), some in sorted(groups.items()):
        opened = [c["reopen_s"] for c in some if c.get("reopen_s")]
        cells = (
            list(FAULTS.values())[fault],
            where,
            len(some),
            sum(c["lost"] for c in some),
            sum(c["partial"] for c in some),
            sum(bool(c["differences"]) for c in some),
            sum(c["again"] for c in some),
            f"{max(opened):.2f} s" if opened else "",
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for (both without a word) and print the table."""
    folder = Path(arguments[0]).resolve()
    most = next((int(word) for word in arguments[1:] if word.isdigit()), 0)
    stores = [word for word in arguments[1:] if not word.isdigit()] or ["sqlite", "neo4j"]
    folder.mkdir(parents=True, exist_ok=True)
    cases: list[dict[str, Any]] = []
    if "sqlite" in stores:
        cases += embedded(folder, most)
    if "neo4j" in stores:
        cases += messages(folder, most)
    print("\n".join(table(cases)))
    bad = [c for c in cases if c["wrong"]]
    for case in bad:
        print(json.dumps(case), file=sys.stderr)
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
