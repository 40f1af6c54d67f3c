"""Reports to financial-intelligence units: who stands in which role, what was paid, and that nothing of it leaves unasked."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from vinculo.graph.errors import InputError
from vinculo.graph.exports import export, exports
from vinculo.graph.stores import open_store
from vinculo.ingest.datasets.fiu_texts import day, sum_of

MONEY = "c_finance"
_BATCH = """<?xml version="1.0"?>
<EFilingBatchXML ActivityCount="1" PartyCount="1" SeqNum="1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="www.fincen.gov/base https://www.fincen.gov/base/EFL_8300XBatchSchema.xsd">
{front}<Activity SeqNum="2">{activity}</Activity>{behind}</EFilingBatchXML>"""


def _fincen(activity: str, form: str = "", behind: str = "") -> str:
    codes = [f"<FormTypeCode>{f}</FormTypeCode>" if f else "" for f in (form, behind)]
    return _BATCH.format(front=codes[0], activity=activity, behind=codes[1])


def _party(code: str, name: str = "", more: str = "", person: tuple[str, str] | None = None) -> str:
    said = f"<RawPartyFullName>{name}</RawPartyFullName>"
    if person:
        last, first = person
        said = f"<RawEntityIndividualLastName>{last}</RawEntityIndividualLastName>"
        said += f"<RawIndividualFirstName>{first}</RawIndividualFirstName>"
    names = f"<PartyName><PartyNameTypeCode>L</PartyNameTypeCode>{said}</PartyName>" if name or person else ""
    return f"<Party><ActivityPartyTypeCode>{code}</ActivityPartyTypeCode>{names}{more}</Party>"


def _number(number: str, kind: str, state: str = "") -> str:
    issuer = f"<OtherIssuerStateText>{state}</OtherIssuerStateText>" if state else ""
    return (
        f"<PartyIdentification>{issuer}<PartyIdentificationNumberText>{number}</PartyIdentificationNumberText>"
        f"<PartyIdentificationTypeCode>{kind}</PartyIdentificationTypeCode></PartyIdentification>"
    )


BANK = _party("30", "Banco Ficticio NA", _number("110022001", "2") + _number("55-7788", "29"))
SAR = _fincen(
    _party("35", "Banco Ficticio NA", _number("110022001", "4"))
    + BANK
    + _party(
        "33",
        person=("Quillfeather", "Odalys"),
        more="<IndividualBirthDateText>19791100</IndividualBirthDateText>"
        "<Address><RawStreetAddress1Text>77 Mesa Rd</RawStreetAddress1Text><RawCityText>Laredo</RawCityText>"
        "<RawCountryCodeText>US</RawCountryCodeText></Address>"
        "<PhoneNumber><PhoneNumberText>9567220199</PhoneNumberText></PhoneNumber>"
        + _number("X1234567", "5", "TX")
        + "<PartyAssociation><CustomerIndicator>Y</CustomerIndicator><SubjectRelationshipFinancialInstitutionTINText>"
        "110022001</SubjectRelationshipFinancialInstitutionTINText></PartyAssociation>"
        "<PartyAccountAssociation><Party><ActivityPartyTypeCode>41</ActivityPartyTypeCode>"
        + _number("110022001", "4")
        + "<Account><AccountNumberText>000-771</AccountNumberText><PartyAccountAssociation>"
        "<PartyAccountAssociationTypeCode>5</PartyAccountAssociationTypeCode></PartyAccountAssociation></Account>"
        "</Party><PartyAccountAssociationTypeCode>7</PartyAccountAssociationTypeCode></PartyAccountAssociation>",
    )
    + _party(
        "33", "Shellmoor Trading LLC", "<PartyAsEntityOrganizationIndicator>Y</PartyAsEntityOrganizationIndicator>"
    )
    + _party(
        "33",
        more="<AllCriticalSubjectInformationUnavailableIndicator>Y</AllCriticalSubjectInformationUnavailableIndicator>",
    )
    + "<SuspiciousActivity><SuspiciousActivityFromDateText>20240102</SuspiciousActivityFromDateText>"
    "<SuspiciousActivityToDateText>20240131</SuspiciousActivityToDateText>"
    "<TotalSuspiciousAmountText>94000</TotalSuspiciousAmountText><SuspiciousActivityClassification>"
    "<SuspiciousActivitySubtypeID>114</SuspiciousActivitySubtypeID><SuspiciousActivityTypeID>1</SuspiciousActivityTypeID>"
    "</SuspiciousActivityClassification></SuspiciousActivity><FilingDateText>20240215</FilingDateText>"
    "<ActivityNarrativeInformation><ActivityNarrativeSequenceNumber>2</ActivityNarrativeSequenceNumber>"
    "<ActivityNarrativeText>Then nothing.</ActivityNarrativeText></ActivityNarrativeInformation>"
    "<ActivityNarrativeInformation><ActivityNarrativeSequenceNumber>1</ActivityNarrativeSequenceNumber>"
    "<ActivityNarrativeText>Ten deposits of 9,400.</ActivityNarrativeText></ActivityNarrativeInformation>",
    behind="SARX",
)
_CASH = (
    "<FilingDateText>20240301</FilingDateText><CurrencyTransactionActivity>"
    "<TotalCashInReceiveAmountText>15000</TotalCashInReceiveAmountText><TransactionDateText>20240229</TransactionDateText>"
    "<CurrencyTransactionActivityDetail><CurrencyTransactionActivityDetailTypeCode>55</CurrencyTransactionActivityDetailTypeCode>"
    "<DetailTransactionAmountText>15000</DetailTransactionAmountText></CurrencyTransactionActivityDetail>"
    "</CurrencyTransactionActivity>"
)
_IN = "<IndividualEntityCashInAmountText>15000</IndividualEntityCashInAmountText>"
CTR = _fincen(
    BANK
    + _party("34", "Banco Ficticio NA", _number("110022001", "2"))
    + _party("17", person=("Runner", "Pat"), more=_IN)
    + _party(
        "23",
        "Shellmoor Trading LLC",
        _IN
        + _number("990011002", "2")
        + "<Account><AccountNumberText>000-771</AccountNumberText><PartyAccountAssociation>"
        "<PartyAccountAssociationTypeCode>8</PartyAccountAssociationTypeCode></PartyAccountAssociation></Account>",
    )
    + _CASH,
    "CTRX",
)

_HEAD = """<report><schema_version>{version}</schema_version><rentity_id>77</rentity_id><submission_code>E</submission_code>
<report_code>{code}</report_code><entity_reference>{number}</entity_reference><{filed}>2025-03-04T10:00:00</{filed}>
<currency_code_local>AED</currency_code_local><reporting_person><first_name>Mina</first_name><last_name>Officer</last_name>
<ssn>784-1980-55501</ssn></reporting_person><reason>Structured deposits</reason><action>Watched</action>"""
_ANA = """<first_name>Ana</first_name><last_name>Vantongeren</last_name><birthdate>1985-03-12T00:00:00</birthdate>
<{number}>784198512345671</{number}><nationality1>AE</nationality1><phones><phone><tph_country_prefix>971</tph_country_prefix>
<tph_number>501112233</tph_number></phone></phones>"""
_ACCOUNT = """<institution_name>Gulf Bank</institution_name><swift>GULFAEAD</swift><account>12-34</account>
<currency_code>AED</currency_code>{people}"""
STR5 = (
    _HEAD.format(version="5.0.2", code="STR", number="STR-7", filed="submission_date")
    + "<transaction><transactionnumber>T-1</transactionnumber><transaction_description>Deposit</transaction_description>"
    "<date_transaction>2025-03-01T09:30:00</date_transaction><transmode_code>CASHD</transmode_code>"
    "<amount_local>36700.00</amount_local><t_from_my_client><from_funds_code>CASH</from_funds_code><from_foreign_currency>"
    "<foreign_currency_code>USD</foreign_currency_code><foreign_amount>10000</foreign_amount>"
    "<foreign_exchange_rate>3.67</foreign_exchange_rate></from_foreign_currency><t_conductor><first_name>Bo</first_name>"
    "<last_name>Courier</last_name></t_conductor><from_person>"
    + _ANA.format(number="id_number")
    + "</from_person><from_country>AE</from_country></t_from_my_client><t_to><to_funds_code>BANKD</to_funds_code><to_account>"
    + _ACCOUNT.format(
        people="<t_entity><name>Reefdust FZE</name><director_id><first_name>Di</first_name><last_name>Rector</last_name>"
        "<role>UBO</role></director_id></t_entity><related_persons><account_related_person><t_person><first_name>Sig</first_name>"
        "<last_name>Natory</last_name></t_person><role>OM</role></account_related_person></related_persons>"
    )
    + "</to_account><to_country>AE</to_country></t_to></transaction>"
    "<transaction><transactionnumber>T-2</transactionnumber><date_transaction>2025-03-02T00:00:00</date_transaction>"
    "<amount_local>500</amount_local><involved_parties><party><role>B</role><entity><name>Reefdust FZE</name></entity>"
    "</party></involved_parties></transaction><report_indicators><indicator>STRUC</indicator></report_indicators></report>"
)
STR4 = (
    _HEAD.format(version="4.0", code="STR", number="STR-8", filed="report_date")
    + "<transaction><transactionnumber>T-9</transactionnumber><date_transaction>2025-04-01T00:00:00</date_transaction>"
    "<amount_local>-7900000000000000.0</amount_local><t_from><from_account>"
    + _ACCOUNT.format(
        people="<signatory><is_primary>1</is_primary><t_person>"
        + _ANA.format(number="ssn")
        + "</t_person><role>P</role></signatory>"
    )
    + "</from_account></t_from><t_to_my_client><to_person><first_name>Zed</first_name><last_name>Old</last_name>"
    "<birthdate>1697-02-01T00:00:00Z</birthdate></to_person></t_to_my_client></transaction><report_indicators/></report>"
)
DPMSR = (
    _HEAD.format(version="5.0.2", code="DPMSR", number="D-1", filed="submission_date")
    + "<activity><report_parties><report_party><person_my_client>"
    + _ANA.format(number="id_number")
    + "</person_my_client><significance>8</significance><reason>Paid cash for gold</reason></report_party></report_parties>"
    "<goods_services><item><item_type>GOLD</item_type><description>1 kg bar</description><estimated_value>75000</estimated_value>"
    "<currency_code>AED</currency_code></item></goods_services></activity>"
    "<report_indicators><indicator>DPMSJ</indicator></report_indicators></report>"
)


def _fisica(first: str, father: str, rfc: str, more: str = "") -> str:
    return (
        f"<persona_fisica><nombre>{first}</nombre><apellido_paterno>{father}</apellido_paterno><apellido_materno>XXXX"
        f"</apellido_materno><rfc>{rfc}</rfc>{more}</persona_fisica>"
    )


_MORAL = (
    "<persona_moral><denominacion_razon>{name}</denominacion_razon><fecha_constitucion>19900110</fecha_constitucion>"
    "<rfc>{rfc}</rfc><pais_nacionalidad>MX</pais_nacionalidad>{more}</persona_moral>"
)
_AGENT = (
    "<representante_apoderado><nombre>REMEDIOS</nombre><apellido_paterno>TESTAFERRO</apellido_paterno><apellido_materno>GIL"
    "</apellido_materno><curp>TEGR800101MDFSLM09</curp></representante_apoderado>"
)


def _avisos(*bodies: str, space: str = "spr") -> str:
    texts = "".join(f"<aviso>{b}</aviso>" for b in bodies)
    return (
        f'\ufeff<?xml version="1.0" encoding="UTF-8"?><archivo xmlns="http://www.uif.shcp.gob.mx/recepcion/{space}"><informe>'
        "<mes_reportado>202403</mes_reportado><sujeto_obligado><clave_sujeto_obligado>NOTA700101AB1</clave_sujeto_obligado>"
        f"<clave_actividad>{space.upper()}</clave_actividad></sujeto_obligado>{texts}</informe></archivo>"
    )


AVISO = _avisos(
    "<referencia_aviso>REF-1</referencia_aviso><prioridad>1</prioridad><alerta><tipo_alerta>0100</tipo_alerta></alerta>"
    "<persona_aviso><tipo_persona>"
    + _MORAL.format(name="COMERCIAL EJEMPLO", rfc="CEJ900110AB1", more=_AGENT)
    + "</tipo_persona><tipo_domicilio><nacional><colonia>CENTRO</colonia><calle>REAL</calle><numero_exterior>5</numero_exterior>"
    "<codigo_postal>25000</codigo_postal></nacional></tipo_domicilio><telefono><clave_pais>MX</clave_pais><numero_telefono>"
    "8441234567</numero_telefono></telefono></persona_aviso><dueno_beneficiario><tipo_persona>"
    + _fisica("BENITO", "DUENAS", "XAXX010101000")
    + "</tipo_persona></dueno_beneficiario><detalle_operaciones><datos_operacion><fecha_operacion>20240311</fecha_operacion>"
    "<tipo_actividad><constitucion_sociedades_mercantiles><denominacion_razon>NUEVA PANTALLA</denominacion_razon>"
    "<datos_accionista><tipo_persona>"
    + _fisica("SOCORRO", "SOCIA", "SOSO800101AB1")
    + "</tipo_persona><numero_acciones>600</numero_acciones></datos_accionista></constitucion_sociedades_mercantiles>"
    "</tipo_actividad><datos_operacion_financiera><fecha_pago>20240312</fecha_pago><instrumento_monetario>1</instrumento_monetario>"
    "<moneda>2</moneda><monto_operacion>50000.00</monto_operacion></datos_operacion_financiera></datos_operacion>"
    "</detalle_operaciones>",
    "<referencia_aviso>REF-2</referencia_aviso><persona_aviso><tipo_persona>"
    + _fisica("BENITO", "DUENAS", "XAXX010101000")
    + "</tipo_persona></persona_aviso><detalle_operaciones><datos_operacion><fecha_operacion>20240315</fecha_operacion>"
    "<tipo_actividad><administracion_recursos><tipo_activo><activo_banco><nombre_institucion>BANCO EJEMPLO</nombre_institucion>"
    "<numero_cuenta>9988</numero_cuenta></activo_banco></tipo_activo><tipo_activo><activo_inmobiliario><tipo_inmueble>3"
    "</tipo_inmueble><valor_referencia>785002.00</valor_referencia><folio_real>FOL-507</folio_real></activo_inmobiliario>"
    "</tipo_activo></administracion_recursos></tipo_actividad></datos_operacion></detalle_operaciones>",
)
ALL = {"sar.xml": SAR, "ctr.xml": CTR, "str5.xml": STR5, "str4.xml": STR4, "dpmsr.xml": DPMSR, "aviso.xml": AVISO}


def _roles(graph, kind: str) -> set[tuple[str, str, str]]:
    """Source, role, target of the links of a kind, by name."""
    links = graph.links(kind)
    ends = graph.store.entities(sorted({i for x in links for i in (x.source, x.target)}))
    return {(ends[x.source].name, x.first("role") or "", ends[x.target].name) for x in links}


def _only(graph, kind: str) -> dict[str, list[str]]:
    (found,) = graph.entities(kind)
    return graph.values(found)


# -- FinCEN ------------------------------------------------------------------------------------------------------------


def test_a_suspicious_activity_report_tells_who_is_who(graph, write) -> None:
    (made,) = graph.load(write("sar.xml", SAR))
    assert (made.dataset, made.read, made.loaded, made.taint) == ("fincen_bsa", 1, 1, "sar")
    report = _only(graph, "Report")
    assert (report["reportType"], report["date"], report["amount"], report["currency"]) == (
        ["SAR"], ["2024-02-15"], ["94000"], ["USD"],
    )  # fmt: skip
    assert (report["startDate"], report["endDate"], report["indicators"]) == (["2024-01-02"], ["2024-01-31"], ["1/114"])
    assert report["bodyText"] == ["Ten deposits of 9,400. Then nothing."]
    (name,) = report["name"]
    assert {(role, who) for of, role, who in _roles(graph, "DOCUMENTS") if of == name} == {
        ("transmitter", "Banco Ficticio NA"),
        ("filing institution", "Banco Ficticio NA"),
        ("institution in which account is held", "Banco Ficticio NA"),
        ("institution named by a subject", "Banco Ficticio NA"),
        ("subject", "Odalys Quillfeather"),
        ("subject", "Shellmoor Trading LLC"),
        ("subject", "? subject"),
        ("account affected", "000-771"),
    }
    assert ("Odalys Quillfeather", "customer", "Banco Ficticio NA") in _roles(graph, "LINKED_TO")
    assert ("Odalys Quillfeather", "account affected", "000-771") in _roles(graph, "LINKED_TO")
    assert graph.pairs("HELD_AT") == {("000-771", "Banco Ficticio NA")}


def test_partial_births_and_licences_of_states(graph, write) -> None:
    graph.load(write("sar.xml", SAR))
    (person,) = graph.entities("Person")
    assert graph.values(person)["birthDate"] == ["1979-11"]
    types = {(i.first("type"), i.first("number")) for i in graph.entities("Identifier")}
    # the filer's own file number (29) is nobody's official number
    assert types == {("TAX", "110022001"), ("DRIVING LICENCE TX", "X1234567")}


def test_cash_is_paid_by_whose_money_it_is(graph, write) -> None:
    graph.load(write("ctr.xml", CTR))
    (paid,) = graph.links("PAID")
    values = graph.values(paid)
    assert (values["amount"], values["currency"], values["date"], values["method"]) == (
        ["15000"], ["USD"], ["2024-02-29"], ["cash_deposit"],
    )  # fmt: skip
    assert graph.pairs("PAID") == {("Shellmoor Trading LLC", "000-771")}
    takes_part = {(who, role) for who, role, of in _roles(graph, "LINKED_TO") if of.startswith("CTR ")}
    assert takes_part == {
        ("Pat Runner", "person conducting transaction for another"),
        ("Shellmoor Trading LLC", "person on whose behalf the transaction was conducted"),
        ("Banco Ficticio NA", "transaction location"),
    }
    assert _only(graph, "Operation")["operationType"] == ["deposit"]


def test_the_form_is_told_before_behind_or_by_what_it_holds(graph, write) -> None:
    cash = _party("16", person=("Payer", "Al"), more="") + _party("4", "Dealer Inc", _number("331122000", "2")) + _CASH
    foreign = (
        _party("15", person=("Owner", "Fay"))
        + "<Account><AccountMaximumValueAmountText>81000</AccountMaximumValueAmountText>"
        "<AccountNumberText>CH-1</AccountNumberText>"
        "<EFilingAccountTypeCode>142</EFilingAccountTypeCode>"
        + _party("41", "Bank Abroad")
        + _party("42", person=("Owner", "Joe"))
        + "</Account><ForeignAccountActivity><ReportCalendarYearText>2016</ReportCalendarYearText></ForeignAccountActivity>"
    )
    exempt = (
        _party("11", "Plain Co")
        + _party("45", "Bank")
        + "<FilingDateText>20190208</FilingDateText><DesignationExemptActivity><ExemptBasisTypeCode>C</ExemptBasisTypeCode>"
        "</DesignationExemptActivity>"
    )
    files = [write(f"{n}.xml", _fincen(a)) for n, a in (("a", cash), ("b", foreign), ("c", exempt))]
    graph.load(*files, write("d.xml", SAR), write("e.xml", CTR))
    assert sorted(r.first("reportType") or "" for r in graph.entities("Report")) == [
        "8300",
        "CTR",
        "DOEP",
        "FBAR",
        "SAR",
    ]
    assert ("Al Payer", "Dealer Inc") in graph.pairs("PAID")
    assert graph.pairs("HOLDS") == {("Fay Owner", "CH-1"), ("Joe Owner", "CH-1")}
    (account,) = [a for a in graph.entities("BankAccount") if a.name == "CH-1"]
    assert graph.values(account)["maxBalance"] == ["81000"]


def test_people_without_a_number_are_never_merged(graph, write) -> None:
    graph.load(
        write("a.xml", SAR), write("b.xml", SAR.replace("Ten deposits", "Twelve deposits").replace("X1234567", ""))
    )
    assert [p.name for p in graph.entities("Person")] == ["Odalys Quillfeather"] * 2
    # firms of one tax number are one, and both people are at one address
    assert [c.name for c in graph.entities("Company")].count("Banco Ficticio NA") == 1
    assert len(graph.entities("Address")) == 1 and len(graph.links("HAS_ADDRESS")) == 2


def test_an_acknowledgement_is_refused_with_what_it_is(graph, write) -> None:
    text = (
        '<EFilingBatchXML StatusCode="A"><EFilingSubmissionXML><EFilingActivityXML><BSAID>31000055053784</BSAID>'
        "</EFilingActivityXML></EFilingSubmissionXML></EFilingBatchXML>"
    )
    for how in ({}, {"dataset": "fincen_acknowledgement"}):
        with pytest.raises(InputError) as caught:
            graph.load(write("ack.xml", text), **how)
        assert caught.value.code == "fincen_acknowledgement"
        assert "ack.xml is FinCEN's acknowledgement" in str(caught.value)


# -- goAML -------------------------------------------------------------------------------------------------------------


def test_a_goaml_transaction_goes_from_one_end_to_the_other(graph, write) -> None:
    (made,) = graph.load(write("str.xml", STR5))
    assert (made.dataset, made.read, made.loaded, made.rejected) == ("goaml", 3, 3, 0)
    (paid,) = graph.links("PAID")
    values = graph.values(paid)
    assert graph.pairs("PAID") == {("Ana Vantongeren", "12-34")}
    assert {n: values[n] for n in ("amount", "currency", "instructedAmount", "instructedCurrency", "exchangeRate")} == {
        "amount": ["36700"],
        "currency": ["AED"],
        "instructedAmount": ["10000"],
        "instructedCurrency": ["USD"],
        "exchangeRate": ["3.67"],
    }
    assert (values["date"], values["transactionNumber"], values["recordId"]) == (
        ["2025-03-01T09:30:00"],
        ["T-1"],
        ["STR-7"],
    )
    report = _only(graph, "Report")
    assert (report["indicators"], report["bodyText"]) == (["STRUC"], ["Structured deposits"])
    assert "action: Watched" in report["notes"]
    assert graph.pairs("HOLDS") == {("Reefdust FZE", "12-34")}
    assert graph.pairs("OWNS") == {("Di Rector", "Reefdust FZE")}
    linked = _roles(graph, "LINKED_TO")
    assert {("Bo Courier", "conductor", "Ana Vantongeren"), ("Sig Natory", "signatory OM", "12-34")} <= linked
    # no direction is told of the second: a transaction, not a payment
    assert ("Reefdust FZE", "party B", "T-2 2025-03-02") in linked


def test_both_schema_versions_know_one_person(graph, write) -> None:
    graph.load(write("a.xml", STR5), write("b.xml", STR4), write("c.xml", DPMSR))
    (ana,) = [p for p in graph.entities("Person") if p.name == "Ana Vantongeren"]
    values = graph.values(ana)
    assert (values["idNumber"], values["socialSecurityNumber"]) == (["784198512345671"], ["784198512345671"])
    roles = {role for _, role, who in _roles(graph, "DOCUMENTS") if who == ana.name}
    assert roles == {"originator", "signatory P", "reported party"}
    (gold,) = graph.entities("Asset")
    assert (gold.name, graph.values(gold)["amount"]) == ("GOLD", ["75000"])


def test_what_cannot_be_is_kept_as_unreadable(graph, write) -> None:
    (made,) = graph.load(write("b.xml", STR4))
    assert made.rejected == 0
    (paid,) = graph.links("PAID")
    assert "amount" not in graph.values(paid)
    assert graph.values(paid)["unreadable"] == ["amount: -7900000000000000.0 (implausible)"]
    (zed,) = [p for p in graph.entities("Person") if p.name == "Zed Old"]
    assert graph.values(zed)["unreadable"] == ["birthDate: 1697-02-01T00:00:00Z (implausible)"]


# -- Mexico ------------------------------------------------------------------------------------------------------------


def test_an_aviso_tells_client_agent_owner_and_operation(graph, write) -> None:
    (made,) = graph.load(write("aviso.xml", AVISO))
    assert (made.dataset, made.read, made.loaded) == ("mx_pld", 2, 2)
    reports = {graph.values(r)["reportNumber"][0]: graph.values(r) for r in graph.entities("Report")}
    assert (reports["REF-1"]["date"], reports["REF-1"]["indicators"]) == (["2024-03"], ["0100"])
    assert graph.pairs("REPRESENTS") == {("REMEDIOS TESTAFERRO GIL", "COMERCIAL EJEMPLO")}
    assert graph.pairs("OWNS") == {("SOCORRO SOCIA", "NUEVA PANTALLA")}
    assert ("BENITO DUENAS", "beneficial owner", "COMERCIAL EJEMPLO") in _roles(graph, "LINKED_TO")
    (founded,) = [o for o in graph.entities("Operation") if o.name.startswith("constitucion")]
    values = graph.values(founded)
    assert (values["date"], values["amount"], values["currency"], values["method"]) == (
        ["2024-03-11"], ["50000"], ["USD"], ["cash"],
    )  # fmt: skip
    assert "2024-03-12, 50000.00 USD, cash" in values["notes"]
    (estate,) = graph.entities("RealEstate")
    assert (graph.values(estate)["registrationNumber"], graph.values(estate)["amount"]) == (["FOL-507"], ["785002"])
    assert [a.name for a in graph.entities("BankAccount")] == ["9988"]


def test_the_generic_rfc_joins_nobody(graph, write) -> None:
    graph.load(write("aviso.xml", AVISO))
    assert [p.name for p in graph.entities("Person")].count("BENITO DUENAS") == 2
    numbers = {i.first("number") for i in graph.entities("Identifier")}
    assert "XAXX010101000" not in numbers
    assert {"CEJ900110AB1", "SOSO800101AB1", "NOTA700101AB1", "TEGR800101MDFSLM09"} == numbers


@pytest.mark.parametrize("space", ["avi", "din", "jys", "inm", "veh"])
def test_every_activity_has_the_same_skeleton(graph, write, space: str) -> None:
    body = (
        "<referencia_aviso>R</referencia_aviso><persona_aviso><tipo_persona>"
        + _MORAL.format(name="UNA SA", rfc="UNA900110AB1", more="")
        + "</tipo_persona></persona_aviso><detalle_operaciones><datos_operacion><fecha_operacion>20240311</fecha_operacion>"
        f"<algo_de_{space}><datos_contraparte>"
        + _fisica("OTRA", "PARTE", "OAPA800101AB1")
        + f"</datos_contraparte></algo_de_{space}></datos_operacion></detalle_operaciones>"
    )
    graph.load(write("a.xml", _avisos(body, space=space)))
    report = graph.entities("Report")[0]
    assert report.first("reportType") == f"AVISO {space.upper()}"
    roles = {(who, role) for _, role, who in _roles(graph, "DOCUMENTS")}
    assert {("UNA SA", "person of the aviso"), ("OTRA PARTE", "counterparty")} <= roles


# -- all of them -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_same_file_twice_changes_nothing(graph, write, name: str) -> None:
    file = write(name, ALL[name])
    (first,) = graph.load(file)
    before = graph.statements()
    (second,) = graph.load(file)
    assert (second.loaded, second.already_there) == (0, first.read)
    assert graph.statements() == before


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_file_cut_off_is_said_with_its_place(graph, write, name: str) -> None:
    text = ALL[name]
    with pytest.raises(InputError, match=r"line \d+, column \d+"):
        graph.load(write(name, text[: len(text) * 4 // 5]))


@pytest.mark.parametrize("name", sorted(ALL))
def test_text_stays_text(graph, write, name: str) -> None:
    hostile = "=cmd|' /C calc'!A0 &lt;script&gt;alert(1)&lt;/script&gt; \u202e MATCH (n) DETACH DELETE n"
    text = (
        ALL[name].replace("Shellmoor Trading LLC", hostile).replace("Vantongeren", hostile).replace("DUENAS", hostile)
    )
    (made,) = graph.load(write(name, text))
    assert made.rejected == 0


SECRETS = (
    "Quillfeather", "Shellmoor", "Vantongeren", "Reefdust", "TESTAFERRO", "PANTALLA", "Ten deposits", "94000", "REF-1", "STR-7",
    "fincen_bsa", "goaml", "mx_pld", "sar.xml", "Report", "Operation", "Reporte", "000-771",
)  # fmt: skip


def _texts(path: Path) -> str:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            return "\n".join(parts.read(n).decode("utf-8-sig") for n in parts.namelist())
    return path.read_text("utf-8")


def _register(write) -> Path:
    """A register that knows a firm which a report names too, by the same number and address."""
    return write(
        "register.csv",
        "transfer_id,date,amount,currency,originator_name,originator_tax_id,beneficiary_name\n"
        "1,2024-01-05,100,USD,Comercial Ejemplo,CEJ900110AB1,Beta\n",
    )


@pytest.mark.parametrize("format", sorted(exports()))
def test_nothing_of_a_report_leaves_unless_it_is_asked_for(graph, write, tmp_path: Path, format: str) -> None:
    """What goes out is what would go out if the reports had never been loaded: neither presence nor absence is told."""
    register = _register(write)
    graph.load(register, *(write(n, t) for n, t in ALL.items()))
    out = tmp_path / "out"
    export(graph.store, format, out)
    text = _texts(out)
    assert "Comercial Ejemplo" in text
    looked = text if format != "html" else text.partition('id="data">')[2].partition("</script>")[0]
    assert [s for s in SECRETS if s in looked] == []
    ids = [r["id"] for r in graph.store.nodes().to_pylist()]
    export(graph.store, format, tmp_path / "chosen", ids=ids[:200])
    looked = _texts(tmp_path / "chosen")
    looked = looked if format != "html" else looked.partition('id="data">')[2].partition("</script>")[0]
    assert [s for s in SECRETS if s in looked] == []
    export(graph.store, format, tmp_path / "asked", include_taint=["sar"])
    assert {"Quillfeather", "Vantongeren", "TESTAFERRO"} <= {s for s in SECRETS if s in _texts(tmp_path / "asked")}


def _version_aside(text: str) -> str:
    """A store counts its writes, whatever they were: the number tells of no report, and is not the same in two stores."""
    return re.sub(r'key="g0">\d+<|"(data_version|version|dataVersion)": ?"?\d+"?', "", text)


@pytest.mark.parametrize("format", sorted(exports()))
def test_an_export_is_the_same_with_and_without_the_reports(graph, write, tmp_path: Path, format: str) -> None:
    register = _register(write)
    graph.load(register, *(write(n, t) for n, t in ALL.items()))
    alone = open_store("sqlite:///:memory:")
    type(graph)(alone).load(register)
    export(graph.store, format, tmp_path / "with")
    export(alone, format, tmp_path / "without")
    assert _version_aside(_texts(tmp_path / "with")) == _version_aside(_texts(tmp_path / "without"))


def test_dates_and_sums_that_are_none_stay_as_they_are() -> None:
    assert (day("99999999"), day("soon"), sum_of(""), sum_of("1e5")) == ("9999-99-99", "soon", "", "1e5")


# -- the real files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "dataset", "read"),
    [
        ("fincen_sar_batch.xml", "fincen_bsa", 1),
        ("fincen_ctr_batch.xml", "fincen_bsa", 1),
        ("fincen_8300_batch.xml", "fincen_bsa", 1),
        ("fincen_doep_batch.xml", "fincen_bsa", 1),
        ("fincen_fbar_batch.xml", "fincen_bsa", 1),
        ("goaml/goaml_SAR.xml", "goaml", 2),
        ("goaml/goaml_STR.xml", "goaml", 2),
        ("goaml/goaml_DPMSR.xml", "goaml", 2),
        ("goaml/goaml_TR.2079.200000309.xml", "goaml", 2),
        ("goaml/goaml_TR.2079.200000310.xml", "goaml", 2),
        ("goaml/goaml_USG-dpmsr-activity.xml", "goaml", 2),
        ("goaml/goaml_report_template.xml.gz", "goaml", 28),
        ("mx_pld/ejemplo_spr1_compraventainmuebles2.xml", "mx_pld", 1),
        ("mx_pld/ejemplo_spr3_administracionrecursos2.xml", "mx_pld", 1),
        ("mx_pld/ejemplo_spr4_constitucionsocmercantiles2.xml", "mx_pld", 1),
        ("mx_pld/ejemplo_spr9_constitucionfideicomiso2.xml", "mx_pld", 1),
        ("mx_pld/ejemplo_spr10_compraventaentmercantil2.xml", "mx_pld", 1),
    ],
)
def test_published_samples_load_whole(graph, real: Path, name: str, dataset: str, read: int) -> None:
    (made,) = graph.load(real / MONEY / name)
    assert (made.dataset, made.read, made.loaded, made.rejected, made.taint) == (dataset, read, read, 0, "sar")
    assert len(graph.entities("Report")) == 1
    assert graph.store.counts()["links"]["DOCUMENTS"] >= 3


def test_real_files_give_what_they_hold(graph, real: Path) -> None:
    folder = real / MONEY
    graph.load(folder / "fincen_sar_batch.xml", folder / "mx_pld" / "ejemplo_spr9_constitucionfideicomiso2.xml")
    (sar,) = [r for r in graph.entities("Report") if r.first("reportType") == "SAR"]
    # PartyCount says 1; six stand in the file with something to say, and two empty ones beneath them
    assert sum(x.source == sar.id for x in graph.links("DOCUMENTS")) == 6
    roles = [role for _, role, _ in _roles(graph, "DOCUMENTS")]
    counted = {r: roles.count(r) for r in ("person of the aviso", "beneficial owner", "settlor", "trust beneficiary")}
    assert counted == {"person of the aviso": 4, "beneficial owner": 3, "settlor": 9, "trust beneficiary": 6}


def test_the_real_acknowledgement_is_refused(graph, real: Path) -> None:
    with pytest.raises(InputError) as caught:
        graph.load(real / MONEY / "fincen_sar_acknowledgement.xml")
    assert caught.value.code == "fincen_acknowledgement"
