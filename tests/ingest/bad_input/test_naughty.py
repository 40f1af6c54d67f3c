"""Naughty texts in every text field of every format reach the store as they stand, or their record is rejected."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest
from good_samples import SAMPLES
from naughty import NAUGHTY
from parts import Sample
from verdicts import hurried, loaded

from vinculo.graph.stores import open_store
from vinculo.ingest.clean import text as clean
from vinculo.ingest.datasets.rules import named
from vinculo.ingest.load import ingest

#: What a format has no way to write inside a field: it would be another field, another line, another record.
_CANNOT = {
    "pipes": "|\r\n",
    "mt": "\r\n",
    "sgml": "\r\n\x00",
    "xml": "\x00\x01\x02\x1b\x1e\x1f\ufdd1\uffff",
}
#: A text in these fields is looked at for more than a text: who ordered the payment, a number in remarks, a kind of message.
_STRUCTURED = {("MT940", "name"), ("MT940", "note"), ("OFAC csv", "name"), ("OFAC csv", "note"), ("MT103", "note"),
               ("MT103", "name"), ("MT103", "other")}  # fmt: skip


def _holds(sample: Sample, text: str) -> bool:
    if sample.name == "xlsx" and re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\r\ufffe\uffff]", text):
        return False
    return not any(c in text for tag in sample.tags for c in _CANNOT.get(tag, ""))


def _kept(text: str) -> set[str]:
    """What may stand in the store for a text: what is printed of it, on one line or as it is."""
    made = clean.printable(text) or ""
    forms = {made, clean.text(made), clean.name(made), clean.address(made), clean.as_it_is(made)}
    return {unicodedata.normalize("NFC", f) for f in forms if f}


@pytest.mark.parametrize("slot", ["name", "other", "note"])
@pytest.mark.parametrize("name", SAMPLES)
def test_it_stands_in_the_store_as_it_was_written(name: str, slot: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    if slot not in sample.slots:
        return
    texts = [t for t in NAUGHTY.values() if _holds(sample, t)]
    assert len(texts) > 45
    rows = []
    for number, text in enumerate(texts):
        row = dict(sample.rows()[number % 6])
        row |= {"id": f"{sample.letter}{number:03}77", slot: text, "sum": f"1{number:03}{sample.point}50"}
        rows.append(row)
    path = tmp_path / sample.file
    path.write_bytes(sample.pack(sample.write(rows).text) or b"")
    with hurried(20):
        found = loaded(path, sample.dataset)
    assert found.error is None and found.report is not None
    assert found.report.loaded + found.report.rejected == sample.records - 6 + len(texts)
    if (name, slot) in _STRUCTURED:
        return
    # what names nobody makes no party
    texts = [t for t in texts if slot == "note" or named(pa.array([t]))[0].is_valid]
    said = {value for _, _, value in found.said}
    rejected = {r["raw"] for r in found.rejects}
    for text in texts:
        kept = any(form in said or any(form in value for value in said) for form in _kept(text))
        assert kept or any(text[:20] in raw for raw in rejected), (text, sorted(found.rejects, key=str)[:2])


def test_it_can_be_searched_for_and_named_as_a_file(tmp_path: Path) -> None:
    sample = SAMPLES["csv"]
    store = open_store("sqlite:///:memory:")
    for number, text in enumerate(NAUGHTY.values()):
        store.search(text)
        rows = [sample.rows()[0] | {"id": f"N{number}", "name": text, "sum": "no sum" if number % 2 else "5"}]
        name = re.sub(r"[/\x00\\]", "_", text)[:40].strip() + ".csv"
        path = tmp_path / name.encode("utf-8", "replace").decode()
        path.write_bytes(sample.pack(sample.write(rows).text) or b"")
        (report,) = ingest(path, store)
        assert report.read == report.loaded + report.rejected == 1
        if report.rejects_file:
            assert Path(report.rejects_file).parent.name == "rejects"
            assert Path(report.rejects_file).is_file()
    assert any(hit.name == NAUGHTY["SQL"] for hit in store.search(NAUGHTY["SQL"]))
