"""SWIFT MT, OFX and bank statements of one's own: text that banks give. Everybody in it is made up."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from vinculo.graph.errors import InputError
from vinculo.graph.transfer import digest

OWN, OTHER = "GB82WEST12345698765432", "DE89370400440532013000"


def mt940(*lines: str, account: str = OWN, envelope: bool = False, number: str = "S1") -> str:
    body = "\n".join(
        [f":20:{number}", f":25:{account}", ":28C:1/1", ":60F:C240101EUR10,", *lines, ":62F:D240131EUR5,5"]
    )
    return f"{{1:F01WESTGB2LAXXX0000000000}}{{2:O940WESTGB2LXXXXN}}{{4:\n{body}\n-}}\n" if envelope else f"{body}\n-\n"


def test_a_german_statement_gives_both_ends_and_why(graph, write: Callable[..., Path]) -> None:
    line = (
        ":61:2401160115D1250,5NTRFNONREF//BANKREF1\n"
        ":86:177?00UEBERWEISUNG?20EREF+R-7?21SVWZ+Miete Januar, Haus?22 7"
        "?30COBADEFFXXX?31DE8937040044\n0532013000?32ANA RUIZ?60ABWE+Hermanos Paz"
    )
    file = write("a.sta", mt940(line, envelope=True))
    (report,) = graph.load(file)
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("swift_mt", 2, 2, 0)
    (paid,) = graph.links("PAID")
    values = graph.values(paid)
    assert graph.pairs("PAID") == {(OWN, OTHER)} and values["amount"] == ["1250.5"]
    assert (values["date"], values["valueDate"]) == (["2024-01-15"], ["2024-01-16"])
    assert (values["endToEndId"], values["transactionNumber"]) == (["R-7"], ["BANKREF1"])
    assert values["purpose"] == ["Miete Januar, Haus 7"]
    assert ("ANA RUIZ", OTHER) in graph.pairs("HOLDS") and ("Hermanos Paz", OTHER) in graph.pairs("LINKED_TO")
    own = next(e for e in graph.entities("BankAccount") if e.first("iban") == OWN)
    assert graph.values(own)["balance"] == ["-5.5"] and graph.values(own)["bic"] == ["WESTGB2LXXX"]
    before = digest(graph.store)
    (again,) = graph.load(file)
    assert again.already_there == 2 and digest(graph.store) == before


@pytest.mark.parametrize(
    ("line", "account", "name", "amount"),
    [
        (
            ":61:2001010101D65,00NOVBNL91ABNA0417164300\nA Ruiz\n:86:NL91ABNA0417164300 A Ruiz\n   \nRegalo",
            "NL91ABNA0417164300",
            "A Ruiz",
            "65",
        ),
        (
            ":61:240115D000000001213,28N0440121470966      A. Ruiz   \n:86:Devuelto\n:86:No conforme",
            "121470966",
            "A. Ruiz",
            "1213.28",
        ),
        (
            ":61:2401150115D9,N192NONREF\n:86:GIRO   428428 KIOSCO FICTICIO    FACTURA 1",
            "428428",
            "KIOSCO FICTICIO",
            "9",
        ),
        (
            ":61:2401150115D11,8N426NONREF\n:86:BEA   NR:X1   15.01.24/12.54 BAR FICTICIO,PAS9",
            "",
            "BAR FICTICIO",
            "11.8",
        ),
        (
            ":61:2401150115DN0,01NTRFNONREF//MB1\n911-X\n:86:911 TRANSAKCJA; ID IPH: X; NA RACH.: \n"
            "61109010140000071219812874; DLA: ANA RUIZ  \nUL. X 1; TYT.: DAR",
            "PL61109010140000071219812874",
            "ANA RUIZ",
            "0.01",
        ),
        (
            ":61:2401150115DF2402,00S   X\n:NS:01526715\n15SEGUROS FICTI\n16CIOS\n3310918001\n340000004279070017",
            "4279070017",
            "SEGUROS FICTI CIOS",
            "2402",
        ),
        (
            ":61:240115D5,NTRFNONREF\n:86:/TRTP/SEPA/IBAN/DE89370400440532013000/BIC/COBADEFF/NAME/ANA RUIZ/REMI/X/EREF/R1",
            OTHER,
            "ANA RUIZ",
            "5",
        ),
    ],
    ids=["account first", "sixteen characters", "giro", "card", "mBank", "non-swift", "structured"],
)
def test_banks_write_who_and_why_in_ways_of_their_own(
    graph, write: Callable[..., Path], line: str, account: str, name: str, amount: str
) -> None:
    (report,) = graph.load(write("a.sta", mt940(line)))
    assert (report.read, report.rejected) == (2, 0)
    (paid,) = graph.links("PAID")
    other = graph.store.entities([paid.target])[paid.target]
    assert graph.values(paid)["amount"] == [amount]
    if account:
        assert other.first("accountNumber") == account
        assert name in {a for a, _ in graph.pairs("HOLDS")}
    else:
        assert other.name == name


@pytest.mark.parametrize(
    ("mark", "pays", "status"),
    [
        ("C", False, None),
        ("D", True, None),
        ("RC", True, ["reversal"]),
        ("RD", False, ["reversal"]),
        ("ED", True, ["expected"]),
    ],
)
def test_marks_say_where_money_goes(
    graph, write: Callable[..., Path], mark: str, pays: bool, status: list[str] | None
) -> None:
    graph.load(write("a.sta", mt940(f":61:2401160115{mark}R7,NTRFNONREF//B1\n:86:something")))
    (paid,) = graph.links("PAID")
    own = graph.store.entities([paid.source if pays else paid.target])
    assert [e.first("iban") for e in own.values()] == [OWN] and graph.values(paid).get("status") == status


def test_lines_that_look_the_same_are_two_and_statements_may_be_many(graph, write: Callable[..., Path]) -> None:
    coffee = ":61:2401150115D2,5NMSCNONREF\n:86:Cafe"
    text = (
        "BANK\n940\nBANK\n"
        + mt940(coffee, coffee)
        + "\n\n"
        + mt940(coffee, account=OTHER, number="S2").replace("\n", "\r\n")
    )
    (report,) = graph.load(write("a.sta", f"\x01{text}\x03"))
    assert (report.read, report.loaded, report.duplicate_in_file) == (5, 5, 0) and len(graph.links("PAID")) == 3


def test_the_year_of_an_entry_lies_beside_its_value_date(graph, write: Callable[..., Path]) -> None:
    graph.load(write("a.sta", mt940(":61:2401021231D1,NMSCA", ":61:2312310102D2,NMSCB")))
    said = {graph.values(x)["amount"][0]: graph.values(x)["date"][0] for x in graph.links("PAID")}
    assert said == {"1": "2023-12-31", "2": "2024-01-02"}


def test_what_cannot_be_read_is_told_with_its_line(graph, write: Callable[..., Path]) -> None:
    file = write("a.sta", mt940(":61:garbage", ":61:241345D1,NMSCA", ":61:2413450115D3,NMSCB", ":61:240115D1,NMSCC"))
    (report,) = graph.load(file)
    assert (report.read, report.loaded, report.rejected) == (5, 3, 2)
    rows = graph.store.rejects(graph.store.runs()[0].source).to_pylist()
    assert sorted((r["line"], r["code"]) for r in rows) == [(5, "unreadable"), (6, "unreadable")]
    # booked on a day that exists, valued on one that does not
    odd = next(x for x in graph.links("PAID") if graph.values(x)["amount"] == ["3"])
    assert graph.values(odd)["unreadable"] == ["valueDate: 241345"]
    whole = mt940(":61:240115D1,NMSCB", envelope=True, number="S5")
    with pytest.raises(InputError) as told:
        graph.load(write("b.sta", whole + whole[:-20]))
    assert told.value.code == "open_message" and told.value.line == 9


MT103 = """{1:F01WESTGB2LAXXX0000000000}{2:I103COBADEFFXXXXN}{3:{121:8a562c67-ca16-48ba-b074-65581be6f001}}{4:
:20:REF1
:23B:CRED
:32A:240116EUR90,
:33B:USD100,
:36:0,9
:50F:/GB82WEST12345698765432
1/Ana Ruiz
2/Calle Falsa 1
3/ES/Madrid
4/19800203
5/ES/Lugo
:56A:MIDLGB22XXX
:57A:COBADEFFXXX
:59:/DE89370400440532013000
Hermanos Paz
Hauptstr. 1
:70:/ROC/E2E-1/Factura
:71A:SHA
-}{5:{CHK:1}}"""


def test_a_transfer_keeps_both_sums_the_way_and_the_person(graph, write: Callable[..., Path]) -> None:
    (report,) = graph.load(write("a.txt", MT103))
    assert (report.read, report.loaded) == (1, 1) and graph.pairs("PAID") == {(OWN, OTHER)}
    (paid,) = graph.links("PAID")
    values = graph.values(paid)
    assert (values["amount"], values["currency"], values["date"]) == (["90"], ["EUR"], ["2024-01-16"])
    assert (values["instructedAmount"], values["instructedCurrency"], values["exchangeRate"]) == (
        ["100"],
        ["USD"],
        ["0.9"],
    )
    assert (values["intermediary"], values["charges"]) == (["MIDLGB22XXX"], ["SHA"])
    assert (values["uetr"], values["endToEndId"]) == (["8a562c67-ca16-48ba-b074-65581be6f001"], ["E2E-1"])
    (person,) = graph.entities("Person")
    assert person.name == "Ana Ruiz" and graph.values(person)["birthDate"] == ["1980-02-03"]


def test_the_published_mt_samples_load_whole(graph, real: Path) -> None:
    for path in sorted((real / "c_finance" / "bank").glob("mt*")):
        before = len(graph.links("PAID"))
        (report,) = graph.load(path)
        text = path.read_text("utf-8")
        lines = len(re.findall("(?m)^:61:", text))
        assert report.rejected == 0, path.name
        assert (
            report.loaded == report.read == (1 if "mt103" in path.name else lines + len(re.findall("(?m)^:20:", text)))
        )
        assert len(graph.links("PAID")) - before == (lines or 1), path.name
    accounts = {e.first("accountNumber") for e in graph.entities("BankAccount")}
    assert {"NL47INGB9999999999", "7055", "517852257", "PL29114010810000267002001002"} <= accounts


def ofx(*transactions: str, close: bool = False, more: str = "", end: str = "</OFX>") -> str:
    """A card statement in SGML, as a bank writes it: the list left open, no balance."""
    head = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
    text = (
        "<OFX><SIGNONMSGSRSV1><SONRS><FI><ORG>Banco Ficticio</FI></SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><STMTRS>\n"
        "<CURDEF>BRL\n<BANKACCTFROM>\n<BANKID>021\n<ACCTID>0012-3\n<ACCTTYPE>CHECKING\n</BANKACCTFROM>\n<BANKTRANLIST>\n"
        f"{''.join(transactions)}{'</BANKTRANLIST>' if close else ''}{more}</STMTRS></STMTTRNRS></BANKMSGSRSV1>{end}\n"
    )
    return head + text


def stmttrn(amount: str, kind: str = "DEBIT", number: str = "F1", more: str = "") -> str:
    return f"<STMTTRN>\n<TRNTYPE>{kind}\n<DTPOSTED>20240323000000[-3:GMT]\n<TRNAMT>{amount}\n<FITID>{number}\n{more}</STMTTRN>\n"


def test_sgml_with_open_elements_commas_zones_and_no_balance(graph, write: Callable[..., Path]) -> None:
    empty = "<NAME>\n<MEMO>Pago &amp; propina\n"
    to = "<PAYEE><NAME>Ana Ruiz<ADDR1>Calle 1<CITY>Lima<COUNTRY>PER</PAYEE><BANKACCTTO><BANKID>033<ACCTID>77</BANKACCTTO>"
    file = write(
        "a.ofx", ofx(stmttrn("-1.200,50", more=empty), stmttrn("+3", "CREDIT", "F2", to), stmttrn("-40", "ATM", "F3"))
    )
    (report,) = graph.load(file)
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("ofx", 4, 4, 0)
    paid = {graph.values(x)["transactionNumber"][0]: (x, graph.values(x)) for x in graph.links("PAID")}
    assert paid["F1"][1]["amount"] == ["1200.5"] and paid["F1"][1]["currency"] == ["BRL"]
    assert paid["F1"][1]["date"] == ["2024-03-23T03:00:00"] and paid["F1"][1]["purpose"] == ["Pago & propina"]
    assert paid["F3"][1]["method"] == ["cash_withdrawal"]
    ends = graph.store.entities([paid["F2"][0].source, paid["F2"][0].target])
    assert [ends[i].first("accountNumber") for i in (paid["F2"][0].source, paid["F2"][0].target)] == ["77", "0012-3"]
    assert ("Ana Ruiz", "77") in graph.pairs("HOLDS") and ("0012-3", "Banco Ficticio") in graph.pairs("HELD_AT")
    # another download that overlaps brings what it has more
    (more,) = graph.load(write("b.ofx", ofx(stmttrn("-40", "ATM", "F3"), stmttrn("-1", number="F4"))))
    assert (more.loaded, more.already_there) == (1, 2) and len(graph.links("PAID")) == 4


def test_ofx_as_xml_and_on_one_line(graph, write: Callable[..., Path]) -> None:
    text = ofx(stmttrn("-5", more="<MEMO>x\n"), close=True, more="<LEDGERBAL><BALAMT>-9.5<DTASOF>20240325</LEDGERBAL>")
    body = text[text.index("<OFX>") :]
    closed = re.sub(r"<(\w+)>([^<\n]+)\n?(?!</\1)", r"<\1>\2</\1>", body)
    head = '<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211"?>'
    first, second = graph.load(write("a.ofx", text), write("b.ofx", head + closed.replace("\n", "")))
    assert (first.loaded, second.already_there, second.loaded) == (2, 2, 0)
    (account,) = graph.entities("BankAccount")
    assert graph.values(account)["balance"] == ["-9.5"] and graph.values(account)["balanceDate"] == ["2024-03-25"]


def test_ofx_that_breaks_off_or_attacks_is_told(graph, write: Callable[..., Path]) -> None:
    with pytest.raises(InputError) as told:
        graph.load(write("a.ofx", ofx(stmttrn("-5"), stmttrn("-6", number="F2"), end="")))
    assert told.value.code == "open_message" and len(graph.vouched().links("PAID")) == 2
    with pytest.raises(InputError) as told:
        graph.load(
            write("b.ofx", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "/etc/passwd">]>' + ofx(stmttrn("-7")))
        )
    assert told.value.code == "unsafe_xml"
    with pytest.raises(InputError) as told:
        graph.load(write("c.ofx", "OFXHEADER:100\n\n<OFX>" + "<A>\n" * 1000))
    assert told.value.code == "deep_xml" and len(graph.links("PAID")) == 2


def test_an_amount_that_is_none_is_rejected(graph, write: Callable[..., Path]) -> None:
    (report,) = graph.load(write("a.ofx", ofx(stmttrn("viele"), stmttrn("-6", number="F2"))))
    assert (report.read, report.loaded, report.rejected) == (3, 2, 1)


@pytest.mark.parametrize(
    ("name", "records", "payments"),
    [("br_nubank_cc.ofx", 7, 6), ("invstmtrs.ofx", 3, 2), ("stmtrs.ofx", 3, 2), ("stmtrs_euro.ofx", 3, 2)],
)
def test_the_published_ofx_samples_load_whole(graph, real: Path, name: str, records: int, payments: int) -> None:
    (report,) = graph.load(real / "c_finance" / "bank" / name)
    assert (report.read, report.loaded, report.rejected) == (records, records, 0)
    assert len(graph.links("PAID")) == payments
