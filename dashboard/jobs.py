"""Long work, outside the server: one child process a job, progress as JSON lines, cancel by signal.

Not ``concurrent.futures`` or ``multiprocessing``: while a page runs, Streamlit puts it in ``sys.modules["__main__"]``, and a
spawned worker imports ``__main__``, so it would run the whole page a second time; fork copies a threaded server and can
deadlock. A child that is simply our own command has neither fault, and does what the same command does in a terminal.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from vinculo.graph.text import Text

#: Seconds between asking a child to stop and stopping it.
PATIENCE_S = 5.0
#: The same for commands that read and calculate, and keep what they found in one step at the end: they have nothing to tidy.
CALCULATING = ("communities", "key-players", "disrupt", "predict", "phases", "path")
CALCULATING_S = 0.6
#: Children at a time; the stores let one write anyway.
AT_ONCE = 2
#: Jobs remembered after they ended.
KEPT = 30


@dataclass
class Job:
    """One command at work, or what became of it: ``running``, ``done``, ``failed`` or ``cancelled``."""

    id: str
    title: Text
    case: str
    arguments: tuple[str, ...]
    process: subprocess.Popen[str]
    started: float = field(default_factory=time.time)
    ended: float = 0.0
    state: str = "running"
    stage: str = ""
    done: int = 0
    total: int = 0
    results: list[dict[str, Any]] = field(default_factory=list)
    #: Every fault it told of: one command may load several files, and each may have its own.
    problems: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""
    hint: str = ""
    #: Called once with the job when it has ended well, in a thread without a session.
    then: Callable[[Job], None] | None = None

    @property
    def share(self) -> float:
        """How much is done, 0 to 1; 0 where nobody knows."""
        return min(1.0, self.done / self.total) if self.total else 0.0


class Jobs:
    """The children of this server."""

    def __init__(self, program: Sequence[str] = (sys.executable, "-m", "vinculo")) -> None:
        self.program = tuple(program)
        self._all: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(
        self,
        title: Text,
        arguments: Sequence[str],
        *,
        case: str,
        language: str = "en",
        then: Callable[[Job], None] | None = None,
    ) -> Job | None:
        """Run ``vinculo ARGUMENTS --json`` on a case; ``None`` where enough are running already."""
        with self._lock:
            if sum(j.state == "running" for j in self._all.values()) >= AT_ONCE:
                return None
            # the address goes by the environment: it may hold a password, and arguments are seen by everyone
            environment = {
                **os.environ,
                "VINCULO_STORE": case,
                "VINCULO_PROGRESS": "json",
                "VINCULO_LANGUAGE": language,
            }
            process = subprocess.Popen(
                # not last: what follows a bare -- would be taken for an id
                [*self.program, *arguments[:1], "--json", *arguments[1:]],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                env=environment | {"PYTHONIOENCODING": "utf-8"},
            )
            job = Job(uuid.uuid4().hex[:8], title, case, tuple(arguments), process, then=then)
            self._all[job.id] = job
            for old in [j.id for j in self._all.values() if j.state != "running"][:-KEPT]:
                del self._all[old]
        threading.Thread(target=self._watch, args=(job,), daemon=True).start()
        return job

    def _watch(self, job: Job) -> None:
        """Read both streams to their end; runs in a thread and calls nothing of Streamlit's, it has no session."""
        assert job.process.stdout is not None and job.process.stderr is not None
        words: list[str] = []
        aside = threading.Thread(target=_read_progress, args=(job, job.process.stderr, words), daemon=True)
        aside.start()
        for line in job.process.stdout:
            made = _json(line)
            if made is None:
                continue
            if "error" in made:
                job.problems.append(made)
                job.error, job.hint = str(made.get("message", made["error"])), str(made.get("hint", ""))
            else:
                job.results.append(made)
        code = job.process.wait()
        aside.join(timeout=PATIENCE_S)
        if job.state == "running":
            if code == 0 and job.then is not None:
                job.then(job)
            if code != 0 and not job.error:
                job.error = " ".join(words[-3:]) or f"exit {code}"
            job.ended = time.time()
            job.state = "done" if code == 0 else "failed"
        job.ended = job.ended or time.time()

    def cancel(self, id: str) -> None:
        """Ask a child to stop, and stop it if it does not."""
        job = self._all.get(id)
        if job is None or job.state != "running":
            return
        job.state, job.ended = "cancelled", time.time()
        job.process.terminate()
        patience = CALCULATING_S if job.arguments[0] in CALCULATING else PATIENCE_S
        timer = threading.Timer(patience, _kill, (job.process,))
        timer.daemon = True
        timer.start()

    def of(self, case: str) -> list[Job]:
        """Jobs of a case, newest first."""
        return sorted((j for j in list(self._all.values()) if j.case == case), key=lambda j: -j.started)

    def running(self, case: str) -> list[Job]:
        """Those of them that have not ended."""
        return [j for j in self.of(case) if j.state == "running"]

    def close(self) -> None:
        """Stop every child; the server is going down."""
        for job in list(self._all.values()):
            self.cancel(job.id)
        until = time.time() + PATIENCE_S
        for job in list(self._all.values()):
            try:
                job.process.wait(timeout=max(0.1, until - time.time()))
            except subprocess.TimeoutExpired:
                job.process.kill()


def _kill(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.kill()


def _json(line: str) -> dict[str, Any] | None:
    try:
        made = json.loads(line)
    except ValueError:
        return None
    return made if isinstance(made, dict) else None


def _read_progress(job: Job, stream: IO[str], words: list[str]) -> None:
    for line in stream:
        made = _json(line)
        if made is None or "stage" not in made:
            words.append(line.strip())
            del words[:-20]
            continue
        job.stage = str(made["stage"])
        job.done, job.total = _count(made.get("done")), _count(made.get("total"))


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


@functools.cache
def jobs() -> Jobs:
    """The one registry of this process: it outlives sessions, reruns and reloads, and no "clear cache" empties it."""
    made = Jobs()
    atexit.register(made.close)
    return made
