"""What a command answered: asked for in a process of its own, kept with the case or remembered while the dashboard runs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from vinculo import __version__
from vinculo.dashboard import cases, frame
from vinculo.dashboard.jobs import Job, jobs
from vinculo.dashboard.wording import remark, t
from vinculo.graph.evidence import basis
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store

#: The document of a collection in which the last answer is kept.
LAST = "last"


@dataclass(frozen=True)
class Answer:
    """What was asked, what came of it, when, and whether the case still holds what the command read."""

    arguments: tuple[str, ...]
    rows: list[dict[str, Any]]
    when: str
    current: bool

    def option(self, name: str) -> str:
        """The value an option was given, empty where it was not.

        Examples
        --------
        >>> Answer(("predict", "--method", "adamic_adar"), [], "", True).option("--method")
        'adamic_adar'
        """
        given = self.arguments
        return given[given.index(name) + 1] if name in given[:-1] else ""


def ask(title: str, arguments: list[str], name: str = "") -> None:
    """Start a command whose answer is kept with the case under a name; without one it is remembered only."""
    # told of before it reads: what is loaded meanwhile makes its answer old, never current by mistake
    frame.start_job(title, arguments, then=partial(_keep, name=name, read=basis(cases.store())))


def _keep(job: Job, *, name: str, read: str) -> None:
    """Runs in a thread without a session."""
    made = {"basis": read, "when": datetime.now(UTC).isoformat(timespec="seconds"), "version": __version__}
    if not name:
        job.results.append(made)
        return
    with closing(open_store(job.case, create=False)) as store:
        store.save_document(collection(name), LAST, made | {"arguments": list(job.arguments), "rows": job.results})
    # the store has them now; a long list need not stay in memory as well
    job.results = []


def collection(name: str) -> str:
    """Where the answers of a name are kept: apart, because a collection is read whole and an answer may be long."""
    return f"answers_{name}"


def kept(store: Store, name: str) -> Answer | None:
    """What was kept last under a name; nothing where another version of the program kept it, whose lines may be others."""
    made = store.documents(collection(name)).get(LAST)
    if made is None or made.get("version") != __version__:
        return None
    return Answer(tuple(made["arguments"]), made["rows"], made["when"], made["basis"] == basis(store))


def note_another(collection: str, name: str) -> None:
    """Say that something is kept here which this version of the program does not read; nothing where nothing is."""
    if name in cases.store().documents(collection):
        remark(t("kept_by_another"))


def remembered(arguments: Sequence[str]) -> Answer | None:
    """The newest answer to exactly this question, among the jobs of this case."""
    for job in jobs().of(cases.current()):
        if job.state == "done" and job.arguments == tuple(arguments) and job.results:
            *rows, made = job.results
            return Answer(job.arguments, rows, made["when"], made["basis"] == basis(cases.store()))
    return None
