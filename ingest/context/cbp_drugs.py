"""US Customs and Border Protection: drug seizures by month, office and drug."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.context import Column, ContextTable

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
#: The fiscal year of the United States begins in October of the year before.
_FIRST = 10


def prepare(table: pa.Table, sheet: str) -> pa.Table:
    """The table with the calendar month of each row (``2020-10`` for OCT of fiscal year 2021)."""
    month = pc.add(
        pc.index_in(pc.utf8_upper(pc.utf8_trim_whitespace(table.column("month (abbv)"))), pa.array(_MONTHS)), 1
    )
    texts = pc.utf8_trim_whitespace(table.column("fy"))
    year = pc.cast(pc.if_else(pc.match_substring_regex(texts, "^[12][0-9]{3}$"), texts, None), pa.int64())
    year = pc.subtract(year, pc.cast(pc.greater_equal(month, _FIRST), pa.int64()))
    made = pc.binary_join_element_wise(
        pc.cast(year, pa.string()), pc.utf8_lpad(pc.cast(month, pa.string()), 2, "0"), "-"
    )
    return table.append_column("month", pc.fill_null(made, ""))


CONTEXT = ContextTable(
    name="cbp_drugs",
    title=Text(
        "Drug seizures of US customs by month and office",
        "Decomisos de drogas de la aduana de EE. UU. por mes y oficina",
    ),
    description=Text(
        "Events and pounds by fiscal year and month, component, region, office and drug. Fiscal years begin "
        "in October: month is "
        "the calendar's. Offices of the two components overlap on the map, not in the figures. Releases overlap in time.",
        "Eventos y libras por año fiscal y mes, componente, región, oficina y droga. El año fiscal empieza "
        "en octubre: month es "
        "el mes calendario. Las oficinas de los dos componentes coinciden en el mapa, no en las cifras. Las "
        "ediciones se traslapan.",
    ),
    publisher="US Customs and Border Protection",
    licence="US federal government work, public domain in the United States",
    url="https://www.cbp.gov/newsroom/stats/drug-seizure-statistics",
    columns=(
        Column("fy", "year", needed=True),
        Column("month (abbv)", "code", needed=True),
        Column("component", needed=True),
        Column("region"),
        Column("land filter"),
        Column("area of responsibility", needed=True),
        Column("drug type", needed=True),
        Column("count of event", "count", "events"),
        Column("sum qty (lbs)", "number", "lb"),
    ),
    optional=(Column("month", "code", needed=True, derived=True),),
    key=("fy", "month (abbv)", "component", "region", "land filter", "area of responsibility", "drug type"),
    prepare=prepare,
    # of four fiscal years
    minimum_records=5_900,
    filled={"sum qty (lbs)": 0.9, "count of event": 0.9},
)
