"""Fuzz each reader, guided by coverage: ``python tests/fuzz/run.py --seconds 60 [--mapped] [READER ...]``.

Needs atheris beside the test tools. What crashes a reader is kept below ``crashers/``, where the tests find it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def fuzz(name: str, folder: str, seconds: int, mapped: bool) -> None:
    """Fuzz one reader in this process; it ends by itself."""
    import atheris  # type: ignore[import-not-found,unused-ignore]

    with atheris.instrument_imports(include=["vinculo.ingest"]):
        import targets
    corpus = Path(folder) / name
    corpus.mkdir()
    (corpus / "seed").write_bytes(targets.seed(name))
    words = Path(folder) / f"{name}.dict"
    said = ("".join(f"\\x{byte:02x}" for byte in token) for token in targets.TOKENS)
    words.write_text("".join(f'"{one}"\n' for one in said), encoding="ascii")
    kept = HERE / "crashers" / name
    kept.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", "-timeout=5", "-rss_limit_mb=512", f"-dict={words}", "-max_len=20000"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={kept}/", "-print_final_stats=1", str(corpus)],
                  targets.target(name, mapped))  # fmt: skip
    atheris.Fuzz()


def main() -> int:
    """Fuzz the readers one after the other, each in a process of its own; how many crashed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each reader")
    parser.add_argument("--mapped", action="store_true", help="go on to entities and links")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("readers", nargs="*")
    asked = parser.parse_args()
    if asked.inside:
        fuzz(asked.readers[0], asked.inside, asked.seconds, asked.mapped)
        return 0
    sys.path.insert(0, str(HERE))
    from targets import READERS

    crashed = 0
    for name in asked.readers or READERS:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, "--seconds", str(asked.seconds), "--inside", folder, name]
            command += ["--mapped"] if asked.mapped else []
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        told = [
            line for line in done.stderr.splitlines() if "stat::number_of_executed_units" in line or "rss_mb" in line
        ]
        print(
            f"{name:12} {'crashed' if done.returncode else 'well'}  {'  '.join(t.split('::')[-1] for t in told)}",
            flush=True,
        )
        if done.returncode:
            crashed += 1
            print("\n".join((done.stdout + done.stderr).splitlines()[-40:]), flush=True)
    return crashed


if __name__ == "__main__":
    sys.exit(bool(main()))
