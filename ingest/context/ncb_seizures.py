"""India's Narcotics Control Bureau: seizures by state and year, a column for each substance and unit."""

from __future__ import annotations

from vinculo.graph.text import Text
from vinculo.ingest.context import Column, ContextTable

_UNITS = {"kg": "kg", "litre": "l", "no": "pieces", "bottle": "bottles", "blots": "blots"}
_SUBSTANCES = """\
acetic_anhydride_kg ats_kg anthralic_acid_kg cocaine_kg codeine_kg codeine_litre cbcs_litre ephedrine_kg fentanyl_hcl_kg ganja_kg
hashish_kg hashish_oil_kg heroin_kg ketamine_kg khat_leaves_kg lsd_blots lsd_kg mdma_kg mephedrone_kg mescaline_kg mandrax_kg
morphine_kg morphine_litre opium_kg phensidyl_no poppy_husk_straw_kg injection_no cbcs_bottle tablets_kg tablets_no
"""

CONTEXT = ContextTable(
    name="ncb_seizures",
    title=Text("Drug seizures in India by state and year", "Decomisos de drogas en la India por estado y año"),
    description=Text(
        "A row for each state and year, a column for each substance and unit. The columns total_kg, "
        "total_litre and total_units sum "
        "different drugs.",
        "Una fila por estado y año, una columna por sustancia y unidad. Las columnas total_kg, total_litre y "
        "total_units suman drogas "
        "distintas.",
    ),
    publisher="Narcotics Control Bureau, India (compiled by third parties)",
    licence="not stated",
    columns=(
        Column("year", "year", needed=True),
        Column("state_ut", needed=True),
        Column("ganja_kg", "number", "kg"),
        Column("heroin_kg", "number", "kg"),
    ),
    optional=(
        *(
            Column(name, "number", _UNITS[name.rpartition("_")[2]])
            for name in _SUBSTANCES.split()
            if name not in ("ganja_kg", "heroin_kg")
        ),
        Column("total_cases", "count", "cases"),
        Column("total_arrested", "count", "persons"),
        Column("is_total_row", "code"),
        Column("total_kg", "number", "kg", sums=True),
        Column("total_litre", "number", "l", sums=True),
        Column("total_units", "number", "pieces", sums=True),
    ),
    key=("year", "state_ut"),
    minimum_records=140,
    filled={"ganja_kg": 0.5, "heroin_kg": 0.5},
    marked=("is_total_row", "true"),
)
