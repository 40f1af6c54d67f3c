"""Colombia's National Police: drug seizures by day and municipality, from the open data portal (Socrata)."""

from __future__ import annotations

from vinculo.graph.text import Text
from vinculo.ingest.context import Column, ContextTable

_COLUMNS = (
    Column("departamento"),
    Column("municipio", needed=True),
    Column("codigo_dane", "code"),
    Column("clase_de_estupefaciente", needed=True),
    Column("cantidad", "number", "[unidad_de_medida]"),
    Column("unidad_de_medida", needed=True),
    Column("fecha", needed=True),
)

CONTEXT = ContextTable(
    name="ponal_seizures",
    title=Text(
        "Drug seizures of Colombia's National Police",
        "Incautaciones de estupefacientes de la Policía Nacional de Colombia",
    ),
    description=Text(
        "One row a seizure, by day and municipality, without parties. The portal gives 1,000 records at a "
        "time unless more are asked "
        "for. Two equal rows are two seizures.",
        "Una fila por incautación, por día y municipio, sin partes. El portal entrega 1,000 registros a la "
        "vez si no se piden más. "
        "Dos filas iguales son dos incautaciones.",
    ),
    publisher="Policía Nacional de Colombia (datos.gov.co)",
    licence="open data of Colombia (datos.gov.co)",
    url="https://www.datos.gov.co/",
    format="json",
    columns=_COLUMNS,
    optional=(Column("clase_de_sitio"), Column("zona"), Column("dia")),
    # the portal takes the accent of "código" for a character it does not know
    aliases={"c_digo_dane": "codigo_dane"},
    page=1_000,
    filled={"cantidad": 0.9},
)
