"""What a command found about key players, kept with the case."""

from __future__ import annotations

from datetime import UTC, datetime

from vinculo.dashboard.jobs import Job
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
        store.save_document(KEPT, view, {"rows": rows, "when": when, "version": store.version()})
    finally:
        store.close()
