"""ISO 20022: statements, notices and transfers between banks. Everybody in them is made up; the IBANs are the standards' own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vinculo.graph.errors import InputError
from vinculo.graph.transfer import digest

OWN, OTHER, THIRD = "GB82WEST12345698765432", "DE89370400440532013000", "FR1420041010050500013M02606"
BANK = "<Svcr><FinInstnId><BICFI>WESTGB2LXXX</BICFI><Nm>West Bank</Nm></FinInstnId></Svcr>"


def document(kind: str, body: str, version: str = "08", head: str = "") -> str:
    root = {"053": "BkToCstmrStmt", "054": "BkToCstmrDbtCdtNtfctn", "052": "BkToCstmrAcctRpt"}[kind]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}">'
        f"<{root}><GrpHdr><MsgId>M1</MsgId></GrpHdr>{body}</{root}></Document>"
    )


def statement(*entries: str, tag: str = "Stmt", iban: str = OWN, number: str = "S1") -> str:
    return (
        f"<{tag}><Id>{number}</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy>"
        f"<Ownr><Nm>Comercial Ficticia SA</Nm></Ownr>{BANK}</Acct>"
        "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>"
        '<Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2024-01-01</Dt></Dt></Bal>'
        "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>"
        '<Amt Ccy="EUR">5.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        f"<Dt><DtTm>2024-01-31T23:59:00</DtTm></Dt></Bal>{''.join(entries)}</{tag}>"
    )


def entry(details: str, sign: str = "DBIT", amount: str = "100.00000", more: str = "", behind: str = "") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{more}<Sts>BOOK</Sts>'
        f"<BookgDt><Dt>2024-01-15</Dt></BookgDt>"
        f"<ValDt><Dt>2024-01-16</Dt></ValDt><NtryDtls>{details}</NtryDtls>{behind}</Ntry>"
    )


def party(role: str, name: str, iban: str = "", pty: bool = True) -> str:
    inner = f"<Nm>{name}</Nm><PstlAdr><AdrLine>Calle Falsa 1</AdrLine><AdrLine>28001 Madrid</AdrLine><Ctry>ES</Ctry></PstlAdr>"
    account = f"<{role}Acct><Id><IBAN>{iban}</IBAN></Id></{role}Acct>" if iban else ""
    return f"<{role}>{'<Pty>' if pty else ''}{inner}{'</Pty>' if pty else ''}</{role}>{account}"


def details(parties: str, reference: str = "E2E-1", amount: str = "", text: str = "Factura 7", more: str = "") -> str:
    sums = f'<Amt Ccy="EUR">{amount}</Amt>' if amount else ""
    return (
        f"<TxDtls><Refs>{f'<EndToEndId>{reference}</EndToEndId>' if reference else ''}{more}</Refs>{sums}"
        f"<RltdPties>{parties}</RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    )


def test_a_statement_gives_an_account_with_its_balances_and_payments_with_both_ends(
    graph, write: Callable[..., Path]
) -> None:
    file = write("a.xml", document("053", statement(entry(details(party("Cdtr", "Ana Ruiz", OTHER), amount="100.0")))))
    (report,) = graph.load(file)
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("camt_053", 2, 2, 0)
    accounts = {e.first("iban"): graph.values(e) for e in graph.entities("BankAccount")}
    assert accounts[OWN]["balance"] == ["-5.5"] and accounts[OWN]["balanceDate"] == ["2024-01-31T23:59:00"]
    assert accounts[OWN]["notes"] == ["OPBD 2024-01-01 10.00 EUR; CLBD 2024-01-31T23:59:00 -5.50 EUR"]
    (paid,) = graph.links("PAID")
    values = graph.values(paid)
    assert (values["amount"], values["currency"], values["date"], values["valueDate"]) == (
        ["100"],
        ["EUR"],
        ["2024-01-15"],
        ["2024-01-16"],
    )
    assert (values["endToEndId"], values["purpose"], values["status"]) == (["E2E-1"], ["Factura 7"], ["BOOK"])
    assert graph.pairs("HOLDS") == {("Comercial Ficticia SA", OWN), ("Ana Ruiz", OTHER)}
    assert graph.pairs("HELD_AT") == {(OWN, "West Bank")}
    assert ("West Bank", "WESTGB2LXXX") in graph.pairs("HAS_IDENTIFIER")
    before = digest(graph.store)
    (again,) = graph.load(file)
    assert (again.already_there, again.loaded) == (2, 0) and digest(graph.store) == before


def test_one_payment_in_both_banks_statements_is_one_link_with_two_sources(graph, write: Callable[..., Path]) -> None:
    # the other bank's statement: an older version, the sum with five decimals, another bank's reference, a notice besides
    ours = document("053", statement(entry(details(party("Cdtr", "Ana Ruiz", OTHER)), amount="8.85")))
    theirs = document(
        "053",
        statement(
            entry(details(party("Dbtr", "Comercial Ficticia", OWN, pty=False)), "CRDT", "8.85000"),
            iban=OTHER,
            number="T9",
        ),
        "02",
    )
    notice = document(
        "054", statement(entry(details(party("Dbtr", "X", OWN)), "CRDT", "8.850"), tag="Ntfctn", iban=OTHER)
    )
    graph.load(write("ours.xml", ours), write("theirs.xml", theirs), write("notice.xml", notice))
    (paid,) = graph.links("PAID")
    assert {p.source.dataset for p in paid.sources} == {"camt_053", "camt_054"} and len(
        {p.source.sha256 for p in paid.sources}
    ) == 3
    assert graph.values(paid)["amount"] == ["8.85"]


BACK = "<RvslInd>true</RvslInd>"


@pytest.mark.parametrize(
    ("sign", "reversal", "roles", "both", "ends"),
    [
        ("DBIT", "", ("Dbtr", "Cdtr"), True, (OWN, OTHER)),
        ("DBIT", "", ("Dbtr", "Cdtr"), False, (OWN, OTHER)),
        ("CRDT", "", ("Cdtr", "Dbtr"), True, (OTHER, OWN)),
        ("CRDT", "", ("Cdtr", "Dbtr"), False, (OTHER, OWN)),
        # money comes back: the parties are those of the first transfer, or are turned round, as the bank likes
        ("CRDT", BACK, ("Dbtr", "Cdtr"), True, (OTHER, OWN)),
        ("CRDT", BACK, ("Dbtr", "Cdtr"), False, (OTHER, OWN)),
        ("CRDT", BACK, ("Cdtr", "Dbtr"), True, (OTHER, OWN)),
    ],
)
def test_money_flows_as_it_was_booked(
    graph,
    write: Callable[..., Path],
    sign: str,
    reversal: str,
    roles: tuple[str, str],
    both: bool,
    ends: tuple[str, str],
) -> None:
    own = party(roles[0], "Comercial Ficticia SA", OWN) if both else ""
    file = write(
        "a.xml",
        document("053", statement(entry(details(own + party(roles[1], "Ana Ruiz", OTHER)), sign, more=reversal))),
    )
    graph.load(file)
    assert graph.pairs("PAID") == {ends}
    (paid,) = graph.links("PAID")
    assert graph.values(paid)["status"] == ["BOOK, reversal" if reversal else "BOOK"]


def test_a_batch_gives_each_of_its_transactions_even_where_they_look_the_same(
    graph, write: Callable[..., Path]
) -> None:
    two = party("Cdtr", "Ana Ruiz", OTHER), party("Cdtr", "Luis Paz", THIRD)
    batch = (
        "<Btch><PmtInfId>B1</PmtInfId><NbOfTxs>3</NbOfTxs></Btch>"
        + details(two[0], "E1", "60")
        + details(two[1], "E2", "20")
        + details(two[1], "E2", "20")
    )
    only = "<Btch><NbOfTxs>94</NbOfTxs></Btch>"
    behind = "<AddtlNtryInf>Nomina enero</AddtlNtryInf>"
    file = write("a.xml", document("053", statement(entry(batch, behind=behind), entry(only, amount="193282.05"))))
    (report,) = graph.load(file)
    assert (report.read, report.loaded, report.duplicate_in_file) == (5, 5, 0)
    paid = [graph.values(x) for x in graph.links("PAID")]
    assert sorted(v["amount"][0] for v in paid) == ["193282.05", "20", "20", "60"]
    assert sum("Nomina enero" in v.get("purpose", [""])[0] for v in paid) == 3
    assert [v["count"] for v in paid if "count" in v] == [["94"]]


def test_who_is_not_named_joins_no_two_accounts(graph, write: Callable[..., Path]) -> None:
    entries = (
        entry(details("", ""), "DBIT", "1", "<AcctSvcrRef>R1</AcctSvcrRef>"),
        entry(details("", ""), "CRDT", "2"),
    )
    graph.load(
        write("a.xml", document("053", statement(*entries))),
        write("b.xml", document("053", statement(*entries, iban=OTHER))),
    )
    unnamed = [e for e in graph.entities("LegalEntity") if e.first("abbreviation")]
    assert sorted(e.first("abbreviation") for e in unnamed) == sorted([f"? {OWN}"] * 2 + [f"? {OTHER}"] * 2)
    assert len(graph.links("PAID")) == 4


def test_roles_beside_the_two_ends_are_kept(graph, write: Callable[..., Path]) -> None:
    born = (
        "<Id><PrvtId><DtAndPlcOfBirth><BirthDt>1980-02-03</BirthDt>"
        "<CityOfBirth>Lima</CityOfBirth><CtryOfBirth>PE</CtryOfBirth></DtAndPlcOfBirth></PrvtId></Id>"
    )
    parties = (
        "<InitgPty><Pty><Nm>Agencia de Pagos</Nm></Pty></InitgPty>"
        + party("Cdtr", "Ana Ruiz", OTHER).replace("</Pty>", f"{born}</Pty>")
        + "<UltmtCdtr><Pty><Nm>Hermanos Paz</Nm><Id><OrgId><Othr><Id>B-12345674</Id>"
        "<SchmeNm><Cd>TXID</Cd></SchmeNm></Othr></OrgId></Id><CtryOfRes>ES</CtryOfRes></Pty></UltmtCdtr>"
    )
    graph.load(write("a.xml", document("053", statement(entry(details(parties))))))
    roles = {(graph.values(x)["role"][0], x.source, x.target) for x in graph.links("LINKED_TO")}
    names = {(r, graph.store.entities([a])[a].name, graph.store.entities([b])[b].name) for r, a, b in roles}
    assert names == {("ultimate beneficiary", "Hermanos Paz", OTHER), ("initiating party", "Agencia de Pagos", OWN)}
    (person,) = graph.entities("Person")
    assert graph.values(person)["birthDate"] == ["1980-02-03"] and graph.values(person)["birthCountry"] == ["pe"]
    assert ("Hermanos Paz", "B12345674") in graph.pairs("HAS_IDENTIFIER")


PACS = """<?xml version="1.0"?>
<message><AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.01"><BizMsgIdr>1</BizMsgIdr></AppHdr>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.{version}">
<{root}><GrpHdr><MsgId>M7</MsgId><IntrBkSttlmDt>2024-01-16</IntrBkSttlmDt></GrpHdr>
<CdtTrfTxInf><PmtId><EndToEndId>E2E-1</EndToEndId><UETR>8a562c67-ca16-48ba-b074-65581be6f001</UETR></PmtId>
<IntrBkSttlmAmt Ccy="EUR">90</IntrBkSttlmAmt>{inner}</CdtTrfTxInf></{root}></Document></message>"""
CUSTOMER = (
    '<InstdAmt Ccy="USD">100</InstdAmt><ChrgBr>SHAR</ChrgBr>'
    "<IntrmyAgt1><FinInstnId><BICFI>MIDLGB22XXX</BICFI></FinInstnId></IntrmyAgt1>"
    f"<Dbtr><Nm>Comercial Ficticia SA</Nm></Dbtr><DbtrAcct><Id><IBAN>{OWN}</IBAN></Id></DbtrAcct>"
    f"<Cdtr><Nm>Ana Ruiz</Nm></Cdtr><CdtrAcct><Id><IBAN>{OTHER}</IBAN></Id></CdtrAcct>"
)
COVER = (
    "<Dbtr><FinInstnId><BICFI>WESTGB2LXXX</BICFI></FinInstnId></Dbtr><Cdtr><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></Cdtr>"
    f"<UndrlygCstmrCdtTrf>{CUSTOMER}</UndrlygCstmrCdtTrf>"
)


def test_a_transfer_its_cover_and_the_statement_say_one_payment(graph, write: Callable[..., Path]) -> None:
    uetr = "<UETR>8A562C67-CA16-48BA-B074-65581BE6F001</UETR>"
    said = document("053", statement(entry(details(party("Cdtr", "Ana Ruiz", OTHER), more=uetr), amount="100.12")))
    reports = graph.load(
        write("8.xml", PACS.format(version="008.001.08", root="FIToFICstmrCdtTrf", inner=CUSTOMER)),
        write("9.xml", PACS.format(version="009.001.08", root="FICdtTrf", inner=COVER)),
        write("s.xml", said),
    )
    assert [(r.dataset, r.read, r.rejected) for r in reports] == [
        ("pacs_008", 1, 0),
        ("pacs_009", 1, 0),
        ("camt_053", 2, 0),
    ]
    customers = next(x for x in graph.links("PAID") if len(x.sources) == 3)
    values = graph.values(customers)
    assert (
        values["amount"] == ["100", "100.12", "90"]
        and values["instructedAmount"] == ["100"]
        and values["instructedCurrency"] == ["USD"]
    )
    assert values["intermediary"] == ["MIDLGB22XXX"]
    # the banks' own payment is another one, between the banks
    assert graph.pairs("PAID") == {(OWN, OTHER), ("West Bank", "COBADEFFXXX")}


@pytest.mark.parametrize("namespace", ["camt.053.001.13", ""])
def test_any_version_and_none_is_read(graph, write: Callable[..., Path], namespace: str) -> None:
    text = document("053", statement(entry(details(party("Cdtr", "Ana Ruiz", OTHER)))))
    text = (
        text.replace("camt.053.001.08", namespace)
        if namespace
        else text.replace(text[text.index(" xmlns") : text.index(">", text.index(" xmlns"))], "")
    )
    (report,) = graph.load(write("a.xml", text))
    assert report.loaded == 2


def test_dates_carry_times_zones_and_nothing(graph, write: Callable[..., Path]) -> None:
    plain = entry(details(party("Cdtr", "Ana", OTHER)))
    files = [
        write(
            f"{n}.xml",
            document("053", statement(plain.replace("<Dt>2024-01-15</Dt>", date), number=f"S{n}", iban=iban)),
        )
        for n, (date, iban) in enumerate(
            [
                ("<DtTm>2024-01-15T23:30:00-06:00</DtTm>", OWN),
                ("<Dt>2024-01-15+02:00</Dt>", THIRD),
                ("<Dt>31/02/2024</Dt>", OTHER),
            ]
        )
    ]
    reports = graph.load(*files)
    assert [r.rejected for r in reports] == [0, 0, 1]
    assert sorted(graph.values(x)["date"][0] for x in graph.links("PAID")) == ["2024-01-15", "2024-01-16T05:30:00"]


def test_a_failed_check_digit_is_told_and_the_account_stays_one(graph, write: Callable[..., Path]) -> None:
    wrong = OTHER[:-1] + "1"
    graph.load(write("a.xml", document("053", statement(entry(details(party("Cdtr", "Ana Ruiz", wrong)))))))
    account = next(e for e in graph.entities("BankAccount") if e.first("accountNumber") == wrong)
    assert graph.values(account)["unreadable"] == [f"iban: {wrong}"]


def test_a_document_that_breaks_off_keeps_what_was_before(graph, write: Callable[..., Path]) -> None:
    text = document("053", statement(*(entry(details(party("Cdtr", "Ana", OTHER), f"E{n}")) for n in range(3))))
    with pytest.raises(InputError) as told:
        graph.load(write("a.xml", text[: text.index("E2")]))
    assert told.value.code == "damaged_xml" and len(graph.vouched().links("PAID")) == 2


@pytest.mark.parametrize(
    "attack", ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE a [<!ENTITY x "boom">]>']
)
def test_document_types_are_refused(graph, write: Callable[..., Path], attack: str) -> None:
    text = document("053", statement(entry(details(party("Cdtr", "&x;", OTHER)))), head=attack)
    with pytest.raises(InputError) as told:
        graph.load(write("a.xml", text))
    assert told.value.code == "unsafe_xml" and not graph.links("PAID")


COUNTS = {
    "camt053.v2.five.decimals.xml": (2, 1),
    "camt053.v2.minimal.xml": (2, 1),
    "camt053.v2.multi.statement.xml": (4, 2),
    "camt053.v2.with-party-ids.xml": (2, 1),
    "camt053.v8.xml": (2, 1),
    "camt054.v4.xml": (4, 3),
    "camt054.v8-with-UETR.xml": (2, 1),
    "camt53.only-Dt-with-DtTm.xml": (1, 0),
    "gs_camt053_001_02.xml": (16, 15),
    "pacs.008.001.07.xml": (1, 1),
    "pacs.009.001.07.xml": (1, 1),
}


@pytest.mark.parametrize("name", COUNTS)
def test_the_published_samples_load_whole(graph, real: Path, name: str) -> None:
    (report,) = graph.load(real / "c_finance" / "bank" / name)
    assert (report.read, report.loaded, report.rejected) == (COUNTS[name][0], COUNTS[name][0], 0)
    assert len(graph.links("PAID")) == COUNTS[name][1]
