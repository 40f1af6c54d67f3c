"""The schema tables: whole against FollowTheMoney, sound in themselves, said in both languages."""

from __future__ import annotations

import importlib.util
import os
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from vinculo.graph import schema
from vinculo.graph.errors import UsageError
from vinculo.graph.palette import THEMES, node_image, palette
from vinculo.graph.schema import UNREADABLE, property_label, unread
from vinculo.graph.text import Text

KINDS = schema.kinds()
LINKS = [k for k in KINDS.values() if k.is_link]
NODES = [k for k in KINDS.values() if not k.is_link]


def ftm_folder() -> Path | None:
    """Where FollowTheMoney's YAML files are: named in the environment, or in an installed ``followthemoney``."""
    if named := os.environ.get("VINCULO_FTM_SCHEMA"):
        return Path(named)
    spec = importlib.util.find_spec("followthemoney")
    return Path(spec.origin).parent / "schema" if spec and spec.origin else None


@pytest.fixture(scope="module")
def ftm() -> dict[str, Any]:
    folder = ftm_folder()
    if folder is None:
        pytest.skip("FollowTheMoney is not installed; set VINCULO_FTM_SCHEMA to its folder of YAML files")
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.y*ml")):
        found |= yaml.safe_load(path.read_text("utf-8"))
    assert found, f"{folder} holds no schema"
    return found


def ftm_kinds() -> dict[str, schema.Kind]:
    return {k.ftm: k for k in KINDS.values() if k.ftm}


# -- against FollowTheMoney -------------------------------------------------------------------------------------------


def test_every_schema_is_there_once(ftm: dict[str, Any]) -> None:
    assert len(ftm) == 71
    assert set(ftm_kinds()) == set(ftm)
    assert len(ftm_kinds()) == sum(1 for k in KINDS.values() if k.ftm)


def test_an_edge_is_a_link_and_nothing_else_is(ftm: dict[str, Any]) -> None:
    for name, kind in ftm_kinds().items():
        assert kind.is_link == bool(ftm[name].get("edge")), name
        assert kind.abstract == bool(ftm[name].get("abstract")), name
        if not kind.is_link:
            assert kind.name == name


def test_ends_are_what_the_edge_names(ftm: dict[str, Any]) -> None:
    for name, kind in ftm_kinds().items():
        if edge := ftm[name].get("edge"):
            assert (kind.source_property, kind.target_property) == (edge["source"], edge["target"])
            if kind.name != "PAID":  # accounts and places pay as well as parties
                ranges = [ftm[name]["properties"][edge[end]]["range"] for end in ("source", "target")]
                assert [kind.source, kind.target] == ranges


def test_every_property_has_its_type(ftm: dict[str, Any]) -> None:
    def all_properties(name: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for parent in ftm[name].get("extends") or []:
            found |= all_properties(parent)
        return found | {p: d.get("type", "string") for p, d in (ftm[name].get("properties") or {}).items()}

    for name, kind in ftm_kinds().items():
        ours = {p.name: p.type for p in kind.properties.values()}
        assert ours.items() >= all_properties(name).items(), name


def test_parents_and_features_are_ftms(ftm: dict[str, Any]) -> None:
    for name, kind in ftm_kinds().items():
        assert list(kind.parents) == (ftm[name].get("extends") or []), name
        assert list(kind.featured) == (ftm[name].get("featured") or []), name


# -- sound in itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_kind_is_whole(kind: schema.Kind) -> None:
    classes = schema.LINK_CLASSES if kind.is_link else schema.ENTITY_CLASSES
    assert kind.appearance in classes
    assert all(p in KINDS for p in kind.parents)
    assert set(kind.featured) <= set(kind.properties)
    assert kind.name == (kind.name.upper() if kind.is_link else kind.name[0].upper() + kind.name[1:])
    said = (
        [kind.label, kind.plural] + [p.label for p in kind.properties.values()] + ([kind.verb] if kind.is_link else [])
    )
    for text in said:
        assert isinstance(text, Text)
        assert all(words and words == words.strip() and "  " not in words for words in text), (kind.name, text)


def test_there_are_no_cycles() -> None:
    def walk(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, (name, above)
        for parent in KINDS[name].parents:
            walk(parent, (*above, name))

    for name in KINDS:
        walk(name, ())


def test_the_ends_of_links_are_kinds_of_things() -> None:
    for link in LINKS:
        for end in (link.source, link.target):
            assert end in KINDS and not KINDS[end].is_link, (link.name, end)
        assert link.source_property == "" or link.source_property in link.properties
        assert link.target_property == "" or link.target_property in link.properties
    for node in NODES:
        assert (node.source, node.target, node.source_property, node.target_property, *node.verb) == ("",) * 6


def test_labels_tell_kinds_apart() -> None:
    for kinds in (NODES, LINKS):
        for language in ("en", "es"):
            labels = [k.label.into(language) for k in kinds]
            assert sorted(labels) == sorted(set(labels))
    verbs = [k.verb.es for k in LINKS]
    assert sorted(verbs) == sorted(set(verbs))


def test_units_are_in_the_names_or_the_table() -> None:
    for kind in KINDS.values():
        for prop in kind.properties.values():
            for ending, unit in (("Kg", "kg"), ("Usd", "USD"), ("Eur", "EUR")):
                if prop.name.endswith(ending):
                    assert (prop.unit, prop.type) == (unit, "number"), (kind.name, prop.name)
            if prop.unit and prop.unit != "count":
                assert prop.type == "number", (kind.name, prop.name)


def test_the_trade_extension_has_what_the_datasets_write() -> None:
    wanted = {
        "Consignment": "billNumber masterBillNumber date hsCode goods quantity quantityUnit grossWeightKg declaredValue "
        "currency exportValue importValue voyage containerCount",
        "Seizure": "seizureNumber date agency commodity hsCode quantity quantityUnit valueUsd country notes",
        "Inspection": "inspectionNumber date inspectionKind agency partnerAgency country commodity hsCode result pest notes",
        "Listing": "program status standing date authority recordId reason publicationDate",
        "Location": "name code country",
        "Container": "number",
        "Identifier": "number type country",
        "Phone": "number",
        "EmailAddress": "address",
        "Mention": "name",
        "PAID": "date amount currency amountUsd method place placeRegion purpose transactionNumber count endDate",
    }
    for name, properties in wanted.items():
        assert set(properties.split()) <= set(KINDS[name].properties), name


# -- the functions ----------------------------------------------------------------------------------------------------


def test_merged_kind_does_not_depend_on_order_or_repeats() -> None:
    names = [k.name for k in NODES]
    for pair in combinations(names, 2):
        merged = schema.merged_kind(frozenset(pair))
        assert merged == schema.merged_kind(frozenset(reversed(pair)))
        assert schema.merged_kind(frozenset({*pair, merged})) == merged
        assert schema.merged_kind(frozenset({pair[0]})) == pair[0]


def test_merged_kind_is_associative_where_one_is_the_other() -> None:
    """Merging step by step gives what merging at once gives, as long as no two claims exclude each other."""
    for name in ("Company", "Vessel", "Passport", "Seizure", "Consignment", "Listing"):
        chain = sorted(schema.ancestors(name))
        for a, b in combinations(chain, 2):
            first = schema.merged_kind(frozenset({a, name}))
            assert schema.merged_kind(frozenset({first, b})) == schema.merged_kind(frozenset({a, b, name})) == name


def test_merged_kind_never_invents_a_claim() -> None:
    """The result is one of the claims, or something all of them are."""
    names = [k.name for k in NODES]
    for pair in combinations(names, 2):
        merged = schema.merged_kind(frozenset(pair))
        assert merged in pair or all(schema.is_a(name, merged) for name in pair)


def test_descendants_and_ancestors_mirror_each_other() -> None:
    for name in KINDS:
        assert name in schema.descendants(name)
        for other in schema.descendants(name):
            assert name in schema.ancestors(other)


def test_searched_properties_are_names_and_identifiers() -> None:
    searched = schema.searched_properties()
    by_word = {n for n, how in searched.items() if how == "name"}
    types = {p.name: p.type for node in NODES for p in node.properties.values()}
    assert {n for n in by_word if types[n] != "address"} == {
        "name", "alias", "weakAlias", "previousName", "abbreviation", "title",
    }  # fmt: skip
    # whatever is a thing's own address; where an event was, or a document speaks of, is nobody's address
    own = {n for n, of in types.items() if of == "address"} - {"location", "locationMentioned"}
    assert {n for n in by_word if types[n] == "address"} == own == {"address", "full"}
    for node in NODES:
        for prop in node.properties.values():
            if prop.type in schema.IDENTIFIER_TYPES:
                assert prop.name in searched, (node.name, prop.name)
    assert searched["billNumber"] == searched["taxNumber"] == searched["phone"] == "identifier"
    assert "summary" not in searched and "amount" not in searched


def test_an_unknown_kind_is_a_sentence() -> None:
    with pytest.raises(UsageError) as caught:
        schema.kind("Nonsense")
    assert "Nonsense" in caught.value.message("es")


# -- the palette ------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of ``#RRGGBB``."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    """Contrast ratio (WCAG 2.2) of two colours."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_palette_has_every_class_and_no_other() -> None:
    assert tuple(palette()["entities"]) == schema.ENTITY_CLASSES
    assert tuple(palette()["links"]) == schema.LINK_CLASSES
    shapes = [look["shape"] for look in palette()["entities"].values()]
    assert len(set(shapes)) == len(shapes)
    for name in palette()["glyphs"]:
        assert not KINDS[name].is_link


@pytest.mark.parametrize("theme", THEMES)
def test_every_colour_stands_out(theme: str) -> None:
    canvas = palette()["canvas"][theme]
    for name, look in palette()["entities"].items():
        assert contrast(look[theme], canvas["background"]) >= 3, name
        assert contrast(look[theme], canvas["glyph"]) >= 3, name
    for name, look in palette()["links"].items():
        assert contrast(look[theme], canvas["background"]) >= 3, name
    assert contrast(canvas["text"], canvas["background"]) >= 7
    assert contrast(canvas["select"], canvas["background"]) >= 4.5


def test_images_differ_by_class_theme_and_state() -> None:
    made = {node_image(c, t, s) for c in schema.ENTITY_CLASSES for t in THEMES for s in (False, True)}
    assert len(made) == len(schema.ENTITY_CLASSES) * 4
    states = {node_image("company", "light", status=s) for s in ("", "listed", "cleared", "withdrawn")}
    assert len(states) == 4
    assert "stroke-dasharray" in node_image("consignment", "light", status="withdrawn")
    assert node_image("company", "light", status="presumed") == node_image("company", "light", status="listed")
    assert node_image("conveyance", "light", kind="Vessel") != node_image("conveyance", "light", kind="Container")


def test_what_could_not_be_read_has_a_name_in_both_languages() -> None:
    assert property_label("Person", UNREADABLE) == Text("Could not be read", "No se pudo leer")
    assert unread("Person", "birthDate: 31/02/1970") == Text("Born: 31/02/1970", "Fecha de nacimiento: 31/02/1970")
    assert unread("Person", "no mark") == Text("no mark", "no mark")
    assert property_label("Nothing", "x") == Text("x", "x")
