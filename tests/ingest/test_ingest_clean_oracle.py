"""Values cleaned as FollowTheMoney cleans them, asked of FollowTheMoney itself."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vinculo.ingest.clean import SAME_AS_FTM, cleaner
from vinculo.ingest.clean.text import printable

QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=30)
DIGITS = st.text("0123456789-/.:TZ +", max_size=26)
DATES = st.from_regex(
    r"[12]\d{3}(-\d{1,2}(-\d{1,2}([T ]\d{1,2}(:\d{1,2}(:\d{1,2}(Z|[+-]\d\d:\d\d)?)?)?)?)?)?", fullmatch=True
)
HOSTS = st.from_regex(
    r"(https?://|ftp://|//)?[a-zA-Z0-9.-]{1,12}(\.[a-z]{1,4})?(:\d{1,5})?(/[a-z/;?=# ]{0,9})?", fullmatch=True
)
MAILS = st.from_regex(r"(mailto:)?[a-zA-Z.+ ]{0,9}@[a-zA-Z0-9-]{0,9}(\.[a-zA-Z0-9]{1,4}){0,2}\.?", fullmatch=True)
PHONES = st.from_regex(r"\+?[1-9][0-9 ()-]{5,14}", fullmatch=True)


def ours(kind: str, texts: list[str], form: str = "") -> list[str | None]:
    clean = cleaner(kind, (form,) if form else (), ftm=True)
    return [None if (text := printable(t)) is None else clean(text, "") or None for t in texts]


def theirs(oracle: Any, kind: str, texts: list[str], form: str = "") -> list[str | None]:
    return [t or None for t in oracle.ask(op="clean", type=kind, values=texts, format=form or None)]


SPECIAL: dict[str, st.SearchStrategy[str]] = {
    "date": st.one_of(DATES, DIGITS),
    "url": HOSTS,
    "email": MAILS,
    "phone": PHONES,
    "ip": st.one_of(st.ip_addresses().map(str), DIGITS),
    "gender": st.sampled_from(["m", "F", "male", "FEMALE", "Männlich", "x", "divers", "女", "other", ""]),
    "country": st.sampled_from(["mx", "MX", "usa", "Germany", "xx", "Atlantis", "gb", "NA", "na", "Namibia", "USSR"]),
}


@pytest.mark.parametrize("kind", SAME_AS_FTM)
def test_a_value_of_this_type_is_cleaned_the_same(kind: str, oracle: Any) -> None:
    @QUIET
    @given(st.lists(SPECIAL.get(kind, TEXTS), min_size=1, max_size=40))
    def compared(texts: list[str]) -> None:
        assert ours(kind, texts) == theirs(oracle, kind, texts)

    compared()


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%Y%m%d", "%m/%d/%y", "%d %b %Y", "%Y-%m-%d %H:%M", "%Y", "%m/%Y"])
def test_a_date_by_its_format_is_the_same(form: str, oracle: Any) -> None:
    texts = [
        "31/12/2023",
        "20240229",
        "02/30/24",
        "3 Apr 2014",
        "2024-01-02 03:04",
        "2024",
        "13/2024",
        "12/2024",
        "x",
        "",
    ]
    assert ours("date", texts, form) == theirs(oracle, "date", texts, form)


def test_every_country_code_and_english_name_is_the_same(oracle: Any) -> None:
    rows = list(csv.DictReader(files("vinculo.ingest.clean").joinpath("countries.csv").read_text("utf-8").splitlines()))
    texts = [t for r in rows for t in (r["code"], r["alpha3"], r["en"], r["en"].upper()) if t]
    assert len(texts) > 900
    assert ours("country", texts) == theirs(oracle, "country", texts)


def test_no_form_of_a_country_is_another_country_there(oracle: Any) -> None:
    rows = list(csv.DictReader(files("vinculo.ingest.clean").joinpath("countries.csv").read_text("utf-8").splitlines()))
    texts = [t for r in rows for t in (r["es"], *r["also"].split("|")) if t]
    pairs = zip(texts, ours("country", texts), theirs(oracle, "country", texts), strict=True)
    assert [(t, o, x) for t, o, x in pairs if o is None or (x is not None and o != x)] == []
