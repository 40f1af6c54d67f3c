"""What a command found about key players, kept with the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from vinculo import __version__
from vinculo.dashboard.jobs import Job
from vinculo.dashboard.names import names_of
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
        store.save_document(KEPT, view, {"rows": rows, "when": when, "version": __version__})
    finally:
        store.close()


def kept(store: Store, view: str) -> dict[str, Any] | None:
    """What was kept last of a view, ``current`` told beside it: whether the store still holds what the command read.

    Nothing where another version of the program kept it. Names are those the case has now, and rows that tell of somebody who was
    withdrawn since are left out.
    """
    made = store.documents(KEPT).get(view)
    if made is None or made.get("version") != __version__:
        return None
    now = basis(store)
    current = all(row["basis"] == now for row in made["rows"])
    return renamed(made, names_of(store, ids_of(made))) | {"current": current}


def ids_of(result: dict[str, Any]) -> list[str]:
    """Ids of everybody that rows name."""
    named = [i for row in result["rows"] for i in _told(row)]
    return named + [p["id"] for of in (result, *result["rows"]) for p in of.get("generic_named", ())]


def renamed(result: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Rows by these names; without those that tell of somebody who has none."""
    rows = [_by(row, names) for row in result["rows"] if names.keys() >= set(_told(row))]
    return _by(result, names) | {"rows": rows}


def _by(told: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    made = dict(told)
    for key in ("members", "generic_named"):
        if key in made:
            made[key] = [p | {"name": names[p["id"]]} for p in made[key] if p["id"] in names]
    return made | ({"name": names[made["id"]]} if "name" in made else {})


def _told(row: dict[str, Any]) -> list[str]:
    """Ids of whom a row tells."""
    return [str(m["id"]) for m in row["members"]] if "members" in row else [str(row["id"])]
