"""What a command found about key players, kept with the case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from vinculo.dashboard.jobs import Job
from vinculo.graph.evidence import basis
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store

#: Collection of the store in which the last ranking and the last sets are kept; roles keep themselves.
KEPT = "key_players"


def keep(job: Job) -> None:
    """Put a finished command's lines into the store; runs in a thread without a session."""
    view = "sets" if "--sets" in job.arguments else "ranking"
    store = open_store(job.case, create=False)
    try:
        when = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [line for line in job.results if "convention" in line]
        store.save_document(KEPT, view, {"rows": rows, "when": when})
    finally:
        store.close()


def kept(store: Store, view: str) -> dict[str, Any] | None:
    """What was kept last of a view, ``current`` told beside it: whether the store still holds what the command read.

    Rows that tell of somebody who was withdrawn since are left out.
    """
    made = store.documents(KEPT).get(view)
    if made is None:
        return None
    told = [_told(row) for row in made["rows"]]
    generic = [p["id"] for row in made["rows"][:1] for p in row["generic_named"]]
    known = store.entities(list(dict.fromkeys([i for ids in told for i in ids] + generic)))
    rows = [
        row | {"generic_named": [p for p in row["generic_named"] if p["id"] in known]}
        for row, ids in zip(made["rows"], told, strict=True)
        if all(i in known for i in ids)
    ]
    now = basis(store)
    return made | {"rows": rows, "current": all(row["basis"] == now for row in made["rows"])}


def _told(row: dict[str, Any]) -> list[str]:
    """Ids of whom a row tells."""
    return [str(m["id"]) for m in row["members"]] if "members" in row else [str(row["id"])]
