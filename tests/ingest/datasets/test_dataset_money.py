"""Money: FinCEN Files, and the layouts of transaction simulators. Banks and accounts here are made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from vinculo.graph.exports import export

MAP = (
    "id,icij_sar_id,filer_org_name_id,filer_org_name,begin_date,end_date,originator_bank_id,originator_bank,"
    "originator_bank_country,originator_iso,beneficiary_bank_id,beneficiary_bank,beneficiary_bank_country,beneficiary_iso,"
    "number_transactions,amount_transactions\n"
    '1,3297,f,Filing Bank,"Mar 25, 2015","Sep 25, 2015",x,Banco Ficticio S.A.,Mexico,MEX,y,Bank of Nowhere,Latvia,LVA,68,5.6E7\n'
    '2,3297,f,Filing Bank,"Mar 25, 2015","Mar 25, 2015",z,"BANK OF  NOWHERE, ",Latvia,LVA,w,Banco Ficticio SA,Mexico,MEX,,5000\n'
    "3,3298,f,Filing Bank,,,x,Banco Ficticio S.A.,Panama,PAN,y,Bank of Nowhere,Latvia,LVA,1,10.5\n"
)
CONNECTIONS = (
    "icij_sar_id,filer_org_name_id,filer_org_name,entity_b_id,entity_b,entity_b_country,entity_b_iso_code\n"
    "3297,f,Filing Bank,y,bank-of-nowhere,Latvia,LVA\n"
    "3297,f,Filing Bank,y,bank-of-nowhere,Latvia,LVA\n"
)


def test_banks_join_on_name_and_country_and_everything_is_tainted(
    graph, write: Callable[..., Path], tmp_path: Path
) -> None:
    first, second = graph.load(write("map.csv", MAP), write("conn.csv", CONNECTIONS))
    assert (first.dataset, first.loaded, first.taint) == ("fincen_files", 3, "sar")
    assert (second.dataset, second.loaded, second.duplicate_in_file, second.taint) == (
        "fincen_connections",
        1,
        1,
        "sar",
    )
    # Bank of Nowhere is one bank in both columns and in both files; the Ficticio of Panama is another one, and "S.A." is
    # not "SA": punctuation becomes a space, nothing is guessed
    assert len(graph.entities("Company")) == 5
    paid = next(x for x in graph.links("PAID") if x.first("transactionNumber") == "1")
    values = graph.values(paid)
    assert (values["amount"], values["count"], values["recordId"]) == (["56000000"], ["68"], ["3297"])
    assert (values["date"], values["endDate"]) == (["2015-03-25"], ["2015-09-25"])
    assert len(graph.links("PAID")) == 3 and len(graph.links("LINKED_TO")) == 1
    things = {e.id for e in graph.entities("Company")} | {x.id for x in graph.links("PAID") + graph.links("LINKED_TO")}
    assert set(graph.store.taints()) == things
    out = tmp_path / "case.ftm.json"
    export(graph.store, "ftm", out)
    assert out.read_text() == ""
    export(graph.store, "ftm", out, include_taint=("sar",))
    assert {json.loads(line)["id"] for line in out.read_text().splitlines()} == things


AMLSIM = (
    "tx_id,timestamp,src,dst,amount,tx_type\n"
    "1,2024-01-01 00:05:08,A1,A2,529.6,TRANSFER\n"
    "2,2024-01-01 00:07:13,EXT_SOURCE,A1,900,TRANSFER\n"
    "3,2024-01-02 00:07:13,A2,EXT_SINK,20,PAYMENT\n"
    "4,2024-01-02 00:07:13,A2,A1,-,PAYMENT\n"
)


def test_the_world_outside_a_simulation_is_a_place(graph, write: Callable[..., Path]) -> None:
    accounts = write("acc.csv", "account_id,bank_id,init_balance\nA1,bank_a,80.5\nA2,bank_b,7\nA3,bank_b,7\n")
    report, other = graph.load(write("tx.csv", AMLSIM), accounts)
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("amlsim", 4, 3, 1)
    assert report.synthetic and other.synthetic and other.dataset == "amlsim_accounts"
    assert {e.name for e in graph.entities("BankAccount")} == {"A1", "A2", "A3"}
    assert {e.name for e in graph.entities("Location")} == {"EXT_SINK", "EXT_SOURCE"}
    assert graph.pairs("PAID") == {("A1", "A2"), ("EXT_SOURCE", "A1"), ("A2", "EXT_SINK")}
    assert graph.pairs("HELD_AT") == {("A1", "bank_a"), ("A2", "bank_b"), ("A3", "bank_b")}


def test_two_columns_called_account_stay_apart(graph, write: Callable[..., Path]) -> None:
    file = write(
        "HI-Small_Trans.csv",
        "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,Payment Currency,"
        "Payment Format,Is Laundering\n"
        "2022/09/01 00:20,010,8000EBD30,010,8000EBD31,3697.34,US Dollar,3697.34,US Dollar,Reinvestment,0\n"
        "2022/09/01 00:20,0010,8000EBD30,03208,8000F4580,0.01,Euro,0.02,Yuan,ACH,1\n"
        "2022/09/01 00:21,010,8000EBD30,010,8000EBD30,5,Euro,5,Euro,Reinvestment,0\n",
    )
    (report,) = graph.load(file)
    assert (report.dataset, report.loaded) == ("amlworld", 3)
    # bank numbers keep their zeros: two banks, so two accounts of one number
    assert len(graph.entities("BankAccount")) == 4
    assert {b for _, b in graph.pairs("HELD_AT")} == {"010", "0010", "03208"}
    paid = {x.first("amount"): graph.values(x) for x in graph.links("PAID")}
    assert (paid["0.02"]["receivedAmount"], paid["0.02"]["receivedCurrency"]) == (["0.01"], ["EUR"])
    itself = next(x for x in graph.links("PAID") if x.first("amount") == "5")
    assert itself.source == itself.target
    assert paid["0.02"]["currency"] == ["CNY"] and paid["0.02"]["method"] == ["ach"]
    assert paid["3697.34"]["date"] == ["2022-09-01T00:20"]
    # what is laundering in it is an answer, not a fact
    assert "Is Laundering" not in str(graph.statements())


def test_date_and_time_apart_and_currencies_in_words(graph, write: Callable[..., Path]) -> None:
    file = write(
        "saml.csv",
        "Time,Date,Sender_account,Receiver_account,Amount,Payment_currency,Received_currency,Sender_bank_location,"
        "Receiver_bank_location,Payment_type,Is_laundering,Laundering_type\n"
        "11:38:54,2022-12-09,1782263940,3455276355,8822.67,UK pounds,Euro,UK,UAE,Cash Deposit,0,Normal\n",
    )
    (report,) = graph.load(file)
    assert (report.dataset, report.loaded) == ("saml_d", 1)
    (paid,) = graph.links("PAID")
    assert (paid.first("date"), paid.first("currency"), paid.first("method")) == (
        "2022-12-09T11:38:54",
        "GBP",
        "cash_deposit",
    )
    assert paid.first("receivedCurrency") == "EUR" and not paid.first("receivedAmount")
    assert {e.first("country") for e in graph.entities("BankAccount")} == {"gb", "ae"}


def test_steps_become_hours_of_a_calendar(graph, write: Callable[..., Path]) -> None:
    file = write(
        "paysim.csv",
        "step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud,isFlaggedFraud\n"
        "25,CASH_OUT,38398.68,C1,495340.53,456941.84,M1,0.0,0.0,0.0,0.0\n"
        "x,CASH_OUT,1,C1,1,1,M1,0.0,0.0,0.0,0.0\n",
    )
    (report,) = graph.load(file)
    assert (report.dataset, report.loaded, report.rejected) == ("paysim", 1, 1)
    assert graph.links("PAID")[0].first("date") == "2017-01-02T01:00:00"


def test_cash_paid_in_flows_to_the_customer_named_first(graph, write: Callable[..., Path]) -> None:
    head = "step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud\n"
    graph.load(write("paysim.csv", head + "1,CASH_IN,50,C1,100,150,C2,80,30,0\n"))
    assert graph.pairs("PAID") == {("C2", "C1")} and graph.links("PAID")[0].first("method") == "cash_deposit"


def test_the_sample_that_amlsim_ships(graph, write: Callable[..., Path]) -> None:
    (report,) = graph.load(write("transactions.csv", "sourceNodeId,targetNodeId,value,time\n216,14730,163.3,1\n"))
    assert report.dataset == "amlsim_sample" and graph.links("PAID")[0].first("date") == "2017-01-02"
