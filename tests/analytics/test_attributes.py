"""Companies at a shared attribute are counted as parties, not as the nodes they have in the store."""

from __future__ import annotations

import pytest

from vinculo.analytics.attributes import attributes
from vinculo.analytics.context import Context
from vinculo.analytics.detect import detect

RFC = "NOT010101AB1"


def users(case, phone: str) -> dict[str, set[str]]:
    """Id of each company counted at the phone, and the ids of all parties that are counted as it."""
    context = Context.from_store(case.store())
    at = attributes(context)["phone", context.network.ids.to_pylist().index(phone)]
    return {
        context.ids([company])[0]: {i for actor in counted for i in context.ids(context.actors.parties(actor))}
        for company, counted in at.items()
    }


def phone_of(case, *parties: str) -> str:
    phone = case.entity("Phone", "+525555550100", number="+525555550100")
    for party in parties:
        case.link("HAS_PHONE", party, phone)
    return phone


def test_a_party_and_its_register_entry_of_the_same_tax_number_count_once_at_a_phone(case):
    shipper, register = case.company("Frutas Norvalle", RFC), case.company("NORVALLE FRUTAS Y LEGUMBRES", RFC)
    listed = case.entity("Company", "Norvalle (list)", taxNumber="NOT-010101-AB1")
    other = case.company("Otra", "OTR010101AB1")
    phone = phone_of(case, shipper, register, listed, other)
    counted = users(case, phone)
    assert sorted(map(len, counted.values())) == [1, 3]
    assert {shipper, register, listed} in counted.values() and {other} in counted.values()


@pytest.mark.parametrize("number", ["", "OTR010101AB1"])
def test_a_name_cut_short_counts_as_the_whole_one_unless_it_has_a_tax_number_of_its_own(case, number):
    whole = case.company("Productores de Hortalizas Galvimabel, S.A. de C.V.", RFC)
    cut = case.company("PRODUCTORES DE HORTALIZAS GALVIMABE", number)
    counted = users(case, phone_of(case, cut, whole))
    assert counted == ({whole: {whole, cut}} if not number else {whole: {whole}, cut: {cut}})


def test_a_short_name_is_no_beginning_of_another(case):
    parties = case.company("Frutas"), case.company("Frutas del Norte")
    assert len(users(case, phone_of(case, *parties))) == 2


def test_namesakes_of_a_party_under_two_names_are_all_that_party(case):
    bare = case.company("Norvalle")
    register = case.entity("Company", "Norvalle Hermanos", taxNumber=RFC)
    named = case.entity("Company", "NORVALLE", taxNumber=RFC)
    assert users(case, phone_of(case, bare, register, named)).popitem()[1] == {bare, register, named}


def around_a_seizure(case, *, twice: bool, number: str = RFC) -> tuple[str, list[str]]:
    """A notify party that shares its phone with two shells, each of the three in a register too, where asked for."""
    for k in range(20):
        seller, buyer = (
            case.company(f"Seller {k}", f"SEL0101{k:02d}AB1"),
            case.company(f"Buyer {k}", f"BUY0101{k:02d}AB1"),
        )
        for n in range(20):
            case.consignment(f"M{k}-{n}", seller, buyer, 3 * n + k)
    numbers = {"Shell 0": "SHE010100AB1", "Shell 1": "SHE010101AB1", "Notify": number}
    parties = {name: case.company(name, tax) for name, tax in numbers.items()}
    entries = [case.company(f"{name} in the register", tax) for name, tax in numbers.items() if tax] if twice else []
    phone_of(case, *parties.values(), *entries)
    seller, buyer = case.company("Odd seller", "ODS010101AB1"), case.company("Odd buyer", "ODB010101AB1")
    for n in range(6):
        last = case.consignment(f"Z{n}", seller, buyer, 10 * n, notify=parties["Notify"])
    case.link("SEIZED_FROM", case.entity("Seizure", "S1", date="2024-03-01"), last)
    return parties["Notify"], entries


def told_of(case, notify: str):
    findings = detect(case.store(), typologies=["seizure_proximity"])
    [finding] = [f for f in findings if (notify, "near_seizure") in f.entities]
    return finding


def test_register_entries_change_neither_the_figures_of_a_finding_nor_its_sentence(case):
    other = type(case)()
    notify, entries = around_a_seizure(case, twice=True)
    twice = told_of(case, notify)
    alone = told_of(other, around_a_seizure(other, twice=False)[0])
    other.close()
    assert (twice.score, twice.features, twice.reason) == (alone.score, alone.features, alone.reason)
    assert "with 2 companies" in twice.reason.en and set(entries) <= {i for i, _ in twice.entities}


def test_a_namesake_without_a_number_behind_a_seizure_has_the_ties_of_the_party_it_counts_as(case):
    notify, _ = around_a_seizure(case, twice=False, number="")
    namesake = case.entity("Company", "NOTIFY", taxNumber=RFC)
    phone_of(case, namesake)
    assert "with 2 companies" in told_of(case, notify).reason.en
