"""SAT's list under article 69-B of the Mexican tax code: firms presumed, or found, to sell invoices for nothing.

The status belongs to the listing, never to the taxpayer: *Presunto* can be rebutted, *Desvirtuado* and *Sentencia Favorable*
are cleared. Where a court had the name removed, the row stays a listing of nobody.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Key, Mapping

#: Status as compared -> what it means for whoever is listed, and which step of the procedure it is.
STATUSES = {
    "presunto": ("presumed", "presuncion"),
    "desvirtuado": ("cleared", "desvirtuados"),
    "definitivo": ("listed", "definitivos"),
    "sentencia favorable": ("cleared", "sentencia favorable"),
}
_RFC, _NAME, _STATUS = "rfc", "nombre_del_contribuyente", "situacion_del_contribuyente"
#: Columns of each step: number and date of the letter, and publication, on SAT's page and in the official gazette (DOF).
STEPS: dict[str, tuple[str, str, str, str]] = {
    "presuncion": (
        "numero_y_fecha_de_oficio_global_de_presuncion_sat",
        "publicacion_pagina_sat_presuntos",
        "numero_y_fecha_de_oficio_global_de_presuncion_dof",
        "publicacion_dof_presuntos",
    ),
    "desvirtuados": (
        "numero_y_fecha_de_oficio_global_de_contribuyentes_que_desvirtuaron_sat",
        "publicacion_pagina_sat_desvirtuados",
        "numero_y_fecha_de_oficio_global_de_contribuyentes_que_desvirtuaron_dof",
        "publicacion_dof_desvirtuados",
    ),
    "definitivos": (
        "numero_y_fecha_de_oficio_global_de_definitivos_sat",
        "publicacion_pagina_sat_definitivos",
        "numero_y_fecha_de_oficio_global_de_definitivos_dof",
        "publicacion_dof_definitivos",
    ),
    "sentencia favorable": (
        "numero_y_fecha_de_oficio_global_de_sentencia_favorable_sat",
        "publicacion_pagina_sat_sentencia_favorable",
        "numero_y_fecha_de_oficio_global_de_sentencia_favorable_dof",
        "publicacion_dof_sentencia_favorable",
    ),
}
_STEP_WORDS = {
    "presuncion": "Presunción",
    "desvirtuados": "Desvirtuado",
    "definitivos": "Definitivo",
    "sentencia favorable": "Sentencia favorable",
}
_COLUMNS = (_RFC, _NAME, _STATUS)
_STEP_COLUMNS = tuple(name for step in STEPS.values() for name in step)
#: Two dates in a cell: ``25/05/2022 - 26/04/2021``, ``22/06/2018 // 10/10/2018``, or blanks between.
_BETWEEN = r"\s+-\s+|\s*//\s*|\s{2,}"
_DATES = ("%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d-%m-%y", "excel")
_LETTER = r"(\d{2,4}(?:-\d+){2,})"


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Tell the standing, gather letters and dates of the step a listing is at, and keep masked rows apart."""
    rfc = c.texts(table, _RFC)
    masked = pc.fill_null(pc.match_substring_regex(rfc, "^X{9,13}$"), False)
    status = c.texts(table, _STATUS)
    known = c.alike(status)
    row = c.whole_row(table, (*_COLUMNS, *_STEP_COLUMNS))
    said = c.texts(table, _NAME)
    table = c.with_columns(
        table,
        {
            "tax": c.where(rfc, pc.invert(masked)),
            "name": c.where(said, pc.invert(masked)),
            "reason": c.where(said, masked),
            "standing": c.through(known, lambda text: STATUSES.get(text, ("", ""))[0] or None),
            "row": row,
            "again": c.repeats(row),
            "history": _history(table),
            "letters": _letters(table, known),
            "published": _dates(table, known, 1),
            "gazetted": _dates(table, known, 3),
            "presumed": c.split(c.texts(table, STEPS["presuncion"][1]), _BETWEEN),
        },
    )
    return {"": r.add_party(table, "party", name="name", tax_id="tax")}


def _at_step(table: pa.Table, status: pa.Array, place: int) -> pa.Array:
    """The cell, at this place of a step's columns, of the step that each row's status names."""
    step = c.through(status, lambda text: STATUSES.get(text, ("", ""))[1] or None)
    made = pa.nulls(table.num_rows, pa.string())
    for name, columns in STEPS.items():
        made = pc.coalesce(made, c.where(c.texts(table, columns[place]), pc.equal(step, name)))
    return made


def _dates(table: pa.Table, status: pa.Array, place: int) -> pa.Array:
    return c.split(_at_step(table, status, place), _BETWEEN)


def _letters(table: pa.Table, status: pa.Array) -> pa.Array:
    """Numbers of the letters (*oficios*) of the step a listing is at."""
    return c.found(c.joined([_at_step(table, status, 0), _at_step(table, status, 2)], "; "), _LETTER)


def _history(table: pa.Table) -> pa.Array:
    """Each step in words: ``Presunción: oficio 500-... de fecha ...; SAT 10/01/2014; DOF 23/01/2014``."""
    told = []
    for name, (letter, published, gazette_letter, gazetted) in STEPS.items():
        first, second = c.texts(table, letter), c.texts(table, gazette_letter)
        differs = pc.fill_null(pc.not_equal(first, second), True)
        told.append(
            c.marked(
                f"{_STEP_WORDS[name]}: ",
                c.joined(
                    [
                        c.marked("oficio ", first),
                        c.marked("SAT ", c.texts(table, published)),
                        c.marked("oficio DOF ", c.where(second, differs)),
                        c.marked("DOF ", c.texts(table, gazetted)),
                    ],
                    "; ",
                ),
            )
        )
    return c.listed(told)


def _mapping() -> Mapping:
    listing = EntityRule(
        "listing",
        "Listing",
        Key(columns=("row", "again"), literal="Listing"),
        {
            "program": r.constant("SAT 69-B"),
            "authority": r.constant("Servicio de Administración Tributaria (SAT)"),
            "country": r.constant("mx"),
            "status": r.column(_STATUS),
            "standing": r.column("standing"),
            "date": r.column("published", "date", formats=_DATES),
            "publicationDate": r.column("gazetted", "date", formats=_DATES),
            "startDate": r.column("presumed", "date", formats=_DATES),
            "recordId": r.column("letters"),
            "description": r.column("history"),
            "reason": r.column("reason"),
        },
    )
    entities, links = r.party_rules("party", extra={"country": r.constant("mx")})
    listed = r.link("LISTED", "party", "listing", {"date": r.column("published", "date", formats=_DATES)})
    return Mapping((listing, *entities), (*links, listed))


DATASET = Dataset(
    name="sat_69b",
    title=Text("SAT list 69-B (simulated operations)", "Listado 69-B del SAT (operaciones simuladas)"),
    description=Text(
        "Taxpayers presumed or found to have issued invoices for operations that never took place, and those cleared of it.",
        "Contribuyentes con presunción o resolución de operaciones inexistentes, y los que la desvirtuaron o ganaron sentencia.",
    ),
    publisher="Servicio de Administración Tributaria (SAT), México",
    licence="Libre Uso MX",
    url="http://omawww.sat.gob.mx/cifras_sat/Paginas/datos/vinculo.html?page=ListCompleta69B.html",
    format="table",
    columns=_COLUMNS,
    optional=("no", *_STEP_COLUMNS),
    mappings={"": _mapping()},
    prepare=prepare,
    # 12,666 are published
    minimum_records=7_600,
    fill_rates={": rfc": 0.95, ": situacion_del_contribuyente": 0.95, ": party key": 0.9},
    whole_file=True,
)
