"""Readers that are fed bytes: each with the sample of its format, alone or through the whole way from file to mapped records."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "ingest" / "bad_input"))

from good_samples import SAMPLES  # noqa: E402

from vinculo.graph.errors import VinculoError  # noqa: E402
from vinculo.ingest.engine import map_tables  # noqa: E402
from vinculo.ingest.formats import formats  # noqa: E402
from vinculo.ingest.formats.fingerprints import fingerprints_of  # noqa: E402
from vinculo.ingest.formats.opened import open_file  # noqa: E402
from vinculo.ingest.recognise import datasets, layout_of  # noqa: E402

#: Parser by the sample it starts from, its reader, and the dataset that is made of it.
READERS = {
    "table": ("csv", "table", "transfers"),
    "headerless": ("OFAC csv", "table", "ofac_sdn"),
    "xlsx": ("xlsx", "xlsx", "transfers"),
    "jsonl": ("jsonl", "jsonl", "ftm"),
    "json": ("json", "json", "gleif_lei_json"),
    "xml": ("UN xml", "xml", "un_consolidated"),
    "goaml": ("goAML xml", "xml", "goaml"),
    "fincen": ("FinCEN xml", "xml", "fincen_bsa"),
    "iso20022": ("camt.053", "iso20022", "camt_053"),
    "mt940": ("MT940", "swift_mt", "swift_mt"),
    "mt103": ("MT103", "swift_mt", "swift_mt"),
    "saai_m3": ("SAAI M3", "saai_m3", "mx_pedimento"),
    "ofx_sgml": ("OFX 1", "ofx", "ofx"),
    "ofx_xml": ("OFX 2", "ofx", "ofx"),
}
#: Where a file to be read is put: memory, if the system has a folder for it.
_FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None
#: Texts that mean something to one of the readers.
TOKENS = (
    b'"', b"'", b",", b";", b"\t", b"|", b"\r", b"\n", b"\r\n", b"\x00", b"\x1a", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80",
    b"<", b"</", b"/>", b"<!DOCTYPE x>", b"<![CDATA[", b"]]>", b"&amp;", b"&#0;", b"<!--", b"<?xml", b"{", b"}", b"[", b"]", b":",
    b'""', b"\\u0000", b"\\ud800", b"NaN", b"1e999", b"-", b":20:", b":61:", b":86:", b"{1:", b"-}", b"500|", b"501|", b"801|",
    b"<STMTTRN>", b"</STMTTRN>", b"<Ntry>", b"</Ntry>", b"2024-02-30", b"99999999999999999999",
)  # fmt: skip


def seed(name: str) -> bytes:
    """A good file for a reader to start from."""
    sample = SAMPLES[READERS[name][0]]
    return sample.pack(sample.parts().text) or b""


def target(name: str, mapped: bool = False) -> Callable[[bytes], None]:
    """What feeds bytes to a reader: a sentence may come of it, any other exception is a bug.

    ``mapped`` goes on to entities and links, which takes a hundred times as long.
    """
    sample, reader, dataset = READERS[name]
    form, wanted = formats()[reader], datasets()[dataset]
    layout = layout_of(wanted)
    handle, file = tempfile.mkstemp(dir=_FOLDER, suffix=SAMPLES[sample].file)
    os.close(handle)
    path = Path(file)

    def feed(data: bytes) -> None:
        path.write_bytes(data)
        try:
            opened = open_file(path)
            if form.looks is not None:
                form.looks(opened)
            form.peek(opened)
            for chunk in form.reads(opened, layout, {}):
                table = chunk.table
                marks = fingerprints_of(table) if chunk.marks is None else list(chunk.marks)
                assert len(marks) == table.num_rows
                if mapped and table.num_rows:
                    tables = wanted.prepare(table) if wanted.prepare else {"": table}
                    map_tables(wanted.mappings, tables, table, wanted.name)
        except VinculoError as error:
            error.message("en")
            error.message("es")
        finally:
            path.unlink(missing_ok=True)

    return feed


def crashers() -> list[tuple[str, Path]]:
    """Inputs that once ended in anything but a sentence, with their reader."""
    return sorted((p.parent.name, p) for p in (HERE / "crashers").glob("*/*") if p.is_file())
