"""A small case on disk, and two ways to run a command: in this process, and as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner

from vinculo.cli import vinculo
from vinculo.graph.facts import pack
from vinculo.graph.stores import open_store
from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, LINK_SCHEMA, Batch, Manifest, Source

TRANSFERS = """\
transfer_id,date,amount,currency,type,originator_account,originator_name,originator_bank,originator_country,\
beneficiary_account,beneficiary_name,beneficiary_bank,beneficiary_country
T1,2024-03-01,9500,USD,wire,A-1,Comercializadora Peñón,Banco Uno,MX,B-1,Harbor Trading LLC,First Bank,US
T2,2024-03-02,9400,USD,wire,A-1,Comercializadora Peñón,Banco Uno,MX,B-1,Harbor Trading LLC,First Bank,US
T3,2024-03-03,8000,USD,wire,B-1,Harbor Trading LLC,First Bank,US,C-1,Importadora Sol,Banco Dos,CO
T3,2024-03-03,8000,USD,wire,B-1,Harbor Trading LLC,First Bank,US,C-1,Importadora Sol,Banco Dos,CO
T4,2024-13-45,100,USD,wire,A-1,Comercializadora Peñón,Banco Uno,MX,C-1,Importadora Sol,Banco Dos,CO
T5,2024-03-05,7000,USD,wire,C-1,Importadora Sol,Banco Dos,CO,A-1,Comercializadora Peñón,Banco Uno,MX
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines; anything else there fails."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run() -> Callable[..., Ran]:
    """Run a command in this process."""

    def call(*arguments: str | Path, answer: str | None = None) -> Ran:
        done = CliRunner().invoke(vinculo, [str(a) for a in arguments], input=answer)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return Ran(done.exit_code, done.stdout, done.stderr)

    return call


@pytest.fixture
def report() -> Callable[[Path, str], None]:
    """Add a suspicious-activity report that names somebody beside a party."""

    def add(case: Path, party: str) -> None:
        store = open_store(f"sqlite:///{case}")
        source = Source("reports", "1" * 64, "reports.csv", taint="sar")
        number = store.begin_run(source)
        entity = pa.Table.from_pylist([{"id": "spy", "kind": "Person", "record": 1, "facts": pack([])}], ENTITY_SCHEMA)
        link = {"id": "l", "kind": "ASSOCIATE_OF", "source": "spy", "target": party, "record": 1, "facts": pack([])}
        made = Batch.make(entity, pa.Table.from_pylist([link], LINK_SCHEMA))
        store.write(made, Manifest(source, number, 1, 1, pa.array([b"1" * 16], FINGERPRINT)))
        store.finish_run(number, "done", {})
        store.close()

    return add


@pytest.fixture
def process() -> Callable[..., Ran]:
    """Run a command as a process of its own."""

    def call(*arguments: str | Path, timeout: float = 120, **environment: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "vinculo", *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            env={**os.environ, **environment},
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def transfers(tmp_path: Path) -> Path:
    """Six records: four that load, one that repeats, one with a date that is none."""
    file = tmp_path / "transfers.csv"
    file.write_text(TRANSFERS, encoding="utf-8")
    return file


@pytest.fixture
def case(tmp_path: Path, transfers: Path, run: Callable[..., Ran]) -> Path:
    """A store that holds them."""
    store = tmp_path / "case.db"
    assert run("ingest", transfers, "--store", store, "--quiet").code == 0
    return store


@pytest.fixture
def ids(run: Callable[..., Ran]) -> Callable[..., list[str]]:
    """Ids of the best hits for names in a store."""

    def call(store: Path, *names: str) -> list[str]:
        return [run("search", name, "--store", store, "--json").lines[0]["id"] for name in names]

    return call
