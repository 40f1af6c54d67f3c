"""What is kept of a load beside its records: what it told, why its file is held back, on whose word it is shown all the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from vinculo.graph.errors import UsageError
from vinculo.graph.store import Store
from vinculo.graph.text import Text
from vinculo.graph.types import Run, Source

#: Collections of the store, a document for each file: why it is held back, on whose word it is shown, what its load told.
HELD, PUBLISHED, TOLD = "held", "published", "told"


def _name(source: Source) -> str:
    return f"{source.dataset} {source.sha256}"


def _keep(store: Store, collection: str, source: Source, number: int, told: dict[str, Any]) -> None:
    # a run is known by when it began, which a copy keeps; its number is the store's own
    started = next(r.started for r in store.runs() if r.number == number)
    store.save_document(collection, _name(source), {"run": started, **told})


def kept_of(store: Store, collection: str, run: Run) -> dict[str, Any]:
    """What one of the collections has of this run; empty where it has nothing, or that of another run of the file."""
    kept = store.documents(collection).get(_name(run.source), {})
    return kept if kept.get("run") == run.started else {}


def keep_told(store: Store, source: Source, run: int, told: dict[str, Any]) -> None:
    """Keep what a load that wrote something found out about its file, and its warnings, in the language they were given in."""
    _keep(store, TOLD, source, run, told)


def written_at(store: Store, run: Run) -> list[tuple[int, int, str]]:
    """Number, records and time (ISO, UTC) of each batch of a run; no time where the load was cut short and could not say it."""
    times = kept_of(store, TOLD, run).get("written", {})
    batches = (m for m in store.manifests(run.source) if m.run == run.number)
    return [(m.number, m.records, str(times.get(str(m.number), ""))) for m in batches]


def pace(run: Run) -> float | None:
    """Records read a second, from the beginning of a run to its end; nothing where it took no second or has no end."""
    if not run.finished or not run.counts.get("read"):
        return None
    took = (datetime.fromisoformat(run.finished) - datetime.fromisoformat(run.started)).total_seconds()
    return run.counts["read"] / took if took >= 1 else None


def keep_held(store: Store, source: Source, run: int, why: list[Text]) -> None:
    """Remember why a file is held back."""
    _keep(store, HELD, source, run, {"en": [t.en for t in why], "es": [t.es for t in why]})


def forget_held(store: Store, source: Source) -> None:
    """The file is as expected now."""
    if _name(source) in store.documents(HELD):
        store.delete_document(HELD, _name(source))


def held(store: Store, run: Run) -> list[Text]:
    """Why the file of a run is held back; empty where it is not, or was cut short."""
    told = kept_of(store, HELD, run) or {"en": [], "es": []}
    return [Text(en, es) for en, es in zip(told["en"], told["es"], strict=True)]


def publish(store: Store, number: int, reason: str, *, at: str = "") -> Run:
    """Show what a run loaded although it is not what was expected of the file.

    Parameters
    ----------
    number : int
        As ``vinculo runs`` lists it; a run that was held back.
    reason : str
        Why somebody vouches for the file; kept with it.
    at : str
        ISO time, now by default.

    Returns
    -------
    Run
        The run, done now.

    Raises
    ------
    UsageError
        ``unknown_run``; ``run_not_held``: it is seen already, was withdrawn, or was cut short and can be loaded again;
        ``needs_reason``.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> try:
    ...     publish(open_store("sqlite:///:memory:"), 1, "checked by telephone")
    ... except UsageError as error:
    ...     print(error.code)
    unknown_run
    """
    runs = {r.number: r for r in store.runs()}
    run = runs.get(number)
    if run is None:
        raise UsageError("unknown_run", number=str(number))
    unseen = any(s.key == run.source.key for s in store.unpublished())
    if run.status != "held" or not unseen:
        raise UsageError("run_not_held", number=str(number))
    if not reason.strip():
        raise UsageError("needs_reason")
    now = at or datetime.now(UTC).isoformat(timespec="seconds")
    why = [{"en": t.en, "es": t.es} for t in held(store, run)]
    _keep(store, PUBLISHED, run.source, number, {"at": now, "reason": reason.strip(), "against": why})
    store.finish_run(number, "done", run.counts)
    forget_held(store, run.source)
    return next(r for r in store.runs() if r.number == number)
