"""Bank statements as spreadsheets, by the template's columns or a saved mapping. Everybody in them is made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vinculo.graph.errors import InputError
from vinculo.graph.transfer import digest

OURS = (
    "Fecha,Concepto,Cargo,Abono,Saldo,Nombre,CLABE contraparte\n"
    '01/02/2024,SALDO ANTERIOR,,,"1,000.00",,\n'
    '02/02/2024,PAGO RENTA,"1,200.50",0.00,-200.50,Ana Ruiz,012180000118359719\n'
    '03/02/2024,DEPOSITO,-,"5,000.00","4,799.50",,\n'
    '04/02/2024,RARO,5,6,"4,799.50",,\n'
    "05/02/2024,,,,,,\n"
)
MAPPING = (
    "dataset: bank_statement\ncolumns: {counterparty: Nombre}\nformats: {date: '%d/%m/%Y', amount: '1,234.56'}\n"
    "values: {account: '0123456789', currency: mxn, bank: Banco Ficticio, account_holder: Comercial Ficticia SA}\n"
)


def test_a_saved_mapping_reads_a_bank_s_own_columns(graph, write: Callable[..., Path]) -> None:
    file, mapping = write("enero.csv", OURS), write("banco.yml", MAPPING)
    (report,) = graph.load(file, mapping=mapping)
    assert (report.read, report.loaded, report.rejected) == (5, 3, 2)
    rows = graph.store.rejects(graph.store.runs()[0].source).to_pylist()
    assert {(r["line"], r["code"]) for r in rows} == {(5, "unreadable"), (6, "says_nothing")}
    paid = {graph.values(x)["purpose"][0]: x for x in graph.links("PAID")}
    rent, deposit = graph.values(paid["PAGO RENTA"]), graph.values(paid["DEPOSITO"])
    assert (rent["amount"], rent["currency"], rent["date"]) == (["1200.5"], ["MXN"], ["2024-02-02"])
    assert deposit["amount"] == ["5000"] and paid["DEPOSITO"].target == paid["PAGO RENTA"].source
    own = graph.store.entities([paid["DEPOSITO"].target])[paid["DEPOSITO"].target]
    assert graph.values(own)["notes"] == ["SALDO ANTERIOR 01/02/2024 1,000.00 mxn"]
    assert graph.pairs("HOLDS") == {("Comercial Ficticia SA", "0123456789"), ("Ana Ruiz", "012180000118359719")}
    assert graph.pairs("HELD_AT") == {("0123456789", "Banco Ficticio")}
    before = digest(graph.store)
    (again,) = graph.load(file, mapping=mapping)
    assert (again.loaded, again.already_there) == (0, 3) and digest(graph.store) == before


ROW = {
    "account": "1",
    "date": "2024-02-02",
    "currency": "USD",
    "bank": "B",
    "counterparty_account": "2",
    "counterparty_bank": "B",
}


@pytest.mark.parametrize(
    ("cells", "pays"),
    [
        ({"amount": "-7.5"}, True),
        ({"amount": "7.5"}, False),
        ({"amount": "(7.5)"}, True),
        ({"amount": "7.5-"}, True),
        ({"amount": "\u22127.5"}, True),
        ({"amount": "$ -7.5"}, True),
        ({"amount": "7.5", "direction": "Cargo"}, True),
        ({"amount": "7.5", "direction": "Abono"}, False),
        ({"amount": "7.5", "direction": "-"}, True),
        ({"amount": "7.5", "direction": "DR"}, True),
        ({"debit": "7.5", "credit": "0.00"}, True),
        ({"debit": "-7.5"}, True),
        ({"credit": "7.5"}, False),
    ],
)
def test_ways_to_say_where_money_goes(
    graph, write_rows: Callable[..., Path], cells: dict[str, str], pays: bool
) -> None:
    row = ROW | cells
    (report,) = graph.load(write_rows("a.csv", tuple(row), row))
    assert (report.dataset, report.loaded) == ("bank_statement", 1)
    (paid,) = graph.links("PAID")
    assert graph.values(paid)["amount"] == ["7.5"]
    assert graph.store.entities([paid.source])[paid.source].first("accountNumber") == ("1" if pays else "2")


def test_a_direction_that_contradicts_the_sign_counts_and_is_told(graph, write_rows: Callable[..., Path]) -> None:
    row = ROW | {"amount": "-7.5", "direction": "credit"}
    graph.load(write_rows("a.csv", tuple(row), row))
    (paid,) = graph.links("PAID")
    assert graph.store.entities([paid.target])[paid.target].first("accountNumber") == "1"
    assert graph.values(paid)["status"] == ["sign and direction differ"]


def test_a_tracking_number_makes_one_payment_of_two_statements(graph, write_rows: Callable[..., Path]) -> None:
    ours = ROW | {"debit": "7.50", "end_to_end_id": "RASTREO1", "reference": "A"}
    theirs = ROW | {
        "account": "2",
        "counterparty_account": "1",
        "credit": "7.5",
        "end_to_end_id": "RASTREO1",
        "reference": "B",
    }
    graph.load(write_rows("a.csv", tuple(ours), ours), write_rows("b.csv", tuple(theirs), theirs))
    (paid,) = graph.links("PAID")
    assert len(paid.sources) == 2 and sorted(graph.values(paid)["transactionNumber"]) == ["A", "B"]


def test_accounts_with_an_iban_are_one_in_every_dataset(graph, write_rows: Callable[..., Path]) -> None:
    iban = "GB82 WEST 1234 5698 7654 32"
    statement = ROW | {"account": iban, "debit": "1"}
    transfer = {"transfer_id": "T1", "date": "2024-01-01", "amount": "5", "currency": "USD", "originator_account": iban.lower(),
                "originator_bank": "West", "beneficiary_name": "Ana Ruiz"}  # fmt: skip
    graph.load(write_rows("a.csv", tuple(statement), statement), write_rows("b.csv", tuple(transfer), transfer))
    assert len({x.source for x in graph.links("PAID")}) == 1


@pytest.mark.parametrize("text", ["values: {nonsense: x}", "values: {account: '1'}\ncolumns: {account: Cuenta}"])
def test_values_name_columns_that_are_there_and_not_mapped(graph, write: Callable[..., Path], text: str) -> None:
    with pytest.raises(InputError) as told:
        graph.load(write("a.csv", OURS), mapping=write("m.yml", f"dataset: bank_statement\n{text}\n"))
    assert told.value.code == "bad_mapping"
