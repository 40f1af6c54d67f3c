"""The two list files, in the layouts of OFAC's and SAT's own, with fictional parties only."""

from __future__ import annotations

import csv
import io

from vinculo.ingest.demo.days import DAYS, date_of
from vinculo.ingest.demo.draws import Draws
from vinculo.ingest.demo.names import without_accents
from vinculo.ingest.demo.world import Listed, World

_SAT_HEADER = (
    "No",
    "RFC",
    "Nombre del Contribuyente",
    "Situación del contribuyente",
    "Número y fecha de oficio global de presunción SAT",
    "Publicación página SAT presuntos",
    "Número y fecha de oficio global de presunción DOF",
    "Publicación DOF presuntos",
    "Número y fecha de oficio global de contribuyentes que desvirtuaron SAT",
    "Publicación página SAT desvirtuados",
    "Número y fecha de oficio global de contribuyentes que desvirtuaron DOF",
    "Publicación DOF desvirtuados",
    "Número y fecha de oficio global de definitivos SAT",
    "Publicación página SAT definitivos",
    "Número y fecha de oficio global de definitivos DOF",
    "Publicación DOF definitivos",
    "Número y fecha de oficio global de sentencia favorable SAT",
    "Publicación página SAT sentencia favorable",
    "Número y fecha de oficio global de sentencia favorable DOF",
    "Publicación DOF sentencia favorable",
)
_MONTHS = (
    ("enero", "Jan"),
    ("febrero", "Feb"),
    ("marzo", "Mar"),
    ("abril", "Apr"),
    ("mayo", "May"),
    ("junio", "Jun"),
    ("julio", "Jul"),
    ("agosto", "Aug"),
    ("septiembre", "Sep"),
    ("octubre", "Oct"),
    ("noviembre", "Nov"),
    ("diciembre", "Dec"),
)
_NOTHING = "-0- "
_STATUSES = ("Definitivo", "Sentencia Favorable", "Desvirtuado", "Presunto")


def fill_lists(world: World, draws: Draws) -> None:
    """Entries that have nothing to do with anybody in the case: most of any real list."""
    for _ in range(world.count(110, 24)):
        name = world.names.company("MX", draws.choice(("trading", "supply", "food", "hardware")))
        founded = f"20{draws.integer(19, 8):02d}-{draws.integer(12, 1):02d}-{draws.integer(28, 1):02d}"
        status = draws.choice(_STATUSES, (86, 8, 3, 3))
        world.listed.append(
            Listed("69b", name, world.numbers.rfc(name, None, founded), status, day=draws.integer(DAYS - 1))
        )
    masked = Listed(
        "69b", "Contribuyente suprimido por orden judicial (expediente ficticio)", "XXXXXXXXXXXX", "Definitivo", day=90
    )
    world.listed.append(masked)
    firms: list[Listed] = []
    for _ in range(world.count(26, 8)):
        country = draws.choice(("MX", "CO", "GT"))
        name = world.names.company(country, "trading")
        tax_id = world.numbers.rfc(name, None, "2011-05-09") if country == "MX" else world.numbers.tax_id(country)
        firms.append(Listed("sdn", name, tax_id, program=draws.choice(("SDNTK", "ILLICIT-DRUGS-EO14059"), (2, 1))))
    for _ in range(world.count(32, 8)):
        person = world.names.person("MX", planted=True)
        born = f"19{draws.integer(89, 55)}-{draws.integer(12, 1):02d}-{draws.integer(28, 1):02d}"
        tax_id = world.numbers.rfc("", (person.given, person.first, person.second), born)
        linked = draws.choice(firms).name if draws.chance(0.5) else ""
        world.listed.append(Listed("sdn", person.full(), tax_id, person=person, linked_to=linked, remarks=born))
    world.listed.extend(firms)


def sat_file(world: World, notice: str) -> bytes:
    """``Listado_Completo_69-B.csv``: two title rows, cp1252, 20 columns, sorted by RFC."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    blank = [""] * 19
    writer.writerow([f"Información actualizada al 30 de junio de 2025 - {notice}", *blank])
    writer.writerow(["Listado completo de contribuyentes (Artículo 69-B del CFF) - DATOS FICTICIOS", *blank])
    writer.writerow(_SAT_HEADER)
    entries = sorted((e for e in world.listed if e.list == "69b"), key=lambda e: e.tax_id)
    for number, entry in enumerate(entries, 1):
        writer.writerow([number, entry.tax_id, entry.name.upper(), entry.status, *_steps(entry, number)])
    return out.getvalue().encode("cp1252")


def _steps(entry: Listed, number: int) -> list[str]:
    """Presumed first; then rebutted, or definitive and perhaps cleared by a court; each published twice."""
    last = entry.day
    reached = {
        "Presunto": (last, None, None, None),
        "Desvirtuado": (last - 150, last, None, None),
        "Definitivo": (last - 150, None, last, None),
        "Sentencia Favorable": (last - 400, None, last - 250, last),
    }[entry.status]
    cells: list[str] = []
    for step, day in enumerate(reached):
        if day is None:
            cells += [""] * 4
            continue
        year, month, date = date_of(day).split("-")
        office = (
            f"500-05-{year}-{7_000 + 13 * number + step} de fecha {int(date)} de {_MONTHS[int(month) - 1][0]} de {year}"
        )
        later = "/".join(reversed(date_of(day + 24).split("-")))
        cells += [office, f"{date}/{month}/{year}", office, later]
    return cells


def sdn_file(world: World, notice: str) -> bytes:
    """``sdn.csv``: no header, 12 columns, ``-0-`` where there is nothing, numbers and links in the remarks."""
    lines = []
    entries = sorted((e for e in world.listed if e.list == "sdn"), key=lambda e: (e.person is not None, e.name))
    number = 90_001
    for position, entry in enumerate(entries):
        said = [notice] if position == 0 else []
        if entry.person:
            year, month, date = entry.remarks.split("-")
            said.append(f"DOB {date} {_MONTHS[int(month) - 1][1]} {year}; POB Mexico; nationality Mexico")
        if len(entry.tax_id) in (12, 13) and entry.tax_id[0].isalpha():
            cut = len(entry.tax_id) - 9
            said.append(f"R.F.C. {entry.tax_id[:cut]}-{entry.tax_id[cut:-3]}-{entry.tax_id[-3:]} (Mexico)")
        else:
            said.append(f"NIT # {entry.tax_id} ({'Colombia' if entry.tax_id.startswith('999') else 'Guatemala'})")
        if entry.linked_to:
            said.append(f"Linked To: {without_accents(entry.linked_to).upper()}")
        name = entry.person.listed() if entry.person else without_accents(entry.name).upper()
        kind = '"individual"' if entry.person else _NOTHING
        fields = [str(number), f'"{name}"', kind, f'"{entry.program}"', *[_NOTHING] * 7, f'"{"; ".join(said)}."']
        lines.append(",".join(fields))
        number += 7
    return ("\r\n".join(lines) + "\r\n").encode("ascii")
