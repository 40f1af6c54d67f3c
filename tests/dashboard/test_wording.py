"""Values become inert, labels short, cells harmless; every word a screen asks for stands in the catalogue."""

from __future__ import annotations

import csv
import io
import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinculo.dashboard.downloads import cell, csv_bytes
from vinculo.dashboard.linkchart import new_commands
from vinculo.dashboard.wording import figure, plain, seen, short_label, unit_said, value_said
from vinculo.graph.text import catalogue, has

ROOM = Path(__file__).parents[2] / "dashboard"
ANALYTICS = ROOM.parent / "analytics"
SOURCES = {p: p.read_text("utf-8") for p in sorted(ROOM.rglob("*.py"))}


@given(st.text())
def test_plain_leaves_no_mark_that_markdown_reads(text: str) -> None:
    made = plain(text)
    assert re.sub(r"\\(.)", "", made).isascii() is re.sub(r"\\(.)", "", made).isascii()
    assert not any(c in string.punctuation for c in re.sub(r"\\[!-/:-@\[-`{-~]", "", made))
    assert "\n" not in made and re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", made) == seen(text)


@given(st.text(max_size=400))
def test_labels_are_short_and_hide_nothing(text: str) -> None:
    made = short_label(text)
    assert made.count("\n") <= 1 and max(len(line) for line in made.split("\n")) <= 23
    assert not set(made) & {"\u202e", "\u200b", "\x00", "\u2066"}


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=2, max_size=2), max_size=6
    )
)
def test_a_spreadsheet_reads_the_rows_back_and_no_cell_is_a_formula(rows: list[list[str]]) -> None:
    made = csv_bytes([{"a": a, "b": b} for a, b in rows], ["a", "b"])
    read = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    assert read[0] == ["a", "b"]
    held = [[c.removeprefix("'") if c[:2] and c[1:2] in "=+-@\t\r\n" else c for c in row] for row in read[1:]]
    assert len(held) == len(rows)
    assert not any(c.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for row in read[1:] for c in row)


def test_numbers_stay_numbers() -> None:
    assert cell(-5) == -5 and cell("-5") == "'-5" and cell(None) == ""


@pytest.mark.parametrize(
    "got",
    [None, "x", [1], [{"n": True, "name": "undo"}], [{"n": "9", "name": "undo"}], [{"n": 9, "name": 4}], {"n": 9}],
)
def test_commands_that_are_not_commands_are_passed_over(got: object) -> None:
    assert new_commands(got, 3) == ([], 3)


def test_every_word_a_screen_asks_for_is_there() -> None:
    asked = set()
    for source in SOURCES.values():
        asked |= set(re.findall(r"\btm?\(\s*\"([a-z_.]+)\"", source))
        asked |= {k for pair in re.findall(r"\bt\(\"([a-z_.]+)\" if \w+ else \"([a-z_.]+)\"\)", source) for k in pair}
        asked |= set(re.findall(r"\b(?:empty|desk\.say)\(\"([a-z_.]+)\"", source))
    assert len(asked) > 150
    assert [k for k in sorted(asked) if not has(f"dashboard.{k}")] == []


def test_no_word_lies_unused() -> None:
    code = "\n".join(SOURCES.values())
    made = {k.removeprefix("dashboard.") for k in catalogue() if k.startswith("dashboard.")}
    families = (
        "page.",
        "count.",
        "run.",
        "job.",
        "judgement.",
        "judge.",
        "standing.",
        "lawful.",
        "stage.",
        "unit.",
        "value.",
        "chart.",
        "paths.",
        "unseen.",
        "loaded.",
    )
    # t(f"disruption.{measure}") asks for keys that end in a word of the code, here or in what is measured
    beginnings = set(re.findall(r"f\"([a-z_]+\.[a-z_]*)\{", code))
    words = set(
        re.findall(r"[\"']([a-z_]+)[\"']", code + "".join(p.read_text("utf-8") for p in ANALYTICS.rglob("*.py")))
    )

    def asked_for(key: str) -> bool:
        whole = re.search(rf"[\"'](dashboard\.)?{re.escape(key)}[\"']", code) is not None
        return whole or any(key.startswith(b) and key.removeprefix(b) in words for b in beginnings)

    assert [k for k in sorted(made) if not k.startswith(families) and not asked_for(k)] == []


def test_every_blank_has_a_twin_in_the_other_language() -> None:
    blanks = re.compile(r"{(\w+)}")
    words = {k: v for k, v in catalogue().items() if k.startswith("dashboard.")}
    assert [k for k, v in words.items() if sorted(blanks.findall(v.en)) != sorted(blanks.findall(v.es))] == []


def test_no_module_hides_one_of_pythons_own() -> None:
    # Streamlit puts this folder first on the path
    import sys

    assert [p.stem for p in ROOM.glob("*.py") if p.stem in sys.stdlib_module_names] == []


@pytest.mark.parametrize(
    ("kind", "name", "value", "said"),
    [
        ("Company", "country", "mx", "Mexico"),
        ("Company", "country", "zz", "zz"),
        ("PAID", "amount", "45638.5", "45,638.50"),
        ("PAID", "amount", "nan", "nan"),
        ("PAID", "method", "cash_deposit", "cash deposit"),
        ("PAID", "method", "CASH-OUT", "CASH-OUT"),
        ("PAID", "date", "2025-01-02T10:00:00", "2025-01-02 10:00:00"),
        ("PAID", "no_such_property", "x", "x"),
    ],
)
def test_a_value_is_said_in_words_and_never_lost(kind: str, name: str, value: str, said: str) -> None:
    assert value_said(kind, name, value) == said


def test_figures_are_numbers_and_nothing_else() -> None:
    assert [figure(x) for x in ("12", "-0.5", "inf", "1,000", "")] == [12.0, -0.5, None, None, None]


def test_every_unit_that_is_words_has_a_name_in_both_languages() -> None:
    source = "\n".join(p.read_text("utf-8") for p in sorted((ROOM.parent / "analytics/typologies").glob("*.py")))
    units = set(re.findall(r"measured\([^\n]*?, \"([a-z][a-z /,]+)\"[,)]", source))
    assert {"days", "probability", "share"} <= units
    # said as a percentage, as a bare figure, or never beside one
    bare = {"share", "probability", "count", "ratio"}
    named = {u for u in units if has("dashboard.unit." + re.sub("[^a-z]+", "_", u).strip("_"))}
    assert sorted(units - bare - named) == [] and unit_said("USD / PCS") == "USD / PCS"
