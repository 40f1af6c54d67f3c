"""Children: progress, results, errors, cancel, and none left when the server goes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from vinculo.dashboard.jobs import Job, Jobs
from vinculo.graph.text import Text

WORK = """
import json, os, sys, time
what = sys.argv[1]
assert sys.argv[2] == "--json"
assert os.environ["VINCULO_PROGRESS"] == "json" and "secret" not in " ".join(sys.argv)
if what == "communities":
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    what = "long"
for n in range(3 if what != "long" else 600):
    print(json.dumps({"stage": "read", "done": n + 1, "total": 3}), file=sys.stderr, flush=True)
    time.sleep(.05)
if what == "fails":
    print(json.dumps({"error": "bad_file", "message": "The file is damaged.", "hint": "Mend it."}), flush=True)
    sys.exit(3)
if what == "dies":
    print("no memory left", file=sys.stderr)
    sys.exit(9)
print(json.dumps({"file": "a.csv", "store": os.environ["VINCULO_STORE"]}), flush=True)
print("not JSON", flush=True)
"""


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def registry() -> Jobs:
    return Jobs([sys.executable, "-c", WORK])


def started(jobs: Jobs, what: str, **more: object) -> Job:
    job = jobs.start(Text(what, what), [what], case="neo4j://ana:secret@host", **more)  # type: ignore[arg-type]
    assert job is not None
    return job


def test_a_job_tells_how_far_it_is_and_what_it_made() -> None:
    kept: list[Job] = []
    job = started(registry(), "works", then=kept.append)
    until(lambda: job.state != "running")
    assert (job.state, job.stage, job.done, job.total, job.share) == ("done", "read", 3, 3, 1.0)
    assert job.results == [{"file": "a.csv", "store": "neo4j://ana:secret@host"}]
    assert kept == [job] and job.ended >= job.started


def test_an_error_is_told_in_its_own_words() -> None:
    job = started(registry(), "fails")
    until(lambda: job.state != "running")
    assert (job.state, job.error, job.hint) == ("failed", "The file is damaged.", "Mend it.")
    job = started(registry(), "dies")
    until(lambda: job.state != "running")
    assert (job.state, job.error) == ("failed", "no memory left")


def test_cancel_stops_the_child_and_leaves_the_rest() -> None:
    jobs = registry()
    job, other = started(jobs, "long"), started(jobs, "works")
    until(lambda: job.done > 0)
    jobs.cancel(job.id)
    until(lambda: job.process.poll() is not None, 6)
    until(lambda: other.state == "done")
    assert job.state == "cancelled" and jobs.running("neo4j://ana:secret@host") == []


def test_a_calculation_that_does_not_listen_has_ended_within_a_second() -> None:
    jobs = registry()
    job = started(jobs, "communities")
    until(lambda: job.done > 0)
    asked = time.monotonic()
    jobs.cancel(job.id)
    assert job.state == "cancelled"
    until(lambda: job.process.poll() is not None, 1)
    # it was asked first
    assert time.monotonic() - asked > 0.5


def test_only_so_many_at_a_time_and_none_after_the_server() -> None:
    jobs = registry()
    running = [started(jobs, "long"), started(jobs, "long")]
    assert jobs.start(Text("third", "tercero"), ["long"], case="x") is None
    jobs.close()
    assert all(job.process.poll() is not None for job in running)
