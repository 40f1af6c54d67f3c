"""Every dataset's page says what it is, how to get it, its columns and its traps, and draws what its mapping makes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vinculo.graph.schema import is_a, kinds
from vinculo.ingest.recognise import datasets

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "datasets"
_ROW = re.compile(r"^\| \[(\w+)\]\(\1\.md\) \| ([^|]*) \|", re.M)
PAGES = dict(_ROW.findall((FOLDER / "README.md").read_text(encoding="utf-8")))
_NODE = re.compile(r'(\w)(?:\["?([^\]"]+)"?\])?')
_EDGE = re.compile(rf'{_NODE.pattern} -->\|"?([A-Z_, ]+?)(?: \([^)]*\))?"?\| {_NODE.pattern}')
#: Reports share one mapping and transfers another; what these sources never tell makes no such link.
NEVER = {
    "fincen_bsa": {"DIRECTS", "OWNS", "REPRESENTS"},
    "goaml": {"REPRESENTS"},
    "mx_pld": {"DIRECTS", "HOLDS", "PAID"},
    "transaction_layouts": {"HOLDS"},
}
ANY = "anything"
#: Links to what parties share; a page may leave them to the page of all datasets.
SHARED = {"HAS_ADDRESS", "HAS_PHONE", "HAS_EMAIL", "HAS_IDENTIFIER"}


def text(page: str) -> str:
    """The page."""
    return (FOLDER / f"{page}.md").read_text(encoding="utf-8")


def drawn(page: str) -> tuple[dict[str, list[str]], list[tuple[str, list[str], str]]]:
    """Kinds by node, and edges (node, kinds of link, node), of the page's one picture."""
    [picture] = re.findall(r"^```mermaid\ngraph LR\n(.*?)^```$", text(page), flags=re.M | re.S)
    nodes: dict[str, list[str]] = {}
    edges = []
    for line in picture.splitlines():
        found = _EDGE.fullmatch(line.strip())
        assert found, f"{page}: {line}"
        one, said, link, other, also = found.groups()
        for name, label in ((one, said), (other, also)):
            if label:
                assert name not in nodes, f"{page}: {name} twice"
                nodes[name] = label.partition(":")[0].split(", ")
        edges.append((one, link.split(", "), other))
    return nodes, edges


def mapped(page: str) -> tuple[set[str], dict[str, set[tuple[str, str]]]]:
    """Kinds of entities, and ends by kind of link, that the mappings of a page's datasets make."""
    known = datasets()
    entities: set[str] = set()
    links: dict[str, set[tuple[str, str]]] = {}
    for name in re.findall(r"`(\w+)`", PAGES[page]):
        for mapping in known[name].mappings.values() if name in known else ():
            # another record says what a thing is that this one only refers to
            made = {e.name: {ANY} if e.reference else {e.kind, *e.kind_values.values()} for e in mapping.entities}
            entities |= {kind for e in mapping.entities if not e.reference for kind in made[e.name]}
            for link in mapping.links:
                ends = {(a, b) for a in made[link.source] for b in made[link.target]}
                links.setdefault(link.kind, set()).update(ends)
    return entities, links


def fits(kind: str, end: str) -> bool:
    """Whether a drawn thing may stand at an end of a rule, which may be more or less exact."""
    return end == ANY or is_a(kind, end) or is_a(end, kind)


def test_every_page_is_in_the_list_and_every_dataset_has_one() -> None:
    assert set(PAGES) == {p.stem for p in FOLDER.glob("*.md")} - {"README"}
    told = {name for page in PAGES.values() for name in re.findall(r"`(\w+)`", page)}
    assert told == set(datasets())


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_has_its_parts(page: str) -> None:
    said = text(page)
    assert re.match(r"# .*\n\n", said) and "**Get it:**" in said and re.search(r"^\*\*Traps(:|\*\*)", said, flags=re.M)
    assert re.search(r"\*\*(Needed c|C)olumns|^\| (column|element|record|table|dataset) \|", said, flags=re.M), (
        "columns"
    )


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_picture_shows_what_the_mapping_makes(page: str) -> None:
    nodes, edges = drawn(page)
    entities, links = mapped(page)
    for name, said in nodes.items():
        for kind in said:
            assert kind in kinds(), f"{name}: {kind}"
            assert any(fits(kind, made) for made in entities - {"Thing"}), f"{name}: {kind}"
    for one, said, other in edges:
        for link in said:
            ends = links.get(link, set())
            for a in nodes[one]:
                for b in nodes[other]:
                    assert any(fits(a, c) and fits(b, d) for c, d in ends), f"{a} {link} {b}"


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"ftm"}))
def test_no_kind_of_link_goes_untold(page: str) -> None:
    _, edges = drawn(page)
    shown = {link for _, said, _ in edges for link in said}
    said = set(re.findall(r"`([A-Z]+_?[A-Z_]+)`", text(page)))
    missing = set(mapped(page)[1]) - shown - said - SHARED - NEVER.get(page, set())
    assert not missing, missing
