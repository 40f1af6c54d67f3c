"""UN Comtrade: what one country says it traded with another, by year and commodity.

Rows have 48 cells under a header of 47: the one too many is empty and stands at the end, so every value is under its header;
a reader that takes the first cell for an index moves all of them by one. Text comes in Latin-1.
"""

from __future__ import annotations

from vinculo.graph.text import Text
from vinculo.ingest.context import Column, ContextTable

CONTEXT = ContextTable(
    name="un_comtrade",
    title=Text("Trade between countries (UN Comtrade)", "Comercio entre países (UN Comtrade)"),
    description=Text(
        "Imports and exports as a country reports them, by partner, commodity and period; values in US "
        "dollars. Both sides of "
        "one flow may be compared, never firms.",
        "Importaciones y exportaciones según las reporta un país, por socio, mercancía y periodo; valores en "
        "dólares de EE. UU. "
        "Permite comparar los dos lados de un flujo, nunca empresas.",
    ),
    publisher="United Nations Statistics Division",
    licence="UN Comtrade terms: internal use with attribution; redistribution is limited",
    url="https://comtradeplus.un.org/",
    columns=(
        Column("refyear", "year", needed=True),
        Column("period", "code", needed=True),
        Column("reportercode", "code", needed=True),
        Column("flowcode", "code", needed=True),
        Column("partnercode", "code", needed=True),
        Column("cmdcode", "code", needed=True),
        Column("primaryvalue", "number", "USD"),
    ),
    optional=(
        Column("typecode", "code"),
        Column("freqcode", "code"),
        Column("refperiodid", "code"),
        Column("refmonth", "code"),
        Column("reporteriso", "code"),
        Column("reporterdesc"),
        Column("flowdesc"),
        Column("partneriso", "code"),
        Column("partnerdesc"),
        Column("partner2code", "code"),
        Column("partner2iso", "code"),
        Column("partner2desc"),
        Column("classificationcode", "code"),
        Column("classificationsearchcode", "code"),
        Column("isoriginalclassification", "code"),
        Column("cmddesc"),
        Column("aggrlevel", "code"),
        Column("isleaf", "code"),
        Column("customscode", "code"),
        Column("customsdesc"),
        Column("moscode", "code"),
        Column("motcode", "code"),
        Column("motdesc"),
        Column("qtyunitcode", "code"),
        Column("qtyunitabbr"),
        Column("qty", "number", "[qtyunitabbr]"),
        Column("isqtyestimated", "code"),
        Column("altqtyunitcode", "code"),
        Column("altqtyunitabbr"),
        Column("altqty", "number", "[altqtyunitabbr]"),
        Column("isaltqtyestimated", "code"),
        Column("netwgt", "number", "kg"),
        Column("isnetwgtestimated", "code"),
        Column("grosswgt", "number", "kg"),
        Column("isgrosswgtestimated", "code"),
        Column("cifvalue", "number", "USD"),
        Column("fobvalue", "number", "USD"),
        Column("legacyestimationflag", "code"),
        Column("isreported", "code"),
        Column("isaggregate", "code"),
    ),
    key=(
        "typecode",
        "freqcode",
        "period",
        "reportercode",
        "flowcode",
        "partnercode",
        "partner2code",
        "classificationcode",
        "cmdcode",
        "customscode",
        "moscode",
        "motcode",
    ),
    totals={
        "partnercode": "0",
        "partner2code": "0",
        "customscode": "C00",
        "moscode": "0",
        "motcode": "0",
        "cmdcode": "TOTAL",
    },
    levels=("cmdcode",),
    filled={"primaryvalue": 0.9},
)
