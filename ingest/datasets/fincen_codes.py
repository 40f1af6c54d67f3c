"""Codes of FinCEN's E-Filing XML, as its schemas explain them (the FBAR's as its user guide does)."""

from __future__ import annotations

#: ``ActivityPartyTypeCode`` of all forms: who a party is in the report.
ROLES = {
    "3": "authorized official",
    "4": "business that received cash",
    "8": "contact for assistance",
    "11": "exempt person",
    "12": "affiliated bank",
    "15": "account owner (filer)",
    "16": "individual from whom the cash was received",
    "17": "person conducting transaction for another",
    "18": "law enforcement or regulator contact",
    "19": "person contacted at law enforcement or regulator",
    "23": "person on whose behalf the transaction was conducted",
    "30": "filing institution",
    "33": "subject",
    "34": "transaction location",
    "35": "transmitter",
    "37": "transmitter contact",
    "41": "institution in which account is held",
    "42": "joint owner of account",
    "43": "owner of account without financial interest",
    "44": "owner of consolidated account",
    "45": "bank (filer)",
    "46": "branch",
    "50": "person conducting transaction on own behalf",
    "56": "preparer's firm",
    "57": "third-party preparer",
    "58": "common carrier",
}
#: Roles that only firms and offices have.
FIRMS = frozenset({"4", "8", "12", "18", "30", "34", "35", "41", "45", "46", "56", "58"})
#: Roles that only people have.
PEOPLE = frozenset({"16", "17", "19", "50", "57"})
TAX = frozenset({"1", "2", "4"})
#: Types of numbers that join parties; 28 (transmitter's code) and 29 (the filer's own file number) do not.
NUMBERS = {
    "5": "DRIVING LICENCE",
    "6": "PASSPORT",
    "7": "ALIEN REGISTRATION",
    "9": "FOREIGN ID",
    "10": "CRD",
    "11": "IARD",
    "12": "NFA",
    "13": "SEC",
    "14": "RSSD",
    "32": "NAIC",
    "33": "NMLS",
}
#: ``CurrencyTransactionActivityDetailTypeCode`` of the currency transaction report; of form 8300.
CASH = {
    "12": "negotiable instrument purchased",
    "13": "negotiable instrument cashed",
    "14": "currency exchange in",
    "15": "currency exchange out",
    "18": "purchase of chips or tokens",
    "21": "currency wager",
    "23": "currency received for wire transfer out",
    "25": "bills inserted into gaming devices",
    "28": "redemption of chips or tickets",
    "30": "advance on credit",
    "31": "payment on wager",
    "32": "currency paid from wire transfer in",
    "33": "travel and gaming incentives",
    "34": "payment for tournament",
    "46": "payment",
    "48": "currency from prepaid access",
    "49": "currency to prepaid access",
    "53": "foreign currency in",
    "54": "foreign currency out",
    "55": "deposit",
    "56": "withdrawal",
    "997": "other cash in",
    "998": "other cash out",
}
BOUGHT = {
    "1": "personal property purchased",
    "2": "real property purchased",
    "3": "personal services provided",
    "4": "business services provided",
    "5": "intangible property purchased",
    "6": "debt obligation paid",
    "7": "exchange of cash",
    "8": "escrow or trust funds",
    "9": "bail received",
    "999": "other",
}
ACCOUNT_TYPES = {
    "141": "separately owned",
    "142": "jointly owned",
    "143": "no financial interest",
    "144": "consolidated",
}
