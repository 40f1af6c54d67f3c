"""What goes out is what was chosen; each format's own reader finds the same ids and values; nothing tainted leaks."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinculo.graph.chart import Chart, ChartGroup
from vinculo.graph.charting import chart_of, layout
from vinculo.graph.errors import Cancelled, EnvironmentProblem, UsageError
from vinculo.graph.exports import export, exports
from vinculo.graph.exports.csv import guard, unguard
from vinculo.graph.schema import is_a, kinds
from vinculo.graph.store import Store
from vinculo.graph.text import say

FORMATS = ["csv", "ftm", "graphml", "html"]
SECRETS = ["Secret Bank", "secretbank", "secret name", "told to the police", "phantom-7731", "filed_sars", "bank_sars"]


def written(store: Store, format: str, folder: Path, **how: Any) -> Path:
    path = folder / f"out.{exports()[format].extension}"
    export(store, format, path, **how)
    return path


def text_of(path: Path) -> str:
    """Everything a reader can get out of a file, archives opened."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return "\n".join(archive.read(n).decode("utf-8-sig") for n in archive.namelist())
    return path.read_text("utf-8")


def rows_of(path: Path, table: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        text = archive.read(table).decode("utf-8-sig")
    return [{k: unguard(v) for k, v in row.items()} for row in csv.DictReader(io.StringIO(text, newline=""))]


def data_of(path: Path) -> dict[str, Any]:
    block = path.read_text("utf-8").partition('id="data">')[2].partition("</script>")[0]
    data: dict[str, Any] = json.loads(block)
    return data


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


# -- every format ------------------------------------------------------------------------------------------------------


def test_the_formats() -> None:
    assert list(exports()) == FORMATS
    for made in exports().values():
        assert all(made.title) and all(made.description)


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_tells_of_a_suspicious_activity_report(case: Store, tmp_path: Path, format: str) -> None:
    made = export(case, format, tmp_path / "out")
    assert made["left_out"] == {"entities": 2, "links": 2}
    found = text_of(tmp_path / "out")
    assert [s for s in SECRETS if s in found] == []
    assert "Halcón del Norte, S.A. de C.V." in found


@pytest.mark.parametrize("format", FORMATS)
def test_an_end_that_only_a_report_names_stays_behind(case: Store, tmp_path: Path, format: str) -> None:
    for how in ({"ids": ["ana", "phantom-7731"]}, {"chart": chart_of(case, ["ana", "phantom-7731"])}):
        assert "phantom" not in text_of(written(case, format, tmp_path, **how))


@pytest.mark.parametrize("format", FORMATS)
def test_named_taint_goes_out(case: Store, tmp_path: Path, format: str) -> None:
    made = export(case, format, tmp_path / "out", include_taint=["sar"])
    assert made["left_out"] == {"entities": 0, "links": 0}
    assert "Secret Bank" in text_of(tmp_path / "out")


@pytest.mark.parametrize("format", FORMATS)
def test_listed_is_not_guilty_and_cleared_is_said(case: Store, tmp_path: Path, format: str) -> None:
    for language, cleared in (("en", "Cleared: on SAT 69-B"), ("es", "Aclarado a su favor: aparece en SAT 69-B")):
        found = text_of(written(case, format, tmp_path, language=language))
        assert cleared in found and "Sentencia Favorable" in found
        assert ("not a finding of guilt" if language == "en" else "no equivale a") in found


@pytest.mark.parametrize("format", FORMATS)
def test_synthetic_data_is_called_so(case: Store, tmp_path: Path, format: str) -> None:
    assert export(case, format, tmp_path / "a", ids=["ana", "halcon"])["synthetic"]
    assert "synthetic" in text_of(tmp_path / "a").casefold()
    assert not export(case, format, tmp_path / "b", ids=["lucky", "list2"])["synthetic"]


@pytest.mark.parametrize("format", ["csv", "graphml", "html"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_real_data_beside_synthetic_is_not_called_synthetic(
    case: Store, tmp_path: Path, format: str, language: str
) -> None:
    """A real firm on a real list must not be called invented because a training file is in the store too."""
    for ids, key, other in ((["ana", "bl1"], "", ".some"), (["ana", "lucky", "list2"], ".some", "")):
        export(case, format, tmp_path / f"x{key}", ids=ids, language=language)
        found = text_of(tmp_path / f"x{key}")
        if format == "html":
            words = {"": "synthetic", ".some": "synthetic_some"}
            assert f'data-word="{words[key]}"' in found and f'data-word="{words[other]}"' not in found
            assert say(f"export.synthetic{key}.badge", language) in found
        else:
            assert say(f"export.synthetic{key}", language) in found
            assert say(f"export.synthetic{other}", language) not in found


def test_each_thing_says_whether_it_is_invented_in_part_or_not(
    case: Store, rows: Callable[..., object], tmp_path: Path
) -> None:
    """A real person who also stands in a training file is not invented; one of the training file alone is."""
    rows(case, "a real register", [("ana", "Person", 1, {"name": "Ana Ruiz", "nationality": "mx"})])
    wanted = {"ana": "some", "bl1": "all", "lucky": ""}
    made = {f: written(case, f, tmp_path, ids=list(wanted)) for f in FORMATS}
    nodes_csv, values_csv = (rows_of(made["csv"], f"{n}.csv") for n in ("nodes", "values"))
    assert {r["id"]: r["synthetic"] for r in nodes_csv} == {"ana": "some", "bl1": "1", "lucky": "0"}
    of_ana = {(r["dataset"], r["synthetic"]) for r in values_csv if r["id"] == "ana"}
    assert of_ana == {("trade", "1"), ("a real register", "0")}
    nodes = nx.read_graphml(made["graphml"]).nodes
    assert {i: (n["synthetic"], n.get("containsSynthetic", False)) for i, n in nodes.items()} == {
        "ana": (False, True),
        "bl1": (True, False),
        "lucky": (False, False),
    }
    told = {x["id"]: x for x in lines_of(made["ftm"]) if x["id"] in wanted}
    assert {i: ("synthetic" in x, "containsSynthetic" in x) for i, x in told.items()} == {
        "ana": (False, True),
        "bl1": (True, False),
        "lucky": (False, False),
    }
    data = data_of(made["html"])
    keys = {"some": "synthetic_some", "all": "synthetic", "": ""}
    assert {n["ref"]: n["synthetic"] for n in data["nodes"]} == {i: keys[w] for i, w in wanted.items()}
    assert {"synthetic", "synthetic_some"} <= data["words"]["en"].keys()


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_contents_are_the_same_bytes(case: Store, tmp_path: Path, format: str) -> None:
    chart = chart_of(case, ["ana", "halcon", "acc", "lucky"], title="T", handling="LES")
    for how in ({}, {"ids": ["ana", "halcon", "acc"]}, {"chart": chart}):
        one, two = (written(case, format, tmp_path, **how).read_bytes() for _ in range(2))
        assert one == two


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_store_is_an_empty_file(store: Store, tmp_path: Path, format: str) -> None:
    made = export(store, format, tmp_path / "out")
    assert (made["entities"], made["links"], made["synthetic"]) == (0, 0, False)
    assert (tmp_path / "out").exists()


@pytest.mark.parametrize("format", FORMATS)
def test_stopping_leaves_nothing_half_written(case: Store, tmp_path: Path, format: str) -> None:
    (tmp_path / "out").write_text("yesterday")

    def stop(stage: str, done: int, total: int) -> None:
        assert 0 <= done <= total
        if stage == "links":
            raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        export(case, format, tmp_path / "out", progress=stop)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "yesterday"


def test_wrong_calls_are_sentences(case: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="docx"):
        export(case, "docx", tmp_path / "out")
    with pytest.raises(UsageError, match="nobody at all"):
        export(case, "csv", tmp_path / "out", ids=["ana", "nobody at all"])
    with pytest.raises(EnvironmentProblem) as caught:
        export(case, "ftm", tmp_path / "no such folder" / "out")
    assert "no such folder" in caught.value.message("es") and caught.value.exit_code == 5


def test_a_full_disk_is_a_sentence(case: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fills(contents: object, path: Path) -> None:
        path.write_text("the first half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(exports(), "csv", replace(exports()["csv"], writes=fills))
    with pytest.raises(EnvironmentProblem) as caught:
        export(case, "csv", tmp_path / "out")
    assert "disk is full" in caught.value.message("en")
    assert list(tmp_path.iterdir()) == []


# -- a chart -----------------------------------------------------------------------------------------------------------


def ids_in(format: str, path: Path) -> set[str]:
    """Ids of entities and links, by the format's own reader."""
    if format == "csv":
        return {r["id"] for t in ("nodes.csv", "links.csv") for r in rows_of(path, t)}
    if format == "graphml":
        graph = nx.read_graphml(path, force_multigraph=True)
        return set(graph) | {key for *_, key in graph.edges(keys=True)}
    if format == "html":
        return {x["ref"] for part in ("nodes", "edges") for x in data_of(path)[part]}
    return {x["id"] for x in lines_of(path)}


@pytest.mark.parametrize("format", FORMATS)
def test_what_a_chart_hides_is_not_in_the_file(case: Store, tmp_path: Path, format: str) -> None:
    chart = chart_of(case, ["ana", "halcon", "acc", "twin", "rfc", "bl1", "secretbank"], title="Case 7", handling="LES")
    nodes = dict(chart.nodes)
    nodes["twin"] = replace(nodes["twin"], hidden=True)
    chart = chart.with_changes(
        nodes=nodes, off=("control",), dates=("2024-03-01", "2024-04-01"), notes={"twin": "hush", "ana": "seen"}
    )
    path = written(case, format, tmp_path, chart=chart)
    expected = {"ana", "halcon", "acc", "rfc", "bl1", "l1", "l3", "l6"}
    # in FtM a number that its holder has in a property of its own is no entity
    assert ids_in(format, path) == (expected - {"l3", "rfc"} if format == "ftm" else expected)
    found = text_of(path)
    assert "Halcon d. Norte" not in found and "hush" not in found and "secretbank" not in found
    assert "LES" in found
    if format != "ftm":
        assert "Case 7" in found and "seen" in found


@pytest.mark.parametrize("format", FORMATS)
def test_that_closed_groups_are_opened_is_said(case: Store, tmp_path: Path, format: str) -> None:
    chart = chart_of(case, ["ana", "halcon", "acc", "secretbank"])
    groups = {"g": ChartGroup("g", "Ring of Ana", ("acc", "halcon"), 0.0, 0.0)}
    groups |= {"h": ChartGroup("h", "Only reports know it", ("secretbank",), 0.0, 0.0)}
    path = tmp_path / f"out.{exports()[format].extension}"
    # the group of whom nothing goes out is not counted
    assert export(case, format, path, chart=chart.with_changes(groups=groups))["groups_opened"] == 1
    assert "Ring of Ana" not in text_of(path)
    if format == "html":
        assert path.read_text("utf-8").count('data-word="groups_opened"') == 2
        told = {x: words["groups_opened"] for x, words in data_of(path)["words"].items()}
        assert told == {x: say("export.html.groups_opened", x) for x in ("en", "es")}
    assert export(case, format, path, chart=chart)["groups_opened"] == 0
    if format == "html":
        assert 'data-word="groups_opened"' not in path.read_text("utf-8")


def test_a_chart_keeps_what_the_store_has_lost(case: Store, tmp_path: Path) -> None:
    chart = chart_of(case, ["lucky", "list2"])
    case.withdraw(next(s for s in case.sources() if s.dataset == "sat_69b"))
    path = written(case, "html", tmp_path, chart=Chart.from_json(json.loads(json.dumps(chart.as_json()))))
    assert ids_in("html", path) == {"lucky", "list2", "s2"}
    node = next(n for n in data_of(path)["nodes"] if n["ref"] == "lucky")
    assert node["name"] == "Comercial Limpia" and ".cleared." in node["icon"]


def test_a_withdrawn_bill_is_told_by_form_and_word(store: Store, rows: Any, tmp_path: Path) -> None:
    gone = {"billNumber": "BL1", "status": "withdrawn"}
    rows(store, "trade", [("a", "Consignment", 1, gone), ("b", "Consignment", 2, {"billNumber": "BL2"})], [])
    drawn = chart_of(store, ["a", "b"])
    assert {n.id: n.status for n in drawn.nodes.values()} == {"a": "withdrawn", "b": ""}
    # a chart from before the bill was withdrawn tells it too
    older = drawn.with_changes(nodes={i: replace(n, status="") for i, n in drawn.nodes.items()})
    for chart in (None, drawn, older):
        data = data_of(written(store, "html", tmp_path, **({"chart": chart} if chart else {})))
        nodes = {n["ref"]: n for n in data["nodes"]}
        assert nodes["a"]["withdrawn"] and not nodes["b"]["withdrawn"]
        for theme in ("light", "dark"):
            images = [data["icons"][theme][nodes[i]["icon"]][0] for i in ("a", "b")]
            assert ["stroke-dasharray" in unquote(image) for image in images] == [True, False]
        assert data["words"]["en"]["withdrawn"].startswith("Withdrawn")
        assert data["words"]["es"]["withdrawn"].startswith("Retirado")


def test_a_charts_facts_lose_their_taint_too(case: Store, tmp_path: Path) -> None:
    chart = chart_of(case, ["halcon", "secretbank", "phantom-7731"])
    assert any("secret name" in v for _, v, _ in chart.nodes["halcon"].facts)
    found = text_of(written(case, "html", tmp_path, chart=chart))
    assert [s for s in SECRETS if s in found] == []


def test_positions_are_kept_to_the_last_bit(case: Store, tmp_path: Path) -> None:
    chart = chart_of(case, ["ana", "halcon", "acc"])
    places = {id: (n.x, n.y) for id, n in chart.nodes.items()}
    assert {
        n["ref"]: (n["x"], n["y"]) for n in data_of(written(case, "html", tmp_path, chart=chart))["nodes"]
    } == places
    graph = nx.read_graphml(written(case, "graphml", tmp_path, chart=chart))
    assert {id: (d["x"], d["y"]) for id, d in graph.nodes(data=True)} == places
    nodes = rows_of(written(case, "csv", tmp_path, chart=chart), "nodes.csv")
    assert {r["id"]: (float(r["x"]), float(r["y"])) for r in nodes} == places


@given(
    st.integers(1, 60).flatmap(
        lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=120))
    )
)
def test_no_two_nodes_lie_on_each_other(made: tuple[int, list[tuple[int, int]]]) -> None:
    n, pairs = made
    ids = [f"n{k}" for k in range(n)]
    linked = [(ids[a], ids[b]) for a, b in pairs]
    places = layout(ids, linked)
    assert set(places) == set(ids)
    assert places == layout(list(reversed(ids)), list(reversed(linked)))
    spots = sorted(places.values())
    for i, (x, y) in enumerate(spots):
        for u, v in spots[i + 1 : i + 40]:
            assert (x - u) ** 2 + (y - v) ** 2 > 60**2


# -- each format's own reader --------------------------------------------------------------------------------------------


def test_tables_have_every_value_with_its_record(case: Store, tmp_path: Path) -> None:
    path = written(case, "csv", tmp_path)
    values = rows_of(path, "values.csv")
    expected = {
        (thing, x.id, name, f.value, p.source.dataset, p.source.sha256, str(p.record))
        for thing, xs in (
            ("entity", case.entities(case.nodes().column("id").to_pylist())),
            ("link", case.links(case.edges().column("id").to_pylist())),
        )
        for x in xs.values()
        for name, facts in x.properties.items()
        for f in facts
        for p in f.sources
        if not p.source.taint
    }
    columns = ["thing", "id", "property", "value", "dataset", "sha256", "record"]
    assert {tuple(r[c] for c in columns) for r in values} == expected
    assert {r["id"] for r in rows_of(path, "nodes.csv")} == set(case.nodes().column("id").to_pylist()) - {
        "secretbank",
        "phantom-7731",
    }
    assert [r["grossWeightKg"] for r in rows_of(path, "nodes.csv") if r["id"] == "bl1"] == ["-5.2"]


@given(st.text())
def test_guarding_a_cell_loses_nothing_and_runs_nothing(cell: str) -> None:
    assert unguard(guard(cell)) == cell
    if guard(cell)[:1] in tuple("=+-@\t\r\n＝＋－＠"):
        float(guard(cell))


def test_graphml_has_types_and_parallel_links(case: Store, tmp_path: Path) -> None:
    graph = nx.read_graphml(written(case, "graphml", tmp_path))
    assert graph.is_directed() and graph.number_of_edges("acc", "halcon") == 2
    assert sorted(d["p.amount"] for d in graph["acc"]["halcon"].values()) == [9500.0, 9700.0]
    assert graph.nodes["bl1"]["p.grossWeightKg"] == -5.2 and graph.nodes["bl1"]["synthetic"] is True
    assert graph.nodes["halcon"]["standing"] == "listed" and graph.nodes["lucky"]["standing"] == "cleared"
    ET.parse(tmp_path / "out.graphml")


def test_a_number_that_is_none_stays_text(store: Store, rows: Callable[..., object], tmp_path: Path) -> None:
    rows(
        store,
        "a",
        [("x", "Consignment", 1, {"quantity": ["12", "a dozen"]}), ("y", "Consignment", 1, {"quantity": "many"})],
    )
    nodes = nx.read_graphml(written(store, "graphml", tmp_path)).nodes
    assert nodes["x"]["p.quantity"] == 12.0 and nodes["x"]["p.quantity.all"] == "12 | a dozen"
    assert nodes["y"] == {
        "kind": "Consignment",
        "label": "y",
        "synthetic": False,
        "dataset": "a",
        "source": "a/a.csv#1",
        "p.quantity.all": "many",
    }


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_text_comes_back_as_it_went_in(
    store: Store, rows: Callable[..., object], hostile: tuple[str, ...], tmp_path: Path, format: str
) -> None:
    rows(
        store,
        "hostile",
        [(f"e{n}", "Company", n + 1, {"name": text, "notes": text}) for n, text in enumerate(hostile)],
        [(f"l{n}", "LINKED_TO", "e0", f"e{n}", n + 1, {"role": text}) for n, text in enumerate(hostile)],
    )
    stored = {id: e.first("notes") for id, e in store.entities(store.nodes().column("id").to_pylist()).items()}
    path = written(store, format, tmp_path)
    assert len(ids_in(format, path)) == len(stored) + len(hostile)
    if format == "csv":
        assert {r["id"]: r["notes"] for r in notes_of(path)} == {i: v for i, v in stored.items() if v}
        with zipfile.ZipFile(path) as archive:
            for table in ("nodes.csv", "links.csv", "values.csv"):
                for row in csv.reader(io.StringIO(archive.read(table).decode("utf-8-sig"), newline="")):
                    assert not [c for c in row if re.match("[=+@\t\r\n＝＋－＠]|-[^0-9]", c)]
    elif format == "graphml":
        allowed = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
        for id, data in nx.read_graphml(path).nodes(data=True):
            assert data.get("p.notes", "") == allowed.sub("\ufffd", stored[id])
    elif format == "ftm":
        found = {x["id"]: x["properties"].get("notes", [""])[0] for x in lines_of(path) if x["schema"] == "Company"}
        assert found == stored
    else:
        labels = data_of(path)["labels"]
        found = {
            n["ref"]: next((v for at, v, _ in n["facts"] if labels[at][0] == "Notes"), "")
            for n in data_of(path)["nodes"]
        }
        assert found == stored


def notes_of(path: Path) -> list[dict[str, str]]:
    return [{"id": r["id"], "notes": r["value"]} for r in rows_of(path, "values.csv") if r["property"] == "notes"]


# -- FollowTheMoney ------------------------------------------------------------------------------------------------------

FTM_READER = """
import json, sys
from followthemoney import model
from followthemoney.proxy import EntityProxy
for line in sys.stdin:
    data = json.loads(line)
    proxy = EntityProxy.from_dict(data)
    for prop, value in proxy.itervalues():
        if prop.type.name == "entity":
            assert value and value.strip(), (proxy.id, prop.name)
    assert not proxy.schema.abstract, proxy.schema.name
    print(json.dumps({"id": proxy.id, "schema": proxy.schema.name, "properties": proxy.properties}))
"""


def ftm_python() -> str:
    """A Python that has followthemoney, which needs ICU and so is no dependency of ours."""
    named = os.environ.get("VINCULO_FTM_PYTHON", "")
    if not named or not shutil.which(named):
        pytest.skip("set VINCULO_FTM_PYTHON to a Python that has followthemoney installed")
    return named


def read_by_ftm(path: Path) -> list[dict[str, Any]]:
    ran = subprocess.run(
        [ftm_python(), "-c", FTM_READER], stdin=path.open(), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_followthemoney_reads_every_entity_and_drops_no_property(case: Store, tmp_path: Path) -> None:
    path = written(case, "ftm", tmp_path)
    ours = [{"id": x["id"], "schema": x["schema"], "properties": x["properties"]} for x in lines_of(path)]
    assert read_by_ftm(path) == ours


def test_one_of_every_kind_is_read_by_followthemoney(store: Store, rows: Callable[..., object], tmp_path: Path) -> None:
    entities, links = [], []
    for k in kinds().values():
        values = {p.name: f"x{p.name}" for p in k.properties.values() if p.type != "entity"}
        if not k.is_link and not k.abstract:
            entities.append((f"e.{k.name}", k.name, 1, values))
    held = {k for _, k, _, _ in entities}
    for k in kinds().values():
        if k.is_link:
            ends = [next(f"e.{n}" for n in sorted(held) if is_a(n, end)) for end in (k.source, k.target)]
            values = {p.name: f"x{p.name}" for p in k.properties.values() if p.type != "entity"}
            links.append((f"l.{k.name}", k.name, *ends, 1, values))
    rows(store, "all", entities, links)
    path = written(store, "ftm", tmp_path)
    ours = [{"id": x["id"], "schema": x["schema"], "properties": x["properties"]} for x in lines_of(path)]
    folded = [
        "HAS_PHONE",
        "HAS_EMAIL",
        "HAS_ADDRESS",
        "HAS_IDENTIFIER",
        "LISTED",
        "HELD_AT",
        "OCCURRED_AT",
        "REFERS_TO",
    ]
    gone = {"e.Phone", "e.EmailAddress", *(f"l.{k}" for k in folded)}
    assert {x["id"] for x in ours} == {id for id, *_ in [*entities, *links]} - gone
    assert read_by_ftm(path) == ours


def test_a_number_goes_out_once(store: Store, rows: Callable[..., object], tmp_path: Path) -> None:
    """As a property where the party has it, as an Identification where it has not; never as a second value."""
    rows(
        store,
        "a",
        [
            ("p", "Company", 1, {"name": "P", "taxNumber": "AAA-010101-AAA", "phone": "+52 55 1234 5678"}),
            ("q", "Company", 2, {"name": "Q"}),
            ("own", "Identifier", 1, {"type": "RFC", "number": "AAA010101AAA"}),
            ("other", "Identifier", 2, {"type": "RFC", "number": "BBB010101BBB"}),
            ("tel", "Phone", 1, {"number": "+525512345678"}),
            ("mail", "EmailAddress", 2, {"address": "q@example.org"}),
        ],
        [
            ("1", "HAS_IDENTIFIER", "p", "own", 1, {}),
            ("2", "HAS_IDENTIFIER", "q", "other", 2, {}),
            ("3", "HAS_PHONE", "p", "tel", 1, {}),
            ("4", "HAS_EMAIL", "q", "mail", 2, {}),
            ("5", "HAS_PHONE", "q", "tel", 2, {}),
        ],
    )
    found = {x["id"]: x["properties"] for x in lines_of(written(store, "ftm", tmp_path))}
    assert set(found) == {"p", "q", "other"}
    assert found["p"] == {"name": ["P"], "phone": ["+52 55 1234 5678"], "taxNumber": ["AAA-010101-AAA"]}
    assert found["q"] == {"email": ["q@example.org"], "name": ["Q"], "phone": ["+525512345678"]}
    assert found["other"] == {"holder": ["q"], "number": ["BBB010101BBB"], "type": ["RFC"]}


def test_the_trade_extension_says_what_it_was(case: Store, tmp_path: Path) -> None:
    found = {x["id"]: x for x in lines_of(written(case, "ftm", tmp_path))}
    assert found["bl1"]["schema"] == "Asset" and found["bl1"]["vinculo"]["kind"] == "Consignment"
    assert found["bl1"]["vinculo"]["properties"]["grossWeightKg"] == ["-5.2"]
    assert found["l1"]["schema"] == "UnknownLink" and found["l1"]["properties"]["role"] == ["SHIPPER"]
    assert found["list1"]["properties"]["entity"] == ["halcon"]
    assert found["twin"]["properties"]["phone"] == ["+525512345678"]
    assert found["l6"]["properties"]["payerAccount"] == ["acc"] and found["l6"]["properties"]["beneficiary"] == [
        "halcon"
    ]
    assert "nobody" not in found and "tel" not in found


def test_what_could_not_be_read_is_no_property_of_ftm(
    store: Store, rows: Callable[..., object], tmp_path: Path
) -> None:
    """It goes out beside FtM's properties, of entities and of links, whichever kinds they are."""
    rows(
        store,
        "a",
        [
            ("p", "Person", 1, {"name": "P", "unreadable": "birthDate: 31/02/1970"}),
            ("q", "Company", 1, {"name": "Q"}),
            ("b", "Consignment", 1, {"billNumber": "B1", "unreadable": "date: soon"}),
        ],
        [
            ("own", "OWNS", "p", "q", 1, {"percentage": "51", "unreadable": "startDate: once"}),
            ("ship", "SHIPPER", "q", "b", 1, {"unreadable": "date: later"}),
        ],
    )
    found = {x["id"]: x for x in lines_of(written(store, "ftm", tmp_path))}
    assert set(found) == {"p", "q", "b", "own", "ship"}
    assert not any("unreadable" in x["properties"] or "birthDate" in x["properties"] for x in found.values())
    told = {id: x["vinculo"]["properties"]["unreadable"] for id, x in found.items() if id != "q"}
    assert told == {
        "p": ["birthDate: 31/02/1970"],
        "b": ["date: soon"],
        "own": ["startDate: once"],
        "ship": ["date: later"],
    }
