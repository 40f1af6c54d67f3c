"""The memory that each reader takes for a large file, and how fast it reads: ``python memory.py [--size MB] [FORMAT ...]``.

A child process reads the file from end to end, keeping nothing; its peak of resident memory is what the system (Linux) says.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from good_samples import SAMPLES
from parts import Sample

#: What no reader may need, whatever the size of its file.
MOST_MB = 512
#: Same reader as another one.
_SAME = ("csv.gz", "zip", "tsv")
_READ = """
import json, sys, time
from vinculo.ingest.formats.opened import open_file
from vinculo.ingest.recognise import recognise
def peak():
    # getrusage would begin with what the parent had
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
before = peak()
started = time.process_time()
file = open_file(sys.argv[1])
known = recognise(file, sys.argv[2])
records = sum(chunk.read for chunk in known.format.reads(file, known.layout, {}))
took = time.process_time() - started
after = peak()
print(json.dumps({"records": records, "seconds": took, "before": before / 1024, "mb": after / 1024}))
"""


def pieces(sample: Sample, size: int) -> Iterator[str]:
    """A text of so many bytes: the good file's head, records with names and ids of their own, its tail."""
    parts = sample.parts()
    yield parts.head
    good, written, number = sample.rows(), 0, 0
    while written < size:
        rows = []
        for _ in range(2000):
            number += 1
            row = good[number % len(good)]
            rows.append(
                row
                | {"id": f"{sample.letter}{number:06}", "name": f"Ficticia {number} SA", "note": f"Nota {number} " * 4}
            )
        made = sample.write([*rows, rows[-1]])
        # messages are as long as a bank's, not as the file
        text = made.text if "mt" in sample.tags else "".join(made.records[:-1])
        if sample.name == "SAAI M3":
            # the number of a pedimento is its place in the sample
            text = text.replace("|6", f"|{number // 2000 % 10}")
        written += len(text)
        yield text
    yield made.records[-1] + parts.tail


def write(sample: Sample, size: int, path: Path) -> None:
    """Write a large file of a format."""
    if sample.name == "xlsx":
        path.write_bytes(sample.pack("".join(pieces(sample, size))) or b"")
        return
    with path.open("w", encoding="utf-8", newline="") as out:
        out.writelines(pieces(sample, size))


def measured(sample: Sample, size: int, folder: Path) -> dict[str, float]:
    """What a child process needed to read a file of so many bytes."""
    path = folder / sample.file
    write(sample, size, path)
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path), sample.dataset],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )
    told: dict[str, float] = {"size": path.stat().st_size / (1 << 20)}
    path.unlink()
    if done.returncode:
        raise RuntimeError(done.stderr.splitlines()[-1])
    return told | json.loads(done.stdout)


def main() -> int:
    """Print a line for each reader; how many needed more than they may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=300, help="MB of each file; a workbook's is a tenth")
    parser.add_argument("formats", nargs="*")
    asked = parser.parse_args()
    above = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.formats or [n for n in SAMPLES if n not in _SAME]:
            size = asked.size << 20
            told = measured(SAMPLES[name], size // 10 if name == "xlsx" else size, Path(folder))
            above += told["mb"] > MOST_MB
            print(
                f"{name:12} {told['size']:6.0f} MB  {told['records']:9.0f} records  {told['size'] / told['seconds']:6.1f} MB/s"
                f"  {told['mb']:5.0f} MB at its peak, {told['before']:4.0f} before it began",
                flush=True,
            )
    return above


if __name__ == "__main__":
    sys.exit(bool(main()))
