"""Made-up files for digests, copies and snapshots, and what a copy must keep."""

from __future__ import annotations

import random

import store_places as at

from vinculo.graph.store import Store
from vinculo.graph.text import Text
from vinculo.graph.types import Batch, Manifest, Suggestion

Rows = tuple[str, list[at.EntityRow], list[at.LinkRow]]


def made_up(seed: int, files: int = 3) -> list[list[Rows]]:
    """Files of two batches each: shared entities, conflicting values and kinds, bare ends, parallel links."""
    draw = random.Random(seed)
    made = []
    for number in range(files):
        batches: list[Rows] = []
        for _ in range(2):
            things = [
                (
                    f"e{draw.randrange(30)}",
                    draw.choice(["Person", "Company", "LegalEntity"]),
                    draw.randrange(1, 90),
                    {"name": f"Núñez {draw.randrange(20)}", "country": draw.choice(["mx", "us"])},
                )
                for _ in range(25)
            ]
            between = []
            for _ in range(25):
                a, b, kind = draw.randrange(35), draw.randrange(35), draw.choice(["PAID", "OWNS"])
                values = {"date": f"2024-02-{draw.randrange(10, 29)}", "amount": str(draw.randrange(50))}
                between.append((f"{kind}{a}-{b}", kind, f"e{a}", f"e{b}", draw.randrange(1, 90), values))
            batches.append((f"d{number % 2}.f{number}", things, between))
        made.append(batches)
    return made


def filled(store: Store, seed: int = 1) -> list[list[Rows]]:
    """Load made-up files, and what people and analytics add."""
    made = made_up(seed)
    for batches in made:
        origin = at.source(batches[0][0], synthetic=True)
        run = store.begin_run(origin, at="2026-01-02T03:04:05+00:00")
        for number, (name, things, between) in enumerate(batches, 1):
            bad = at.rejects([(99 + number, 100, "amount", "x,y", "bad", "It is bad.", "Está mal.")])
            manifest = Manifest(origin, run, number, 50, at.prints(f"{name} {number} a", f"{name} {number} b"))
            store.write(Batch.make(at.entities(things), at.links(between), bad), manifest)
        store.finish_run(run, "done", {"read": 102, "rejected": 2})
    store.save_suggestions([Suggestion("e1", "e2", 0.9, Text("alike", "parecidos"), "not_same")])
    store.save_document("charts", "Ñ", {"nodes": [1]})
    store.save_document("views", "b", {})
    return made


def everything(store: Store) -> dict[str, object]:
    """What a copy must keep beside the statements."""
    return {
        "manifests": [
            (s, [(m.number, m.records, m.fingerprints.to_pylist()) for m in store.manifests(s) if m.records])
            for s in store.sources()
        ],
        "rejects": [store.rejects(s).to_pylist() for s in store.sources()],
        "runs": [(r.source, r.started, r.finished, r.status, r.counts) for r in store.runs()],
        "findings": store.findings(),
        "suggestions": store.suggestions(),
        "documents": {c: store.documents(c) for c in store.collections()},
        "counts": store.counts(),
        "nodes": store.nodes().select(["id", "kind", "name"]).to_pylist(),
        "edges": store.edges().select(["id", "kind", "date", "amount", "currency"]).to_pylist(),
    }
