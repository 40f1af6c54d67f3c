"""A program: lets a job's n-th write, sync, rename, truncation or removal of a file go wrong, for each n, and looks what is left.

``python each_call.py FOLDER JOB MOST [HOW ...]``, with ``calls.c`` preloaded, prints a JSON line per case: of each fault in
``HOWS`` at most ``MOST`` calls, all of them with 0. Each case is a process of its own, forked before anything is opened.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from jobs import JOBS, Job, Seen, telling
from preloading import sample

#: By name: the number ``calls.c`` knows it by.
HOWS = {"kill": 1, "EIO": 2, "ENOSPC": 3, "short": 4, "torn": 5, "full": 6, "dead": 7, "power": 8, "tangled": 9}
#: Killed from outside at a random moment instead of at a call; so many moments are tried.
MOMENT, MOMENTS = "moment", 100
#: A child that takes longer is hung, seconds.
HUNG_S = 60


@dataclass
class Case:
    """How one case ended.

    Attributes
    ----------
    call : str
        What went wrong: w write, f sync, r rename, t truncate, u unlink.
    exit_code : int
        Of the disturbed process; negative where a signal killed it.
    said : str
        Code of the error it told, if any.
    lost, partial : bool
        Something acknowledged is not there; something is there that never was as a whole.
    again : bool
        Run again, the same job ended with the same contents as one that nobody disturbed.
    """

    job: str
    how: str
    number: int
    call: str
    exit_code: int
    said: str
    seconds: float
    lost: bool
    partial: bool
    differences: list[str]
    reader: str
    reopen_s: float
    again: bool
    #: What the process wrote on its error output, where nothing belongs but a sentence.
    errors: str = ""


class Calls:
    """The preloaded library."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.fault_arm.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_long]
        self._library.fault_calls.restype = ctypes.c_char_p

    def arm(self, folder: Path, number: int, how: str) -> None:
        """Begin to count the calls below a folder."""
        self._library.fault_arm(os.fsencode(folder), number, HOWS.get(how, 0))

    def made(self) -> str:
        """The calls so far, a letter each."""
        return bytes(self._library.fault_calls()).decode()


def in_child(place: Path, work: Callable[[int], int], kill_after_s: float | None = None) -> tuple[int, bytes]:
    """Do work in a process of its own, its output in files beside ``place``; exit code and what it wrote to its pipe."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            for number, name in ((1, "out"), (2, "err")):
                os.dup2(os.open(place.with_suffix(f".{name}"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
            os.environ.update(VINCULO_HOME=str(place / "home"), TMPDIR=str(place / "tmp"), VINCULO_LANGUAGE="en")
            (place / "tmp").mkdir(exist_ok=True)
            signal.alarm(HUNG_S)
            code = work(writing)
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), told


class Trial:
    """One job with its undisturbed run: the states it goes through, and the calls it makes."""

    def __init__(self, folder: Path, job: Job) -> None:
        self.folder, self.job = folder, job
        self.calls = Calls()
        start = self._fresh("start", None)
        self._must(start, lambda pipe: self._prepared(start))
        self.start = start
        place = self._fresh("undisturbed", start)
        #: What may be there, in order, and how many states were reached when each acknowledgement was given.
        self.states, self.reached = self._states(place)
        place = self._fresh("counted", start)
        began = time.monotonic()
        self.made = self._must(place, lambda pipe: self._counted(place, pipe)).decode()
        self._seconds = time.monotonic() - began

    def _fresh(self, name: str, start: Path | None) -> Path:
        place = self.folder / name
        shutil.rmtree(place, ignore_errors=True)
        if start is None:
            place.mkdir(parents=True)
        else:
            shutil.copytree(start, place)
        return place

    def _prepared(self, place: Path) -> int:
        self.job.prepare(place)
        return 0

    def _must(self, place: Path, work: Callable[[int], int]) -> bytes:
        code, told = in_child(place, work)
        if code:
            raise RuntimeError(f"{self.job.name}: exit code {code}\n{place.with_suffix('.err').read_text()}")
        return told

    def _states(self, place: Path) -> tuple[list[str], list[int]]:
        def work(pipe: int) -> int:
            states, reached = [self.job.look(place).state], []

            def tell(lasts: bool) -> None:
                states.append(self.job.look(place).state)
                if lasts:
                    reached.append(len(states) - 1)

            with telling(tell, self.job.each_write):
                code = self.job.act(place)
            states.append(self.job.look(place).state)
            told = json.dumps([states, reached, sorted(sys.modules)]).encode()
            with os.fdopen(pipe, "wb", closefd=False) as out:
                out.write(told)
            return code

        states, reached, modules = json.loads(self._must(place, work))
        # what a command imports when it is called is imported here, once for all cases
        for name in modules:
            if name not in sys.modules and not name.startswith("_"):
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)
        return states, reached

    def _counted(self, place: Path, pipe: int) -> int:
        self.calls.arm(place, 0, "")
        code = self._acted(place, pipe, b"")
        os.write(pipe, self.calls.made().encode())
        return code

    def _acted(self, place: Path, pipe: int, mark: bytes) -> int:
        with telling(lambda lasts: lasts and mark and os.write(pipe, mark), self.job.each_write):
            return self.job.act(place)

    def case(self, number: int, how: str) -> Case:
        """Let one call go wrong, look, and run the job again."""
        place = self._fresh("case", self.start)

        def disturbed(pipe: int) -> int:
            self.calls.arm(place, number, how)
            return self._acted(place, pipe, b"+")

        began = time.monotonic()
        after = random.Random(number).uniform(0, self._seconds) if how == MOMENT else None
        code, acknowledged = in_child(place, disturbed, after)
        took = time.monotonic() - began
        said = _error_told(place.with_suffix(".out"))
        errors = place.with_suffix(".err").read_text(errors="replace")
        seen = self._looked(place)
        again = seen
        if seen.state != self.states[-1]:
            in_child(place, lambda pipe: self._acted(place, pipe, b""))
            again = self._looked(place)
        least = self.reached[len(acknowledged) - 1] if acknowledged else 0
        there = [n for n, state in enumerate(self.states) if state == seen.state]
        return Case(
            job=self.job.name,
            how=how,
            number=number,
            call="" if how == MOMENT else self.made[number - 1],
            exit_code=code,
            said=said,
            seconds=round(took, 3),
            lost=bool(there) and max(there) < (least if code else len(self.states) - 1),
            partial=not there,
            differences=seen.differences + again.differences,
            reader=seen.reader,
            reopen_s=round(seen.reopen_s, 3),
            again=again.state == self.states[-1],
            errors=errors,
        )

    def _looked(self, place: Path) -> Seen:
        def work(pipe: int) -> int:
            os.write(pipe, json.dumps(asdict(self.job.look(place))).encode())
            return 0

        code, told = in_child(place, work)
        if code:
            return Seen(f"cannot be looked at: {place.with_suffix('.err').read_text()[-2000:]}")
        return Seen(**json.loads(told))

    def numbers(self, how: str) -> list[int]:
        """The calls that can go wrong like this: only a write can be cut short."""
        if how == MOMENT:
            return list(range(1, MOMENTS + 1))
        return [n for n, call in enumerate(self.made, 1) if how != "short" or call == "w"]


def _error_told(out: Path) -> str:
    found = [json.loads(line) for line in out.read_text(errors="replace").splitlines() if line.startswith("{")]
    return str(next((line["error"] for line in found if "error" in line), ""))


def cases(folder: Path, job: str, most: int, hows: Sequence[str] = ()) -> Iterator[Case]:
    """Every fault of one job, each at ``most`` of its calls."""
    trial = Trial(folder / job.replace(" ", "_"), JOBS[job])
    for how in hows or (*HOWS, MOMENT):
        for number in sample(trial.numbers(how), most, f"{job} {how}"):
            yield trial.case(number, how)


def main(arguments: Sequence[str]) -> None:
    """Print a line per case."""
    folder, job, most, *hows = arguments
    for case in cases(Path(folder), job, int(most), hows):
        print(json.dumps(asdict(case)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
