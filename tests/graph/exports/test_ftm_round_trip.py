"""What came in as FollowTheMoney goes out with the same ids, schemata and values, on published files."""

from __future__ import annotations

import gzip
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from vinculo.graph.exports import export
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.transfer import digest
from vinculo.ingest.demo import generate
from vinculo.ingest.load import ingest

FOLDER = Path(os.environ.get("VINCULO_SHARED_DATA", Path(__file__).parents[4] / "shared/data")) / "real/d_watchlists"
FILES = ["ftm_zala_entities.ftm.json.gz", "ftm_parteispenden_entities.ftm.json.gz", "ftm_t1_entities.ftm.json"]
#: Schemata and property values by id.
Told = dict[str, tuple[set[str], dict[str, set[str]]]]


def told(lines: list[str]) -> Told:
    """What a file says of each id, several fragments of one id put together."""
    found: Told = {}
    for line in lines:
        entity = json.loads(line)
        schemata, properties = found.setdefault(entity["id"], (set(), defaultdict(set)))
        schemata.add(entity["schema"])
        for name, values in entity["properties"].items():
            properties[name] |= set(values)
    return found


@pytest.mark.parametrize("name", FILES)
def test_in_and_out_again(store: Store, tmp_path: Path, name: str) -> None:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{path} is not here; set VINCULO_SHARED_DATA to the folder of published files")
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    (report,) = ingest([path], store)
    assert report.rejected == 0
    export(store, "ftm", tmp_path / "out")
    before = told(text.decode("utf-8").splitlines())
    assert len(before) > 5
    assert told((tmp_path / "out").read_text("utf-8").splitlines()) == before


def test_an_edge_with_two_owners_keeps_both(store: Store, tmp_path: Path) -> None:
    entities = [
        {"id": "a", "schema": "Person", "properties": {"name": ["A"], "phone": ["+525512345678"]}},
        {"id": "b", "schema": "Person", "properties": {"name": ["B"]}},
        {"id": "c", "schema": "Company", "properties": {"name": ["C"], "taxNumber": ["AAA010101AAA"], "parent": ["d"]}},
        {"id": "o", "schema": "Ownership", "properties": {"owner": ["a", "b"], "asset": ["c"], "percentage": ["50"]}},
        {"id": "s", "schema": "Sanction", "properties": {"entity": ["a", "b"], "program": ["P"]}},
    ]
    lines = [json.dumps(e) for e in entities]
    path = tmp_path / "in.ftm.json"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    ingest([path], store)
    export(store, "ftm", tmp_path / "out")
    assert told((tmp_path / "out").read_text("utf-8").splitlines()) == told(lines)


def test_files_that_tell_one_edge_with_other_ends_are_both_believed(tmp_path: Path) -> None:
    """A publisher merges two entries of one party: the edge keeps its id and has another owner from then on."""
    paths = []
    for owner, percentage in (("old", "50"), ("new", "60")):
        edge = {"owner": [owner], "asset": ["firm"], "percentage": [percentage]}
        path = tmp_path / f"{owner}.ftm.json"
        path.write_text(json.dumps({"id": "o", "schema": "Ownership", "properties": edge}) + "\n", "utf-8")
        paths.append(path)
    digests = []
    for order in (paths, paths[::-1]):
        store = open_store("sqlite:///:memory:")
        for path in order:
            ingest([path], store)
        told_of = {
            (link.source, link.target): [f.value for f in link.properties["percentage"]]
            for link in store.links(store.edges().column("id").to_pylist()).values()
        }
        assert told_of == {("old", "firm"): ["50"], ("new", "firm"): ["60"]}
        digests.append(digest(store))
        export(store, "ftm", tmp_path / "out.ftm.json")
        out = told((tmp_path / "out.ftm.json").read_text("utf-8").splitlines())
        # under one id a reader would give both owners both shares
        assert "o" not in out
        edges = [(values["owner"], values["percentage"]) for _, values in out.values()]
        assert sorted(edges, key=str) == sorted([({"old"}, {"50"}), ({"new"}, {"60"})], key=str)
        again = open_store("sqlite:///:memory:")
        ingest([tmp_path / "out.ftm.json"], again)
        assert sorted(again.edges().column("id").to_pylist()) == sorted(store.edges().column("id").to_pylist())
        again.close()
        first = next(run for run in store.runs() if run.source.file.endswith("old.ftm.json"))
        store.withdraw(first.source)
        (left,) = store.links(store.edges().column("id").to_pylist()).values()
        assert (left.source, [f.value for f in left.properties["percentage"]]) == ("new", ["60"])
        store.close()
    assert digests[0] == digests[1]


def test_the_order_of_an_edges_owners_makes_no_other_link(tmp_path: Path) -> None:
    store = open_store("sqlite:///:memory:")
    for n, owners in enumerate((["b", "a"], ["a", "b"])):
        path = tmp_path / f"{n}.ftm.json"
        edge = {"id": "o", "schema": "Ownership", "properties": {"owner": owners, "asset": ["firm"]}}
        path.write_text(json.dumps(edge) + "\n" * (n + 1), "utf-8")
        ingest([path], store)
    assert store.edges(["OWNS"]).num_rows == 1
    store.close()


def test_the_register_of_the_made_up_case_goes_out_unchanged_among_bills_that_share_its_numbers(
    store: Store, tmp_path: Path
) -> None:
    files = {p.name: p for p in generate(tmp_path / "case", scale=0.05)}
    register = files["company_register.ftm.json"]
    before = told(register.read_text("utf-8").splitlines())
    ingest([register], store)
    assert all(store.edges([kind]).num_rows for kind in ("HAS_IDENTIFIER", "HAS_PHONE", "HAS_EMAIL"))
    export(store, "ftm", tmp_path / "alone")
    assert told((tmp_path / "alone").read_text("utf-8").splitlines()) == before
    ingest([files["bills_of_lading_us_imports.csv"]], store)
    export(store, "ftm", tmp_path / "among")
    among = told((tmp_path / "among").read_text("utf-8").splitlines())
    assert {id: among[id] for id in before} == before
