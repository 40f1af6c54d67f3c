"""UNODC: drug seizures by country, drug and year since 1970, in kilogram equivalents."""

from __future__ import annotations

from vinculo.graph.text import Text
from vinculo.ingest.context import Column, ContextTable

CONTEXT = ContextTable(
    name="unodc_seizures",
    title=Text("Drug seizures by country and year (UNODC)", "Decomisos de drogas por país y año (UNODC)"),
    description=Text(
        "Kilogram equivalents by country, drug and year. A country may have several rows for one drug and "
        "year: they are parts of "
        "one figure and none is a total.",
        "Kilogramos equivalentes por país, droga y año. Un país puede tener varias filas para una droga y un "
        "año: son partes de "
        "una misma cifra y ninguna es un total.",
    ),
    publisher="United Nations Office on Drugs and Crime",
    licence="terms of use of the United Nations, with attribution",
    url="https://dataunodc.un.org/",
    columns=(
        Column("region"),
        Column("country", needed=True),
        Column("iso code", "code"),
        Column("drug group"),
        Column("drug", needed=True),
        Column("year", "year", needed=True),
        Column("kg equivalent", "number", "kg"),
    ),
    missing=("", "NULL"),
    minimum_records=30_700,
    filled={"kg equivalent": 0.9},
)
