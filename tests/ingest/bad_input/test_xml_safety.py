"""No document type, no entities, no network: whatever reads XML here, and however the document asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from good_samples import SAMPLES
from verdicts import statements

from vinculo.graph.errors import InputError
from vinculo.graph.stores import open_store
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.load import ingest
from vinculo.ingest.recognise import datasets

READ = [d for d in datasets().values() if d.format in ("xml", "iso20022", "ofx") and not d.refusal]
SECRET = "the secret of the house"


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and what was asked of it."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


def _root(dataset: Dataset) -> str:
    return "OFX" if dataset.format == "ofx" else dataset.columns[0]


@pytest.mark.parametrize("dataset", READ, ids=lambda d: d.name)
def test_every_dataset_in_xml_refuses_document_types(
    dataset: Dataset, tmp_path: Path, asked: tuple[str, list[str]]
) -> None:
    address, paths = asked
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    root = _root(dataset)
    laughs = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    types = [
        f'<!DOCTYPE {root} [<!ENTITY e SYSTEM "{secret.as_uri()}">]>',
        f'<!DOCTYPE {root} [<!ENTITY % p SYSTEM "{address}/p.dtd"> %p;]>',
        f'<!DOCTYPE {root} SYSTEM "{address}/x.dtd">',
        f'<!DOCTYPE {root} PUBLIC "-//X//Y" "{address}/y.dtd" [<!ENTITY e "x">]>',
        f'<!DOCTYPE {root} [<!ENTITY a0 "ha">{laughs}<!ENTITY e "&a9;">]>',
        # behind more than is looked at first
        f"<!-- {'x' * 100_000} -->\n<!DOCTYPE {root} [<!ENTITY e 'x'>]>",
    ]
    for number, declared in enumerate(types):
        for encoding in ("utf-8", "utf-16"):
            body = f"<{root}>" + "".join(f"<{e}><x>&e;</x></{e}>" for e in dataset.elements or ("x",)) + f"</{root}>"
            path = tmp_path / f"{number}.{'ofx' if dataset.format == 'ofx' else 'xml'}"
            path.write_bytes(f'<?xml version="1.0" encoding="{encoding}"?>\n{declared}\n{body}'.encode(encoding))
            store = open_store("sqlite:///:memory:")
            with pytest.raises(InputError) as told:
                ingest(path, store, dataset=dataset.name)
            # a comment that long hides even what the file is
            codes = ("unsafe_xml", "missing_columns", "wrong_format") if number == 5 else ("unsafe_xml",)
            assert told.value.code in codes, (number, encoding)
            assert SECRET not in told.value.message("en")
            assert not statements(store)
    assert paths == []


@pytest.mark.parametrize("name", [n for n, s in SAMPLES.items() if s.tags & {"xml", "sgml"}])
def test_nothing_in_a_document_is_fetched(name: str, tmp_path: Path, asked: tuple[str, list[str]]) -> None:
    address, paths = asked
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    sample = SAMPLES[name]
    asks = (
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>',
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{address}/i.xml"/>',
        f'<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="{address}/s.xsd"/>',
        f'<x xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{address}/l" xlink:actuate="onLoad"/>',
        f'<?xml-stylesheet type="text/xsl" href="{address}/t.xsl"?>',
    )
    for number, ask in enumerate(asks):
        parts = sample.parts()
        good = sample.rows()[2]["name"]
        path = tmp_path / f"{number}{sample.file}"
        path.write_bytes(parts.with_record(2, parts.records[2].replace(good, good + ask, 1)).text.encode())
        store = open_store("sqlite:///:memory:")
        (report,) = ingest(path, store, dataset=sample.dataset)
        assert report.read == sample.records
        assert not any(SECRET in value for _, _, value in statements(store))
    assert paths == []
