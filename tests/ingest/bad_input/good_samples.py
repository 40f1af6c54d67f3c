"""A small good file of each format: the same six records, each in its own way, as far as the format has a place for them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from parts import RECORDS, Parts, Row, Sample, coded

_OWN = "GB82WEST12345698765432"


def delimited(delimiter: str, columns: Mapping[str, str], head: str = "") -> Callable[[list[Row]], Parts]:
    """Rows of a table: a column for each slot, every cell quoted where it has to be."""

    def line(cells: list[str]) -> str:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerow(cells)
        return out.getvalue()

    def write(rows: list[Row]) -> Parts:
        made = [line([row.get(slot, slot) for slot in columns.values()]) for row in rows]
        return Parts(head + line(list(columns)), tuple(made))

    return write


TRANSFERS = {
    "transfer_id": "id", "date": "day", "amount": "sum", "currency": "currency", "originator_account": "account",
    "originator_name": "name", "beneficiary_name": "other", "purpose": "note",
}  # fmt: skip
BILLS = {
    "bill_number": "id", "date": "day", "shipper": "name", "consignee": "other", "goods": "note", "gross_weight_kg": "weight",
    "declared_value": "sum", "currency": "currency", "container_numbers": "container",
}  # fmt: skip


def book(text: str) -> bytes | None:
    """The same table as a workbook, every cell as text; ``None`` where it has what no workbook can."""
    if ILLEGAL_CHARACTERS_RE.search(text) or re.search("[\ud800-\udfff\ufffe\uffff]", text):
        return None
    csv.field_size_limit(10_000_000)
    made = openpyxl.Workbook()
    sheet = made.active
    for number, row in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
        sheet.append(row)  # type: ignore[union-attr]
        for place in range(1, len(row) + 1):
            # text, also where it looks like a formula
            sheet.cell(number, place).data_type = "s"  # type: ignore[union-attr]
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def archive(text: str) -> bytes:
    """The same text as the one member of a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("inside.csv", coded(text))
    return out.getvalue()


def _mt940(rows: list[Row]) -> Parts:
    head = f":20:S1\n:25:{_OWN}\n:28C:1/1\n:60F:C240101EUR10,\n"
    made = tuple(
        f":61:{r['day']}D{r['sum']}NTRF{r['id']}//B{r['id']}\n:86:/NAME/{r['name']}/IBAN/{r['iban']}/REMI/{r['note']}\n"
        for r in rows
    )
    return Parts(head, made, ":62F:D240331EUR5,5\n-\n")


def _mt103(rows: list[Row]) -> Parts:
    made = tuple(
        "{1:F01WESTGB2LAXXX0000000000}{2:I103COBADEFFXXXXN}{4:\n"
        f":20:{r['id']}\n:23B:CRED\n:32A:{r['day']}{r['currency']}{r['sum']}\n:50K:/{_OWN}\n{r['name']}\n"
        f":59:/{r['iban']}\n{r['other']}\n:70:{r['note']}\n:71A:SHA\n-}}{{5:{{CHK:1}}}}\n"
        for r in rows
    )
    return Parts("", made)


def _camt(rows: list[Row]) -> Parts:
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">\n'
        f"<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S1</Id><Acct><Id><IBAN>{_OWN}</IBAN></Id></Acct>\n"
    )
    made = []
    for row in rows:
        r = {k: escape(v, {'"': "&quot;"}) for k, v in row.items()}
        made.append(
            f'<Ntry><Amt Ccy="{r["currency"]}">{r["sum"]}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>\n'
            f"<BookgDt><Dt>{r['day']}</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>{r['id']}</EndToEndId></Refs>"
            f"<RltdPties><Cdtr><Nm>{r['name']}</Nm></Cdtr><CdtrAcct><Id><IBAN>{r['iban']}</IBAN></Id></CdtrAcct></RltdPties>\n"
            f"<RmtInf><Ustrd>{r['note']}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
        )
    return Parts(head, tuple(made), "</Stmt></BkToCstmrStmt></Document>\n")


def _goaml(rows: list[Row]) -> Parts:
    head = (
        "<report><schema_version>4.0</schema_version><rentity_id>77</rentity_id><submission_code>E</submission_code>\n"
        "<report_code>STR</report_code><entity_reference>STR-7</entity_reference>"
        "<report_date>2024-03-04T10:00:00</report_date><currency_code_local>USD</currency_code_local>\n"
    )
    made = []
    for row in rows:
        r = {k: escape(v) for k, v in row.items()}
        made.append(
            f"<transaction><transactionnumber>{r['id']}</transactionnumber>"
            f"<transaction_description>{r['note']}</transaction_description>\n"
            f"<date_transaction>{r['day']}T09:30:00</date_transaction><amount_local>{r['sum']}</amount_local>\n"
            f"<t_from><from_entity><name>{r['name']}</name></from_entity></t_from>\n"
            f"<t_to><to_account><institution_name>Gulf Bank</institution_name><account>{r['account']}</account></to_account>"
            "</t_to></transaction>\n"
        )
    return Parts(head, tuple(made), "</report>\n")


def _un(rows: list[Row]) -> Parts:
    made = []
    for row in rows:
        r = {k: escape(v) for k, v in row.items()}
        made.append(
            f"<ENTITY><DATAID>{r['id']}</DATAID><FIRST_NAME>{r['name']}</FIRST_NAME>\n"
            "<UN_LIST_TYPE>Taliban</UN_LIST_TYPE><REFERENCE_NUMBER>XXe.002</REFERENCE_NUMBER>"
            f"<LISTED_ON>{r['day']}</LISTED_ON><COMMENTS1>{r['note']}</COMMENTS1>\n"
            f"<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>{r['other']}</ALIAS_NAME></ENTITY_ALIAS></ENTITY>\n"
        )
    head = '<CONSOLIDATED_LIST dateGenerated="2026-01-01T00:00:00Z">\n<INDIVIDUALS></INDIVIDUALS><ENTITIES>\n'
    return Parts(head, tuple(made), "</ENTITIES></CONSOLIDATED_LIST>\n")


def _fincen(rows: list[Row]) -> Parts:
    made = []
    for n, row in enumerate(rows):
        r = {k: escape(v) for k, v in row.items()}
        made.append(
            f'<Activity SeqNum="{n + 2}"><FilingDateText>{r["day"]}</FilingDateText>\n'
            f"<ActivityAssociation><CorrectsAmendsPriorReportIndicator/></ActivityAssociation>"
            "<Party><ActivityPartyTypeCode>33</ActivityPartyTypeCode><PartyAsEntityOrganizationIndicator>Y"
            "</PartyAsEntityOrganizationIndicator>\n<PartyName><PartyNameTypeCode>L</PartyNameTypeCode>"
            f"<RawPartyFullName>{r['name']}</RawPartyFullName></PartyName></Party>\n"
            "<SuspiciousActivity><SuspiciousActivityFromDateText>20240102</SuspiciousActivityFromDateText>"
            f"<TotalSuspiciousAmountText>{r['sum']}</TotalSuspiciousAmountText></SuspiciousActivity>\n"
            "<ActivityNarrativeInformation><ActivityNarrativeSequenceNumber>1</ActivityNarrativeSequenceNumber>"
            f"<ActivityNarrativeText>{r['note']}</ActivityNarrativeText></ActivityNarrativeInformation></Activity>\n"
        )
    head = (
        '<?xml version="1.0"?>\n<EFilingBatchXML ActivityCount="6" PartyCount="6" SeqNum="1"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\n'
        ' xsi:schemaLocation="www.fincen.gov/base https://www.fincen.gov/base/EFL_8300XBatchSchema.xsd">\n'
        "<FormTypeCode>SARX</FormTypeCode>\n"
    )
    return Parts(head, tuple(made), "</EFilingBatchXML>\n")


def _pedimento(rows: list[Row]) -> Parts:
    made = []
    for n, r in enumerate(rows):
        number = f"6{n:06}"
        made.append(
            f"500|1|3999|{number}|400||\n"
            f"501|3999|{number}|400|1|A1|400||IFN010101AB1||17.39|0|0|0|0|0|{r['weight']}|7|7|7|1|{r['name']}|CALLE UNO||5|22504|"
            "Tijuana|BC|MEX|\n"
            f"505|{number}|{r['day']}|{r['id']}|DAP|{r['currency']}|{r['sum']}|{r['sum']}|USA|CA|12-3456789|"
            f"{r['other']}|NOWHERE AVE.||6|91708|CHINO|\n"
            f"506|{number}|2|{r['day']}|\n511|{number}|1|{r['note']}|\n"
            f"551|{number}|48237099|1|99|PORTAVASO|417.54|42099|41754|24.50|100|20|14.65|1||0|1||||VNM|USA|||||\n"
        )
    return Parts("", tuple(made), "801|6000001.val|6|36|011|\n")


def _ofx1(rows: list[Row]) -> Parts:
    head = (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
        "<OFX><SIGNONMSGSRSV1><SONRS><FI><ORG>Banco Ficticio</FI></SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><STMTRS>\n"
        "<CURDEF>USD\n<BANKACCTFROM>\n<BANKID>021\n<ACCTID>0012-3\n<ACCTTYPE>CHECKING\n</BANKACCTFROM>\n<BANKTRANLIST>\n"
    )
    made = []
    for row in rows:
        r = {k: escape(v) for k, v in row.items()}
        made.append(
            f"<STMTTRN>\n<TRNTYPE>DEBIT\n<DTPOSTED>{r['day']}\n<TRNAMT>-{r['sum']}\n<FITID>{r['id']}\n<NAME>{r['name']}\n"
            f"<MEMO>{r['note']}\n</STMTTRN>\n"
        )
    return Parts(head, tuple(made), "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n")


def _ofx2(rows: list[Row]) -> Parts:
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>\n'
        "<CURDEF>USD</CURDEF><BANKACCTFROM><BANKID>021</BANKID><ACCTID>0012-3</ACCTID></BANKACCTFROM><BANKTRANLIST>\n"
    )
    made = []
    for row in rows:
        r = {k: escape(v) for k, v in row.items()}
        made.append(
            f"<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>{r['day']}</DTPOSTED>\n<TRNAMT>-{r['sum']}</TRNAMT>"
            f"<FITID>{r['id']}</FITID>\n<NAME>{r['name']}</NAME><MEMO>{r['note']}</MEMO></STMTTRN>\n"
        )
    return Parts(head, tuple(made), "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n")


def _said(text: str) -> str:
    return json.dumps(text)  # a lone surrogate as its escape


def _ftm(rows: list[Row]) -> Parts:
    made = tuple(
        f'{{"id": {_said(r["id"])}, "schema": "Company", "properties": {{"name": [{_said(r["name"])}], '
        f'"alias": [{_said(r["other"])}], "incorporationDate": [{_said(r["day"])}], "notes": [{_said(r["note"])}]}}}}\n'
        for r in rows
    )
    return Parts("", made)


def _gleif(rows: list[Row]) -> Parts:
    def one(r: Row, last: bool) -> str:
        return (
            f'{{"LEI": {{"$": {_said(r["id"])}}}, "Entity": {{"LegalName": {{"$": {_said(r["name"])}}},\n'
            f'"OtherEntityNames": {{"OtherEntityName": [{{"@type": "TRADING_OR_OPERATING_NAME", "$": {_said(r["other"])}}}]}},\n'
            f'"LegalAddress": {{"FirstAddressLine": {{"$": {_said(r["note"])}}}, "Country": {{"$": "MX"}}}},\n'
            f'"EntityCreationDate": {{"$": {_said(r["day"])}}}}}, "Registration": {{"RegistrationStatus": {{"$": "ISSUED"}}}}}}'
            + ("\n" if last else ",\n")
        )

    return Parts('{"records": [\n', tuple(one(r, n == len(rows) - 1) for n, r in enumerate(rows)), "]}\n")


def _sdn(rows: list[Row]) -> Parts:
    cells = {"a": "id", "b": "name", "c": "-0- ", "d": "SDNTK", **dict.fromkeys("efghijk", "-0- "), "l": "note"}
    return replace(delimited(",", cells)(rows), head="")


_TABLE = frozenset({"text", "table", "header"})
_TABLE_SLOTS = ("id", "day", "sum", "currency", "account", "name", "other", "note")
_CSV = Sample("csv", "t.csv", "transfers", _TABLE | {"quoted"}, delimited(",", TRANSFERS), _TABLE_SLOTS)
_XML = frozenset({"text", "xml"})
SAMPLES: dict[str, Sample] = {
    s.name: s
    for s in (
        _CSV,
        Sample("tsv", "b.tsv", "bills_of_lading", _TABLE | {"quoted"}, delimited("\t", BILLS),
               ("id", "day", "name", "other", "note", "weight", "sum", "currency", "container")),
        replace(_CSV, name="csv.gz", file="t.csv.gz", tags=_TABLE | {"quoted", "gzip"},
                pack=lambda text: gzip.compress(coded(text), mtime=0)),
        replace(_CSV, name="zip", file="t.zip", tags=_TABLE | {"quoted", "zip"}, pack=archive),
        replace(_CSV, name="xlsx", file="t.xlsx", tags=frozenset({"table", "header", "zip"}), pack=book),
        Sample("OFAC csv", "sdn.csv", "ofac_sdn", frozenset({"text", "table", "quoted"}), _sdn, ("id", "name", "note"),
               letter="1"),
        Sample("jsonl", "e.ftm.json", "ftm", frozenset({"text", "json", "lines"}), _ftm, ("id", "name", "other", "day", "note")),
        Sample("json", "lei.json", "gleif_lei_json", frozenset({"text", "json"}), _gleif,
               ("id", "name", "other", "day", "note")),
        Sample("UN xml", "un.xml", "un_consolidated", _XML, _un, ("id", "name", "other", "day", "note")),
        Sample("goAML xml", "str.xml", "goaml", _XML, _goaml, ("id", "day", "sum", "name", "account", "note")),
        Sample("FinCEN xml", "sar.xml", "fincen_bsa", _XML, _fincen, ("day", "sum", "name", "note"),
               day="{0:04}{1:02}{2:02}"),
        Sample("camt.053", "c.xml", "camt_053", _XML, _camt, ("id", "day", "sum", "currency", "name", "iban", "note"),
               records=RECORDS + 1, lead=1),
        Sample("MT940", "m.sta", "swift_mt", frozenset({"text", "mt"}), _mt940, ("id", "day", "sum", "name", "iban", "note"),
               day="{3:02}{1:02}{2:02}", point=",", records=RECORDS + 1, lead=1),
        Sample("MT103", "m.fin", "swift_mt", frozenset({"text", "mt"}), _mt103,
               ("id", "day", "sum", "currency", "name", "other", "iban", "note"), day="{3:02}{1:02}{2:02}", point=","),
        Sample("SAAI M3", "p.val", "mx_pedimento", frozenset({"text", "pipes"}), _pedimento,
               ("id", "day", "sum", "currency", "name", "other", "note", "weight"), day="{2:02}{1:02}{0:04}"),
        Sample("OFX 1", "a.ofx", "ofx", frozenset({"text", "sgml"}), _ofx1, ("id", "day", "sum", "name", "note"),
               day="{0:04}{1:02}{2:02}", records=RECORDS + 1),
        Sample("OFX 2", "b.ofx", "ofx", frozenset({"text", "sgml", "closed"}), _ofx2, ("id", "day", "sum", "name", "note"),
               day="{0:04}{1:02}{2:02}", records=RECORDS + 1),
    )
}  # fmt: skip
