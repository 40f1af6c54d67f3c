"""Columns of names and official numbers: what names nobody, what kind of party a name tells of, which numbers compare."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.clean.identifiers import GENERIC_RFC, compact, rfc
from vinculo.ingest.datasets.columns import compared, country_codes, distinctly, if_any, joined, through, where

#: What stands in a name's place and names nobody: bearer bills, pointers to another box, blanks of many makes.
NOBODY = (
    r"^(to (the )?orders?( of.*)?|to bearer|order|a la orden( de.*)?|al portador|same( as .*)?|as above|"
    r"(el |la )?mism[oa]s?( .*)?|n a|na|nan|null|none|nil|unknown|desconocid[oa]|not (available|declared|stated|given)|"
    r"no (name|declarad[oa]|disponible|identificad[oa])|sin (nombre|dato|datos|datos de .*)|undisclosed|x+)$"
)
#: Endings that only firms have, on a compared name.
_FIRM = (
    r"(^| )(s a|sa|s a de c v|sa de cv|de c v|de cv|s de r l|s de rl|srl|s r l|s c|sc|a c|ac|s p r|spr|sapi|s a p i|s a s|sas|"
    r"ltda|limitada|eirl|llc|l l c|llp|l l p|lp|inc|incorporated|corp|corporation|company|co|ltd|limited|plc|gmbh|ag|bv|b v|nv|"
    r"n v|spa|s p a|pte|pty|oy|ab|kg|ooo|oao|zao|sarl|s a r l|bank|banco|cooperativa|group|grupo|trading|logistics|import|"
    r"imports|export|exports|international|industries|enterprises|holdings?)( |$)"
)


class TaxNumbers(NamedTuple):
    """Tax numbers of a column, compared within their country: the same digits are another taxpayer's in another country.

    Attributes
    ----------
    key : pyarrow.Array
        What tells a party of one dataset from another: the number, with its country where that is known.
    number : pyarrow.Array
        The number as a node that datasets share; null where no country is known, for then it says nothing.
    type : pyarrow.Array
        ``RFC`` or ``TAX``.
    country : pyarrow.Array
        The country that gave it; null for an RFC, which tells its own.
    """

    key: pa.Array
    number: pa.Array
    type: pa.Array
    country: pa.Array


def tax_numbers(values: pa.Array, countries: pa.Array) -> TaxNumbers:
    """Tax numbers as they compare.

    Generic RFCs, and texts that can be no number of one taxpayer (too short, one character only), give none.

    Parameters
    ----------
    values : pyarrow.Array
        As they stand.
    countries : pyarrow.Array
        The country of each party, in any form.

    Examples
    --------
    >>> countries = pa.array(["US", "MX", "GT", None])
    >>> made = tax_numbers(pa.array(["dib-771110-hq1", "XAXX010101000", "12-3456789", "12-3456789"]), countries)
    >>> made.key.to_pylist(), made.number.to_pylist()
    (['DIB771110HQ1', None, '123456789|gt', '123456789'], ['DIB771110HQ1', None, '123456789', None])
    """
    plain = through(values, number_key)
    types = through(plain, lambda made: "RFC" if rfc(made) else "TAX")
    own = pc.equal(types, "RFC")
    country = pc.if_else(own, pa.scalar(None, pa.string()), where(country_codes(countries), pc.is_valid(plain)))
    told = pc.or_(pc.fill_null(own, False), pc.is_valid(country))
    key = pc.coalesce(if_any(country, joined([plain, country], "|")), plain)
    return TaxNumbers(key, where(plain, told), where(types, told), country)


def number_key(text: str) -> str | None:
    """An official number as it compares; ``None`` for a generic RFC and for what can be no number of one holder.

    Examples
    --------
    >>> number_key("784-1990"), number_key("XEXX010101000"), number_key("000000000"), number_key("string")
    ('7841990', None, None, None)
    """
    made = compact(text) or ""
    if made in GENERIC_RFC or len(made) < 5 or len(set(made)) == 1 or not any(c.isdigit() for c in made):
        return None
    return made


def named(values: pa.Array) -> pa.Array:
    """Names of somebody; null where the text names nobody (``TO ORDER``, ``SAME AS CONSIGNEE``)."""
    nobody = distinctly(values, lambda some: pc.match_substring_regex(compared(some), NOBODY))
    return pc.if_else(pc.fill_null(nobody, True), pa.scalar(None, pa.string()), values)


def party_kinds(names: pa.Array, tax: pa.Array) -> pa.Array:
    """``Person`` or ``Company`` where an RFC's length or a firm's ending tells, else ``LegalEntity``.

    Examples
    --------
    >>> party_kinds(pa.array(["Ana Ruiz", "Ana Ruiz", "Norte S. de R.L."]), pa.array(["RUAA800101AB1", None, None])).to_pylist()
    ['Person', 'LegalEntity', 'Company']
    """
    is_rfc = pc.fill_null(pc.match_substring_regex(tax, r"^[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}$"), False)
    length = pc.fill_null(pc.utf8_length(tax), 0)
    firm = pc.fill_null(distinctly(names, lambda some: pc.match_substring_regex(compared(some), _FIRM)), False)
    return pc.case_when(
        pc.make_struct(pc.and_(is_rfc, pc.equal(length, 13)), pc.or_(pc.and_(is_rfc, pc.equal(length, 12)), firm)),
        pa.scalar("Person"),
        pa.scalar("Company"),
        pa.scalar("LegalEntity"),
    )
