"""A projection in a file: each mistake is one sentence with its place and what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vinculo.analytics.communities import communities
from vinculo.analytics.projecting.document import as_yaml, from_json, read_projection
from vinculo.analytics.projecting.known import projections, resolved
from vinculo.graph.errors import InputError, UsageError, VinculoError
from vinculo.graph.stores import open_store

WHOLE = """\
name: recent_money
title: {en: Recent payments, es: Pagos recientes}
nodes: [LegalEntity, BankAccount]
held: {kinds: [BankAccount], by: [HOLDS]}
ties:
- {name: payment, links: [PAID]}
- {name: same_phone, through: [Phone], links: [HAS_PHONE]}
- {name: sold_to, through: [Consignment], links: [SHIPPER], to: [CONSIGNEE]}
directed: true
weight: {measure: log_amount, currency: USD, half_life_days: 180, as_of: 2024-06-30}
no_amount: kept
since: 2023-01-01
hubs: {generic: left_out, crowded: damped, more_than: 15}
"""
#: What is put in for what, the code of the sentence, its line and column, a word of it.
MISTAKES = [
    ("links: [PAID]", "links: [xyz]", "projection_kind", 6, 27, "xyz"),
    ("links: [PAID]", "links: [PAIDD]", "projection_kind_near", 6, 27, "PAID?"),
    ("links: [PAID]", "links: [Company]", "projection_kind_is_node", 6, 27, "Company"),
    ("[LegalEntity, BankAccount]", "[PAID]", "projection_kind_is_link", 3, 9, "PAID"),
    ("[LegalEntity, BankAccount]", "[]", "projection_no_kinds", 3, 8, "nodes"),
    ("currency: USD", "currency: US$", "projection_currency", 10, 41, "US$"),
    ("currency: USD, ", "", "projection_lacks_currency", 10, 19, "log_amount"),
    ("measure: log_amount, ", "", "projection_needless_currency", 10, 20, "USD"),
    (", as_of: 2024-06-30", "", "projection_half_life", 10, 62, "as_of"),
    ("2024-06-30", "30/06/2024", "projection_day", 10, 74, "30/06/2024"),
    ("2024-06-30", "2024-02-30", "projection_day", 10, 74, "2024-02-30"),
    ("since: 2023-01-01", "since: 2023-01-01\nuntil: 2022-01-01", "projection_turned_round", 13, 8, "2022-01-01"),
    ("directed: true", "directed: maybe", "projection_choice", 9, 11, "maybe"),
    ("directed: true", "directd: true", "projection_key", 9, 1, "directd"),
    ("more_than: 15", "more_than: 0", "projection_whole_number", 13, 55, "0"),
    ("more_than: 15", "more_than: 1.5", "projection_whole_number", 13, 55, "1.5"),
    ("half_life_days: 180", "half_life_days: .nan", "projection_number", 10, 62, ".nan"),
    ("name: same_phone", "name: payment", "projection_twice", 7, 10, "payment"),
    ("no_amount: kept", "no_amount: kept\nno_amount: kept", "projection_twice", 12, 1, "no_amount"),
    ("links: [PAID]", "all_but: [PAID], links: [PAID]", "projection_tie_links", 6, 3, "payment"),
    ("links: [PAID]", "links: [PAID], to: [PAID]", "projection_tie_to", 6, 38, "payment"),
    ("to: [CONSIGNEE]", "direction: both", "projection_tie_direction", 8, 72, "sold_to"),
    (", by: [HOLDS]", "", "projection_lacks", 4, 7, "held: by"),
    (", es: Pagos recientes", "", "projection_lacks", 2, 8, "title: es"),
    ("name: recent_money\n", "", "projection_lacks", 1, 1, "name"),
    ("{generic: left_out, crowded: damped, more_than: 15}", "left_out", "projection_no_mapping", 13, 7, "hubs"),
    ("name: recent_money", "name: [a, b]", "projection_text", 1, 7, "name"),
    ("name: recent_money", 'name: "a\\nb"', "projection_text", 1, 7, "name"),
    ("directed: true", "directed: [", "projection_unreadable", 11, 1, "expected"),
]  # fmt: skip


def written(folder: Path, text: str, name: str = "mine.yml") -> str:
    """A file with this text."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_whole_one_says_it_all(tmp_path: Path) -> None:
    made = read_projection(written(tmp_path, WHOLE))
    assert made.directed and made.weight.currency == "USD" and made.weight.as_of == "2024-06-30"
    assert made.words().es == "Pagos recientes" and [t.name for t in made.ties] == ["payment", "same_phone", "sold_to"]
    again = read_projection(written(tmp_path, as_yaml(made)))
    assert again == made and again.id == made.id and again.words() == made.words()
    tabbed = json.dumps(made.as_json(), indent="\t", ensure_ascii=False)
    assert read_projection(written(tmp_path, tabbed, "mine.json")) == made


@pytest.mark.parametrize(("old", "new", "code", "line", "column", "word"), MISTAKES, ids=lambda x: str(x)[:30])
def test_each_mistake_has_its_sentence(
    tmp_path: Path, old: str, new: str, code: str, line: int, column: int, word: str
) -> None:
    assert WHOLE.count(old) == 1
    file = written(tmp_path, WHOLE.replace(old, new))
    with pytest.raises(InputError) as caught:
        read_projection(file)
    problem = caught.value
    assert (problem.code, problem.line, problem.column) == (code, line, column)
    assert problem.message("en").startswith(f"{file}, line {line}, column {column}: ") and word in problem.message("en")
    assert problem.message("es").startswith(f"{file}, línea {line}, columna {column}: ")
    assert "\n" not in problem.message()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "projection_empty"),
        (b"\xff\xfe", "projection_not_utf8"),
        (b"# " + b"x" * 200_000, "projection_too_long"),
        (b"[" * 100_000, "projection_unreadable"),
        (b"just text", "projection_no_mapping"),
        (b"name: &a [*a]\nties: *a", "projection_text"),
        (b"name: x\x00", "projection_unreadable"),
        (b"ties: [1, 2]\nname: x", "projection_no_mapping"),
        (b"ties: {}\nname: x", "projection_no_ties"),
        (b"--- {}\n--- {}", "projection_unreadable"),
    ],
    ids=lambda x: str(x)[:30],
)
def test_what_is_no_projection_is_refused_in_one_sentence(tmp_path: Path, body: bytes, code: str) -> None:
    file = tmp_path / "mine.yml"
    file.write_bytes(body)
    with pytest.raises(VinculoError) as caught:
        read_projection(file)
    assert caught.value.code == code and "\n" not in caught.value.message()


def test_names_files_and_values_are_understood(tmp_path: Path) -> None:
    own = projections()["accounts"]
    assert resolved("accounts") is own and resolved(own) is own
    assert resolved(written(tmp_path, as_yaml(own))).id == own.id
    with pytest.raises(UsageError, match="acounts"):
        resolved("acounts")
    with pytest.raises(InputError, match=r"none\.yml"):
        resolved(str(tmp_path / "none.yml"))
    with pytest.raises(InputError, match="PAYED"):
        from_json({"name": "x", "ties": [{"name": "t", "links": ["PAYED"]}]})
    with pytest.raises(UsageError, match="acounts"):
        communities(open_store("sqlite:///:memory:"), projection="acounts")


def test_an_id_is_of_what_is_said_and_nothing_else() -> None:
    """Name, title, order of kinds and what is usual change nothing."""
    made = {"name": "a", "nodes": ["Person", "Company"], "ties": [{"name": "t", "links": ["PAID", "OWES"]}]}
    same = {"name": "b", "nodes": ["Company", "Person"], "ties": [{"name": "t", "links": ["OWES", "PAID"]}]}
    usual = {
        "title": {"en": "x", "es": "y"},
        "directed": False,
        "weight": {"measure": "count"},
        "hubs": {"more_than": 20},
    }
    other = {"directed": True}
    ids = [from_json(m).id for m in (made, same, made | usual, made | other)]
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert len({p.id for p in projections().values()}) == len(projections())
