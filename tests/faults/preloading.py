"""Compiles ``calls.c``, runs ``each_call.py`` with it and says what must be so after each case."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
#: What to say where it cannot be compiled.
HOW = "tests/faults/calls.c needs a C compiler (apt-get install gcc) and Linux"


def can_compile() -> bool:
    """Whether this machine can preload a library of our own."""
    return sys.platform == "linux" and shutil.which("gcc") is not None


def compiled(folder: Path) -> Path:
    """The library, made once in ``folder``."""
    library = folder / "calls.so"
    if not library.exists():
        command = ["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
        subprocess.run([*command, "-o", str(library), str(HERE / "calls.c"), "-ldl", "-lpthread"], check=True)
    return library


def preloaded(library: Path) -> dict[str, str]:
    """An environment for a process that is to have the library."""
    return {**os.environ, "LD_PRELOAD": str(library), "PYTHONDONTWRITEBYTECODE": "1"}


def each_call(folder: Path, job: str, most: int, hows: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """Cases of a job as ``each_call.py`` gives them, one by one."""
    command = [sys.executable, str(HERE / "each_call.py"), str(folder), job, str(most), *hows]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=preloaded(compiled(folder))) as program:
        assert program.stdout is not None
        for line in program.stdout:
            yield json.loads(line)
    if program.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {program.returncode}")


def sample(numbers: Sequence[int], most: int, seed: str) -> list[int]:
    """So many of them, the same ones for a seed; all where ``most`` is 0."""
    if not most or len(numbers) <= most:
        return list(numbers)
    return sorted(random.Random(seed).sample(numbers, most))


def wrong(case: dict[str, Any]) -> str:
    """What is not as it must be after a fault; empty where all is well."""
    killed = case["how"] in ("kill", "torn", "power", "tangled") or case["exit_code"] == -9
    checks = {
        "an acknowledged batch is lost": case["lost"],
        "half of something is there": case["partial"],
        "verify finds something": bool(case["differences"]),
        "a reader is told something wrong": case["reader"] not in ("", "store_missing"),
        "run again it does not end as if nothing had been": not case["again"],
        "it took more than 10 s to open": case["reopen_s"] > 10,
        "the process was not killed": killed and case["exit_code"] != -9,
        "no exit code that docs/command-line.md knows": not killed and case["exit_code"] not in (0, 3, 4, 5),
        "no sentence": not killed and bool(case["exit_code"]) != bool(case["said"]),
        "a short write was not made good": case["how"] == "short" and case["exit_code"] != 0,
        "a fault of ours": case["said"].startswith("unforeseen") or "Traceback" in case["errors"],
        "it hung": case["seconds"] > 60,
    }
    return "; ".join(name for name, is_so in checks.items() if is_so)
