"""The Berka tables: a few made-up rows of each, and the published files counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vinculo.graph.transfer import digest

ROWS = {
    "account": '"account_id";"district_id";"frequency";"date"\r\n'
    '7;18;"POPLATEK MESICNE";930101\r\n8;1;"POPLATEK TYDNE";971231\r\n',
    "client": '"client_id";"birth_number";"district_id"\r\n1;"706213";18\r\n2;"450204";1\r\n3;"459904";1\r\n',
    "disp": '"disp_id";"client_id";"account_id";"type"\r\n11;1;7;"OWNER"\r\n12;2;7;"DISPONENT"\r\n',
    "card": '"card_id";"disp_id";"type";"issued"\r\n5;11;"gold";931107 00:00:00\r\n',
    "district": ";".join(f"A{n}" for n in range(1, 17)) + "\r\n"
    + '69;"Ficticia";"norte";42821;4;13;5;1;3;48.4;8173;?;7.01;124;?;1358\r\n',
    "loan": '"loan_id";"account_id";"date";"amount";"duration";"payments";"status"\r\n9;7;930705;96396;12;8033.00;"B"\r\n',
    "order": '"order_id";"account_id";"bank_to";"account_to";"amount";"k_symbol"\r\n3;7;"YZ";"87144583";2452.00;" "\r\n',
    "trans": '"trans_id";"account_id";"date";"type";"operation";"amount";"balance";"k_symbol";"bank";"account"\r\n'
    '1;7;930101;"PRIJEM";"VKLAD";700.00;700.00;"";;\r\n'
    '2;7;930105;"VYDAJ";"PREVOD NA UCET";2452.00;5.00;"SIPO";"YZ";"87144583"\r\n'
    '3;7;931301;"VYDAJ";"VYBER";1.00;4.00;"";;\r\n',
}  # fmt: skip


@pytest.fixture
def files(write: Callable[..., Path]) -> list[Path]:
    return [write(f"{name}.asc", text) for name, text in ROWS.items()]


def test_each_table_is_known_and_they_meet_in_any_order(graph, files: list[Path]) -> None:
    reports = graph.load(*reversed(files))
    assert {r.dataset: (r.loaded, r.rejected) for r in reports} == {
        "berka_account": (2, 0), "berka_client": (3, 0), "berka_disp": (2, 0), "berka_card": (1, 0), "berka_district": (1, 0),
        "berka_loan": (1, 0), "berka_order": (1, 0), "berka_trans": (2, 1),
    }  # fmt: skip
    assert len(graph.entities("BankAccount")) == 3 and len(graph.entities("Person")) == 3
    account = next(e for e in graph.entities("BankAccount") if e.first("accountNumber") == "7")
    assert graph.values(account)["openingDate"] == ["1993-01-01"]
    held = {(graph.values(x)["role"][0], x.target) for x in graph.links("HOLDS")}
    assert held == {("OWNER", account.id), ("DISPONENT", account.id)}
    partner = next(e for e in graph.entities("BankAccount") if e.first("accountNumber") == "87144583")
    # the order and the payment it led to are at the same partner
    roles = {graph.values(x)["role"][0]: x for x in graph.links("LINKED_TO") if x.source == account.id}
    assert roles["standing order"].target == partner.id and set(roles) == {"standing order", "loan"}
    before = digest(graph.store)
    again = graph.load(*files)
    assert sum(r.loaded for r in again) == 0 and digest(graph.store) == before


def test_births_are_in_the_1900s_and_women_have_fifty_more(graph, files: list[Path]) -> None:
    graph.load(files[1])
    told = {graph.values(p)["idNumber"][0]: graph.values(p) for p in graph.entities("Person")}
    assert (told["1"]["birthDate"], told["1"]["gender"]) == (["1970-12-13"], ["female"])
    assert (told["2"]["birthDate"], told["2"]["gender"]) == (["1945-02-04"], ["male"])
    assert told["3"]["unreadable"] == ["birthDate: 1945-49-04"]


def test_money_comes_in_and_goes_out(graph, files: list[Path]) -> None:
    (report,) = graph.load(files[-1])
    assert report.rejected == 1  # 13 is no month
    paid = {graph.values(x)["transactionNumber"][0]: x for x in graph.links("PAID")}
    assert graph.values(paid["1"])["method"] == ["cash_deposit"] and graph.values(paid["1"])["currency"] == ["CZK"]
    own = paid["1"].target
    assert paid["2"].source == own and graph.values(paid["2"])["purpose"] == ["SIPO"]
    assert graph.values(paid["2"])["description"] == ["balance after: 5.00"]


def test_a_question_mark_is_no_value(graph, files: list[Path]) -> None:
    graph.load(files[4])
    (district,) = graph.entities("Territory")
    (notes,) = graph.values(district)["notes"]
    assert "unemployment 1996 %: 7.01" in notes and "?" not in notes and not graph.links("LINKED_TO")


COUNTS = {
    "account": 4_500,
    "card": 892,
    "client": 5_369,
    "disp": 5_369,
    "district": 77,
    "loan": 682,
    "order": 6_471,
    "trans": 100,
}


def test_the_published_tables_load_whole(graph, real: Path) -> None:
    for name, count in COUNTS.items():
        (path,) = (real / "c_finance" / "berka").glob(f"{name}.asc*")
        (report,) = graph.load(path)
        assert (report.dataset, report.read, report.loaded, report.rejected) == (f"berka_{name}", count, count, 0)
        assert not report.warnings  # an excerpt is no damaged file
    people = graph.store.table("Person", ["gender", "birthDate", "unreadable"])
    assert people.num_rows == 5_369 and not any(people["unreadable"].to_pylist())
    assert people["gender"].to_pylist().count("female") == 2_645 and all(people["birthDate"].to_pylist())
    holders = graph.store.edges(["HOLDS"])
    assert holders.num_rows == 5_369 and len(set(holders["target"].to_pylist())) == 4_500
    assert len(graph.links("PAID")) == 100
