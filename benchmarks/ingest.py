"""How fast files are mapped and loaded, beside ``ftm map`` on the same file and mapping.

Run ``python benchmarks/ingest.py [--rows 20000] [--transfers 1000000]``; ``VINCULO_FTM_PYTHON`` names a Python that has
FollowTheMoney (without it the comparison is left out and said so).

(a) A commercial manifest export of 57 columns, its records repeated with parties and bill numbers of their own. The real file
is looked for in ``VINCULO_SHARED_DATA`` (default ``../shared/data`` beside the repository); without it a look-alike is made.
Times of the commands are without their start (a run on the header alone, or on one record, is taken off). *Mapping alone* is
reading, hashing, fingerprints and mapping, from the file on disk to batches; *into SQLite* is ``vinculo ingest --no-suggest``;
*start and all* is the whole command as people give it, which also looks for pairs that may be one party.

(b) Synthetic transfers into SQLite: records a second and the peak memory of the larger process of the two.

Beside each time stand the seconds of processor, of all processes together: on a busy machine these still tell. The ratio of
*mapping alone* is one of processor seconds, since both sides use one processor.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

MAPPING = """
manifests:
  queries:
    - csv_url: {file}
      entities:
        consignee_address: {{schema: Address, key_literal: address, keys: [Consignee Full Address], properties: {{full: {{column: Consignee Full Address}}, street: {{column: Consignee Address}}, city: {{column: Consignee City}}, state: {{column: Consignee State/Region}}, postalCode: {{column: Consignee Postal Code}}, country: {{column: Consignee Country}}}}}}
        shipper_address: {{schema: Address, key_literal: address, keys: [Shipper Full Address], properties: {{full: {{column: Shipper Full Address}}, street: {{column: Shipper Address}}, city: {{column: Shipper City}}, state: {{column: Shipper State/Region}}, postalCode: {{column: Shipper Postal Code}}, country: {{column: Shipper Country}}}}}}
        consignee:
          schema: Company
          key_literal: party
          keys: [Consignee, Consignee Country]
          properties:
            name: {{column: Consignee}}
            country: {{column: Consignee Country}}
            phone: {{columns: [Consignee Phone 1, Consignee Phone 2, Consignee Phone 3, Consignee Fax]}}
            email: {{columns: [Consignee Email 1, Consignee Email 2, Consignee Email 3]}}
            website: {{columns: [Consignee Website 1, Consignee Website 2]}}
            address: {{column: Consignee Full Address}}
            sourceUrl: {{column: Consignee Profile}}
            dunsCode: {{column: Consignee D-U-N-S®}}
            sector: {{column: Consignee Industry, split: ";"}}
            notes: {{columns: [Consignee Trade Roles, Consignee SIC Codes, Consignee Revenue, Consignee Employees], join: " / "}}
            addressEntity: {{entity: consignee_address}}
        shipper:
          schema: Company
          key_literal: party
          keys: [Shipper, Shipper Country]
          properties:
            name: {{column: Shipper}}
            country: {{column: Shipper Country}}
            phone: {{columns: [Shipper Phone 1, Shipper Phone 2, Shipper Phone 3, Shipper Fax]}}
            email: {{columns: [Shipper Email 1, Shipper Email 2, Shipper Email 3]}}
            website: {{columns: [Shipper Website 1, Shipper Website 2]}}
            address: {{column: Shipper Full Address}}
            sourceUrl: {{column: Shipper Profile}}
            dunsCode: {{column: Shipper D-U-N-S®}}
            sector: {{column: Shipper Industry, split: ";"}}
            notes: {{columns: [Shipper Trade Roles, Shipper SIC Codes, Shipper Revenue, Shipper Employees], join: " / "}}
            addressEntity: {{entity: shipper_address}}
        goods:
          schema: Asset
          key_literal: bill
          keys: [Bill of Lading]
          properties:
            name: {{column: Bill of Lading}}
            summary: {{column: Goods Shipped}}
            amount: {{column: Value of Goods (USD)}}
            notes: {{columns: [HS Code, Quantity, Weight (kg), Number of Containers], join: " / "}}
        sent: {{schema: UnknownLink, key_literal: sent, keys: [Shipper, Bill of Lading], properties: {{subject: {{entity: shipper}}, object: {{entity: goods}}, date: {{column: Arrival Date}}, role: {{literal: shipper}}}}}}
        received: {{schema: UnknownLink, key_literal: received, keys: [Consignee, Bill of Lading], properties: {{subject: {{entity: consignee}}, object: {{entity: goods}}, date: {{column: Arrival Date}}, role: {{literal: consignee}}}}}}
        trade: {{schema: UnknownLink, key_literal: trade, keys: [Shipper, Consignee, Bill of Lading], properties: {{subject: {{entity: shipper}}, object: {{entity: consignee}}, date: {{column: Arrival Date}}, summary: {{column: Goods Shipped}}}}}}
        owned: {{schema: Ownership, key_literal: owned, keys: [Consignee, Bill of Lading], properties: {{owner: {{entity: consignee}}, asset: {{entity: goods}}, startDate: {{column: Arrival Date}}}}}}
"""  # noqa: E501 - a rule a line, as people write mapping files
DATA = Path(os.environ.get("VINCULO_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
REAL = DATA / "real" / "b_trade" / "panjiva_us_imports_1832.csv.gz"
_PARTY = (
    "", "Address", "City", "State/Region", "Postal Code", "Country", "Full Address", "Email 1", "Email 2", "Email 3", "Phone 1",
    "Phone 2", "Phone 3", "Fax", "Website 1", "Website 2", "Profile", "D-U-N-S®", "Industry", "Revenue", "Employees",
    "Market Capitalization", "Trade Roles", "SIC Codes",
)  # fmt: skip


def manifest_rows() -> tuple[list[str], list[list[str]], str]:
    """Header and records to repeat, and where they are from."""
    if REAL.is_file():
        with gzip.open(REAL, "rt", encoding="utf-8", newline="") as text:
            header, *rows = csv.reader(text)
        return header, rows, REAL.name
    header = ["Arrival Date", *(f"{role} {p}".strip() for role in ("Consignee", "Shipper") for p in _PARTY)]
    header += ["Shipment Destination", "Shipment Destination Region", "Quantity", "Weight (kg)", "Value of Goods (USD)"]
    header += ["Number of Containers", "HS Code", "Goods Shipped"]
    draw = random.Random(7)
    rows = []
    for n in range(1832):
        row = [f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}"]
        for role, country in (("Consignee", "United States"), ("Shipper", "China")):
            who = f"{role} {draw.randrange(900)}"
            row += [
                who,
                f"{n % 700} Main Street",
                "Laredo",
                "TX",
                "78040",
                country,
                f"{n % 700} Main Street, Laredo, TX",
            ]
            row += ["office@example.com", "", "", f"+1 956 722 {n % 9000 + 1000}", *[""] * 6, "", "Trade", *[""] * 5]
        rows.append(
            [*row, "Laredo", "Texas", f"{n} PKG", str(n * 11), "", "1", "7323.93", "HOUSEHOLD WARE OF STEEL " * 6]
        )
    return header, rows, "a look-alike"


def write_manifests(path: Path, count: int) -> str:
    """``count`` records, each copy with parties and a bill number of its own."""
    header, rows, origin = manifest_rows()
    named = [header.index("Consignee"), header.index("Shipper")]
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow([*header, "Bill of Lading"])
        for n in range(count):
            row, copy = list(rows[n % len(rows)]), n // len(rows)
            for at in named:
                row[at] = f"{row[at]} {copy}" if row[at] and copy else row[at]
            writer.writerow([*row, f"BL{n:08}"])
    return origin


class Taken(NamedTuple):
    """Seconds by the clock, and of processor."""

    clock: float
    processor: float

    def __sub__(self, other: Taken) -> Taken:
        return Taken(self.clock - other.clock, self.processor - other.processor)

    def said(self, count: int) -> str:
        """With how many of something a second that is."""
        return f"{self.clock:.2f} s ({self.processor:.2f} s of processor), {count / self.clock:,.0f} rows/s"


def mapped(path: Path, mapping: Path) -> tuple[Taken, int, int]:
    """What it takes from the file to batches, and how many entities and links they assert."""
    from vinculo.ingest.cells import no_collecting

    with no_collecting():  # as vinculo.ingest.load does
        return _mapped(path, mapping)


def _mapped(path: Path, mapping: Path) -> tuple[Taken, int, int]:
    from vinculo.ingest.engine import map_tables
    from vinculo.ingest.formats.fingerprints import fingerprints_of
    from vinculo.ingest.formats.opened import open_file
    from vinculo.ingest.user_mapping import read_mapping

    started = Taken(time.perf_counter(), time.process_time())
    file = open_file(path)
    (made,) = read_mapping(mapping, file)
    entities = links = 0
    for chunk in made.format.reads(file, made.layout, {}):
        _ = chunk.marks or fingerprints_of(chunk.table)
        tables = made.dataset.prepare(chunk.table) if made.dataset.prepare else {"": chunk.table}
        batch = map_tables(made.dataset.mappings, tables, chunk.table, made.dataset.name)
        entities += batch.entities.num_rows
        links += batch.links.num_rows
    return Taken(time.perf_counter(), time.process_time()) - started, entities, links


def command(*arguments: str) -> Taken:
    """What a command takes, with the processes it starts."""
    started = Taken(time.perf_counter(), _children())
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return Taken(time.perf_counter(), _children()) - started


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ingested(file: Path, mapping: Path, store: Path, *more: str) -> Taken:
    """What ``vinculo ingest`` takes, into a new store."""
    told = ("--mapping", str(mapping), "--store", f"sqlite:///{store}", "--quiet", *more)
    return command(sys.executable, "-m", "vinculo", "ingest", str(file), *told)


def against_ftm(folder: Path, count: int) -> list[tuple[str, str, str]]:
    """Part (a)."""
    file, mapping = folder / "manifests.csv", folder / "mapping.yml"
    origin = write_manifests(file, count)
    mapping.write_text(MAPPING.format(file=file), encoding="utf-8")
    mapped(file, mapping)  # the first run loads code and tables
    alone, entities, links = min((mapped(file, mapping) for _ in range(3)), key=lambda made: made[0].processor)
    one, rule = folder / "one.csv", folder / "one.yml"
    with file.open(encoding="utf-8", newline="") as text:
        some = csv.reader(text)
        with one.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([next(some), next(some)])
    rule.write_text(MAPPING.format(file=one), encoding="utf-8")
    begun = ingested(one, rule, folder / "one.db", "--no-suggest")
    stored = ingested(file, mapping, folder / "manifests.db", "--no-suggest") - begun
    whole = ingested(file, mapping, folder / "whole.db")
    table = [(f"{count:,} rows of {origin}", f"{entities:,} entities, {links:,} links asserted", "")]
    oracle = os.environ.get("VINCULO_FTM_PYTHON")
    base: Taken | None = None
    if oracle:
        ftm = str(Path(oracle).with_name("ftm"))
        header, small = folder / "header.csv", folder / "header.yml"
        header.write_text(file.open(encoding="utf-8").readline(), encoding="utf-8")
        small.write_text(MAPPING.format(file=header), encoding="utf-8")
        start = command(ftm, "map", "--no-sign", "-o", str(folder / "x.json"), str(small))
        base = command(ftm, "map", "--no-sign", "-o", str(folder / "ftm.json"), str(mapping)) - start
        table.append(("ftm map, without its start", base.said(count), "1.0x"))
    else:
        table.append(("ftm map", "not measured: set VINCULO_FTM_PYTHON", ""))
    for name, taken, ratio in (
        ("mapping alone (goal 20x)", alone, base.processor / alone.processor if base else 0),
        ("into SQLite (goal 8,000 rows/s)", stored, base.clock / stored.clock if base else 0),
        ("the same, start and all", whole, base.clock / whole.clock if base else 0),
    ):
        table.append((name, taken.said(count), f"{ratio:.1f}x" if base else ""))
    return table


def write_transfers(path: Path, count: int) -> None:
    """Synthetic transfers in the plain template, between one account for every twenty of them."""
    draw = random.Random(11)
    accounts = max(10, count // 20)
    with path.open("w", encoding="utf-8", newline="") as text:
        text.write("SYNTHETIC DATA\ntransfer_id,date,amount,currency,type,originator_account,beneficiary_account\n")
        for n in range(count):
            a, b = draw.randrange(accounts), draw.randrange(accounts)
            day = f"2024-{n * 12 // count + 1:02}-{n % 28 + 1:02}"
            text.write(f"T{n},{day},{draw.randrange(100, 2_000_000) / 100},USD,wire,ACC{a:07},ACC{b:07}\n")


def transfers(folder: Path, count: int) -> list[tuple[str, str, str]]:
    """Part (b)."""
    file = folder / "transfers.csv"
    write_transfers(file, count)
    store = f"sqlite:///{folder / 'transfers.db'}"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    taken = command(sys.executable, "-m", "vinculo", "ingest", str(file), "--store", store, "--quiet")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    size = (folder / "transfers.db").stat().st_size
    memory = f"{peak / 1024:,.0f} MiB" if peak > before else f"at most {peak / 1024:,.0f} MiB"
    return [
        (f"{count:,} transfers into SQLite", taken.said(count), ""),
        ("peak memory", memory, ""),
        ("size of the store", f"{size / 2**20:,.0f} MiB", ""),
    ]


def main() -> None:
    """Measure and print one table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--rows", type=int, default=20_000)
    options.add_argument("--transfers", type=int, default=1_000_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["VINCULO_HOME"] = str(folder / "home")
        # transfers first: the peak memory of child processes is one figure for all so far
        table = transfers(folder, chosen.transfers) if chosen.transfers else []
        table = (against_ftm(folder, chosen.rows) if chosen.rows else []) + table
    for what, figure, ratio in table:
        print(f"{what:42} {figure:54} {ratio:>7}")


if __name__ == "__main__":
    main()
