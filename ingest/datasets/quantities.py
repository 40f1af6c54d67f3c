"""Quantities and weights as value, unit and the text as it was written: a unit beside the number is read, a guess never made."""

from __future__ import annotations

import re
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.clean.numbers import number
from vinculo.ingest.clean.text import folded
from vinculo.ingest.datasets import columns as c

#: Kilograms in a unit, by its name as compared.
KILOGRAMS = {
    **dict.fromkeys(
        ("kilograms", "kilogram", "kg", "kgs", "kgm", "kilo", "kilos", "kilogramo", "kilogramos"), Decimal(1)
    ),
    **dict.fromkeys(("pounds", "pound", "lb", "lbs", "lbr", "libra", "libras"), Decimal("0.45359237")),
    **dict.fromkeys(("metric tons", "metric ton", "tne", "tonelada metrica", "toneladas metricas"), Decimal(1000)),
    "long tons": Decimal("1016.0469088"),
    "short tons": Decimal("907.18474"),
}
_WITH_UNIT = r"^(?P<number>[+-]?\d[\d.,' ]*?)\s*(?P<unit>\pL[^\d]*)$"
#: A number that is kept as it stands: its text says no more.
_PLAIN = r"^-?(0|[1-9]\d*)(\.\d*[1-9])?$"


def in_kilograms(told: str) -> str | None:
    """A weight and its unit, ``131704 Pounds``, in kilograms to the gram; ``None`` where the unit is not known.

    Examples
    --------
    >>> in_kilograms("131704 Pounds"), in_kilograms("1,5 Bushels")
    ('59739.929', None)
    """
    amount, _, unit = told.partition(" ")
    return _kilograms(number(amount, ("1,234.56",)), unit)


def _kilograms(made: str | None, unit: str) -> str | None:
    factor = KILOGRAMS.get(re.sub(r"[\W_]+", " ", folded(unit)).strip())
    if factor is None or made is None:
        return None
    return number(f"{(Decimal(made) * factor).quantize(Decimal('0.001')):f}")


def as_written(*parts: pa.Array) -> pa.Array:
    """The text of a quantity where it says more than a plain number in a cell of its own does.

    Examples
    --------
    >>> as_written(pa.array(["12 CTN", "1.50", "12"])).to_pylist()
    ['12 CTN', '1.50', None]
    """
    plain = pc.fill_null(pc.match_substring_regex(parts[0], _PLAIN), False)
    several = pc.is_valid(parts[1]) if len(parts) > 1 else pa.scalar(False)
    told = c.if_any(parts[0], c.joined(parts, " "))
    return c.where(told, pc.or_(pc.invert(plain), several))


def with_unit(table: pa.Table, quantity: str, unit: str) -> pa.Table:
    """Put a unit that stands beside the number (``12 CTN``) into the column of units, where that is empty.

    ``<quantity> text`` has what stood there. A text that is no number with a unit, or has another unit than its column
    says, stays as it is.

    Examples
    --------
    >>> table = pa.table({"quantity": ["12 CTN", "7", "3 BX"], "unit": ["", "PCS", "KG"]})
    >>> made = with_unit(table, "quantity", "unit")
    >>> [made.column(n).to_pylist() for n in ("quantity", "unit", "quantity text")]
    [['12', '7', '3 BX'], ['CTN', 'PCS', 'KG'], ['12 CTN', None, '3 BX']]
    """
    said, units = c.texts(table, quantity), c.texts(table, unit)
    numbers, beside = _parted(said)
    fits = pc.or_(pc.is_null(units), pc.equal(pc.utf8_lower(units), pc.utf8_lower(beside)))
    fits = pc.and_(pc.is_valid(beside), pc.fill_null(fits, True))
    return c.with_columns(
        table,
        {
            quantity: pc.if_else(fits, numbers, said),
            unit: pc.if_else(fits, beside, units),
            f"{quantity} text": as_written(said),
        },
    )


def weight_in_kilograms(table: pa.Table, weight: str) -> pa.Table:
    """Take a known unit from a column of kilograms (``500 KG``, ``1100 lb``), and convert it; the text is in ``<weight> text``.

    Examples
    --------
    >>> made = weight_in_kilograms(pa.table({"kg": ["500 KG", "100 lb", "12 TON"]}), "kg")
    >>> made.column("kg").to_pylist(), made.column("kg text").to_pylist()
    (['500', '45.359', '12 TON'], ['500 KG', '100 lb', '12 TON'])
    """
    said = c.texts(table, weight)
    numbers, units = _parted(said)
    kilograms = pc.equal(pc.fill_null(c.through(units, lambda u: _kilograms("1", u)), ""), "1")
    made = pc.coalesce(c.where(numbers, kilograms), c.through(c.where(said, pc.is_valid(units)), _converted), said)
    return c.with_columns(table, {weight: made, f"{weight} text": as_written(said)})


def _parted(said: pa.Array) -> tuple[pa.Array, pa.Array]:
    parts = pc.extract_regex(said, _WITH_UNIT)
    return c.present(pc.struct_field(parts, "number")), c.present(pc.struct_field(parts, "unit"))


def _converted(text: str) -> str | None:
    numbers, units = _parted(pa.array([text]))
    # without a sample of how numbers are written here, 1,234 is not read
    return _kilograms(number(numbers[0].as_py() or ""), units[0].as_py() or "")
