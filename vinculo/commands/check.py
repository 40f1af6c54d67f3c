"""Whether the store and the machine are in order: verify, upgrade, doctor."""

from __future__ import annotations

from vinculo.command import command
from vinculo.console import Console
from vinculo.graph.text import say


@command
def verify(console: Console) -> int:
    """Look through the whole store for what is not as it was written."""
    with console.open() as store:
        found = store.verify(console.progress)
        batches = sum(len(store.manifests(s)) for s in (*store.sources(), *store.unpublished())) if not found else 0
    for difference in found:
        console.emit(difference.as_json())
        console.line(difference.message())
    if found:
        console.note("cli.verify.differs", count=f"{len(found):,}")
        return 4
    console.say("cli.verify.well", batches=f"{batches:,}", url=console.shown_url)
    return 0


@command
def upgrade(console: Console) -> None:
    """Open a store of an older version for writing, which brings it up to date."""
    with console.open(write=True, create=False) as store:
        counts = {sort: sum(kinds.values()) for sort, kinds in store.counts().items()}
    console.emit({"store": console.shown_url, **counts})
    console.say("cli.upgrade.done", url=console.shown_url, **{k: f"{n:,}" for k, n in counts.items()})


@command
def doctor(console: Console) -> int:
    """One screen about this machine and the store."""
    from vinculo.checkup import checks

    found = list(checks(console.url))
    for one in found:
        console.emit(one.as_json())
    console.table(
        ("what", "state", "value"),
        [(say(f"doctor.{c.name}"), say("doctor.ok" if c.ok else "doctor.wrong"), c.told()) for c in found],
    )
    return 0 if all(c.ok for c in found) else 1
