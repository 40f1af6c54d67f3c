"""Which texts of ISO 20022 payment messages are read, by their path, and the columns they fill."""

from __future__ import annotations

_ADDRESS = {
    "StrtNm": "street", "BldgNb": "building", "PstCd": "postcode", "TwnNm": "town", "CtrySubDvsn": "region",
    "Ctry": "country", "AdrLine": "address, ",
}  # fmt: skip
_PARTY = {
    "Nm": "name",
    **{f"PstlAdr/{k}": v for k, v in _ADDRESS.items()},
    "CtryOfRes": "residence",
    "CtctDtls/PhneNb": "phone",
    "CtctDtls/MobNb": "mobile",
    "CtctDtls/EmailAdr": "email",
    **{f"Id/OrgId/{n}": "bic" for n in ("AnyBIC", "BICOrBEI", "BIC", "BEI")},
    "Id/OrgId/LEI": "lei",
    **{f"Id/{kind}/Othr/{path}": column for kind in ("OrgId", "PrvtId")
       for path, column in (("Id", "number"), ("SchmeNm/Cd", "scheme"), ("SchmeNm/Prtry", "scheme"), ("Issr", "issuer"))},
    "Id/OrgId/TaxIdNb": "tax",
    "Id/PrvtId/TaxIdNb": "tax",
    "Id/PrvtId/PsptNb": "number",
    "Id/PrvtId/IdntyCardNb": "number",
    "Id/PrvtId/DtAndPlcOfBirth/BirthDt": "born",
    "Id/PrvtId/DtAndPlcOfBirth/CityOfBirth": "birthplace",
    "Id/PrvtId/DtAndPlcOfBirth/CtryOfBirth": "birth country",
}  # fmt: skip
_AGENT = {
    "BICFI": "bic",
    "BIC": "bic",
    "LEI": "lei",
    "Nm": "name",
    "ClrSysMmbId/MmbId": "clearing",
    "ClrSysMmbId/Id": "clearing",
    "CmbndId/BIC": "bic",
    "CmbndId/Nm": "name",
    "PstlAdr/Ctry": "country",
    "Othr/Id": "other",
}
_ACCOUNT = {
    "Id/IBAN": "iban",
    "Id/Othr/Id": "number",
    "Id/PrtryAcct/Id": "number",
    "Id/BBAN": "number",
    "Id/UPIC": "number",
    "Ccy": "currency",
    "Nm": "label",
    "Tp/Cd": "type",
    "Tp/Prtry": "type",
}


def _inside(path: str, column: str, names: dict[str, str]) -> dict[str, str]:
    return {f"{path}/{p}": f"{column} {c}" for p, c in names.items()}


def _party(path: str, column: str) -> dict[str, str]:
    """A party, or from version 8 on a choice of party and bank, or a bank where banks pay."""
    return (
        _inside(path, column, _PARTY)
        | _inside(f"{path}/Pty", column, _PARTY)
        | _inside(f"{path}/FinInstnId", f"{column} institution", _AGENT)
        | _inside(f"{path}/Agt/FinInstnId", f"{column} institution", _AGENT)
    )


def _agent(path: str, column: str) -> dict[str, str]:
    return _inside(f"{path}/FinInstnId", column, _AGENT)


def _money(path: str, column: str) -> dict[str, str]:
    return {path: f"{column} amount", f"{path}/@Ccy": f"{column} currency"}


def _parties(people: str = "", banks: str = "") -> dict[str, str]:
    made: dict[str, str] = {}
    for name, column in (("Dbtr", "debtor"), ("Cdtr", "creditor")):
        made |= _party(f"{people}{name}", column) | _party(f"{people}Ultmt{name}", f"ultimate {column}")
        made |= _inside(f"{people}{name}Acct", f"{column} account", _ACCOUNT) | _agent(
            f"{banks}{name}Agt", f"{column} agent"
        )
    made |= _party(f"{people}InitgPty", "initiator")
    for number in (1, 2, 3):
        made |= _agent(f"{banks}IntrmyAgt{number}", f"intermediary {number}")
    return made


_BANK_CODE = {
    "BkTxCd/Domn/Cd": "domain",
    "BkTxCd/Domn/Fmly/Cd": "family",
    "BkTxCd/Domn/Fmly/SubFmlyCd": "subfamily",
    "BkTxCd/Prtry/Cd": "code",
}
_TEXTS = {
    "RmtInf/Ustrd": "text ",
    "RmtInf/Strd/CdtrRefInf/Ref": "creditor reference ",
    "RmtInf/Strd/CdtrRefInf/CdtrRef": "creditor reference ",
    "RmtInf/Strd/RfrdDocInf/Nb": "document ",
    "RmtInf/Strd/AddtlRmtInf": "text ",
    "Purp/Cd": "purpose code",
    "Purp/Prtry": "purpose code",
}
_REFERENCES = {
    name: name
    for name in ("InstrId", "EndToEndId", "TxId", "UETR", "AcctSvcrRef", "ClrSysRef", "MndtId", "ChqNb", "PmtInfId")
}
COLUMNS: dict[str, dict[str, str]] = {
    "statement": {
        "Id": "statement id",
        "ElctrncSeqNb": "sequence",
        "CreDtTm": "created",
        "CpyDplctInd": "copy",
        "FrToDt/FrDtTm": "from",
        "FrToDt/ToDtTm": "to",
        **_inside("Acct", "account", _ACCOUNT),
        **_party("Acct/Ownr", "owner"),
        **_agent("Acct/Svcr", "servicer"),
    },
    "balance": {"Tp/CdOrPrtry/Cd": "code", "Tp/CdOrPrtry/Prtry": "code", **_money("Amt", "balance"), "CdtDbtInd": "sign",
                "Dt/Dt": "date", "Dt/DtTm": "date"},
    "entry": {
        "NtryRef": "entry reference",
        **_money("Amt", "entry"),
        "CdtDbtInd": "entry sign",
        "RvslInd": "reversal",
        "Sts": "status",
        "Sts/Cd": "status",
        "Sts/Prtry": "status",
        "BookgDt/Dt": "booked",
        "BookgDt/DtTm": "booked",
        "ValDt/Dt": "value date",
        "ValDt/DtTm": "value date",
        "AcctSvcrRef": "servicer reference",
        **{p: f"entry {c}" for p, c in _BANK_CODE.items()},
        **_money("AmtDtls/InstdAmt/Amt", "entry instructed"),
        "NtryDtls/Btch/NbOfTxs": "batch count",
        "NtryDtls/Btch/PmtInfId": "batch id",
        "AddtlNtryInf": "entry text ",
    },
    "behind": {"AddtlNtryInf": "entry text "},
    "transaction": {
        **{f"Refs/{n}": c for n, c in _REFERENCES.items()},
        **_money("Amt", "transaction"),
        "CdtDbtInd": "transaction sign",
        **_money("AmtDtls/TxAmt/Amt", "detailed"),
        **_money("AmtDtls/InstdAmt/Amt", "instructed"),
        "AmtDtls/InstdAmt/CcyXchg/XchgRate": "rate",
        "AmtDtls/TxAmt/CcyXchg/XchgRate": "rate",
        **_BANK_CODE,
        **_parties("RltdPties/", "RltdAgts/"),
        **_TEXTS,
        "RltdDts/AccptncDtTm": "accepted",
        "RltdDts/IntrBkSttlmDt": "settled",
        "AddtlTxInf": "transaction text ",
        "RtrInf/Rsn/Cd": "return reason",
        "RtrInf/AddtlInf": "return text ",
    },
    "transfer": {
        **{f"PmtId/{n}": c for n, c in _REFERENCES.items()},
        **_money("IntrBkSttlmAmt", "transaction"),
        **_money("InstdAmt", "instructed"),
        "IntrBkSttlmDt": "settled",
        "AccptncDtTm": "accepted",
        "XchgRate": "rate",
        "ChrgBr": "charge bearer",
        **_money("ChrgsInf/Amt", "charges"),
        **_parties(),
        **_TEXTS,
        **{p: c for n, c in (("InstgAgt", "instructing"), ("InstdAgt", "instructed by"), ("PrvsInstgAgt", "previous"),
                             ("PrvsInstgAgt1", "previous")) for p, c in _agent(n, c).items()},
        **{p: f"underlying {c}" for p, c in
           {**{f"UndrlygCstmrCdtTrf/{p}": c for p, c in (_parties() | _TEXTS).items()},
            **_money("UndrlygCstmrCdtTrf/InstdAmt", "instructed")}.items()},
    },
    "group": {
        "GrpHdr/MsgId": "message id",
        "GrpHdr/IntrBkSttlmDt": "group settled",
        **{p: f"group {c}" for n, c in (("InstgAgt", "instructing"), ("InstdAgt", "instructed by"))
           for p, c in _agent(f"GrpHdr/{n}", c).items()},
    },
}  # fmt: skip
