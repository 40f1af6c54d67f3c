"""How fast files of our own readers become batches: ``python benchmarks/parsers.py [--size MB] [FORMAT ...]``.

For each format a synthetic file is made from a good record of the tests, with names, numbers and sums of its own in each copy.
Three figures, in megabytes a second of processor: *read* is hashing the file and reading its records, *batches* is that, the
fingerprints and the mapping to entities and links; beside them a *peer* that does the least there is to do with such a file: a
bare walk of ``lxml`` over all elements, ``json.loads`` of each line, or each line split at its separator. The ratio says how many
times as long as the peer the whole way takes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "ingest" / "bad_input"))

import memory
from good_samples import SAMPLES

from vinculo.ingest.cells import no_collecting
from vinculo.ingest.engine import map_tables
from vinculo.ingest.formats.fingerprints import fingerprints_of
from vinculo.ingest.formats.opened import open_file
from vinculo.ingest.recognise import recognise

_PSC = (
    '{{"company_number":"{n:08}","data":{{"address":{{"address_line_1":"Calle {n}","country":"England","locality":"York",'
    '"postal_code":"YO1 {n}","premises":"{n}"}},"country_of_residence":"England","date_of_birth":{{"month":3,"year":1970}},'
    '"etag":"{n:040x}","kind":"individual-person-with-significant-control","links":{{"self":"/company/{n:08}/'
    'persons-with-significant-control/individual/p{n}"}},"name":"Ms Ana Ficticia {n}","name_elements":{{"forename":"Ana",'
    '"surname":"Ficticia {n}","title":"Ms"}},"nationality":"British","natures_of_control":['
    '"ownership-of-shares-75-to-100-percent","voting-rights-75-to-100-percent"],"notified_on":"2016-04-06"}}}}\n'
)
_AVISO = (
    "<aviso><referencia_aviso>REF-{n}</referencia_aviso><prioridad>1</prioridad><alerta><tipo_alerta>0100</tipo_alerta></alerta>"
    "\n<persona_aviso><tipo_persona><persona_moral><denominacion_razon>COMERCIAL FICTICIA {n}</denominacion_razon>"
    "<fecha_constitucion>19900110</fecha_constitucion><pais_nacionalidad>MX</pais_nacionalidad><representante_apoderado>"
    "<nombre>REMEDIOS</nombre><apellido_paterno>INVENTADA {n}</apellido_paterno></representante_apoderado></persona_moral>"
    "</tipo_persona><tipo_domicilio><nacional><colonia>CENTRO</colonia><calle>REAL</calle><numero_exterior>{n}</numero_exterior>"
    "<codigo_postal>25000</codigo_postal></nacional></tipo_domicilio></persona_aviso>\n<detalle_operaciones><datos_operacion>"
    "<fecha_operacion>20240311</fecha_operacion><tipo_operacion>501</tipo_operacion><datos_operacion_financiera>"
    "<fecha_pago>20240312</fecha_pago><instrumento_monetario>8</instrumento_monetario><moneda>1</moneda><monto_operacion>{n}.50"
    "</monto_operacion></datos_operacion_financiera></datos_operacion></detalle_operaciones></aviso>\n"
)
_PLD_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><archivo xmlns="http://www.uif.shcp.gob.mx/recepcion/spr"><informe><mes_reportado>'
    "202403</mes_reportado><sujeto_obligado><clave_sujeto_obligado>NOTA700101AB1</clave_sujeto_obligado><clave_actividad>SPR"
    "</clave_actividad></sujeto_obligado>\n"
)


def _copies(record: str, head: str = "", tail: str = "") -> Callable[[Path, int], None]:
    def write(path: Path, size: int) -> None:
        with path.open("w", encoding="utf-8", newline="") as out:
            written, number = out.write(head), 0
            while written < size:
                number += 1
                written += out.write(record.format(n=number))
            out.write(tail)

    return write


def _sample(name: str) -> tuple[str, str, Callable[[Path, int], None]]:
    sample = SAMPLES[name]
    return sample.file, sample.dataset, lambda path, size: memory.write(sample, size, path)


def _walk(path: Path) -> int:
    count = 0
    for _, element in etree.iterparse(path, events=("end",)):
        count += 1
        element.clear()
    return count


def _loads(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(json.loads(line) is not None for line in lines)


def _splits(separator: str) -> Callable[[Path], int]:
    def split(path: Path) -> int:
        with path.open(encoding="utf-8", newline="") as lines:
            return sum(len(line.split(separator)) for line in lines)

    return split


#: By format: name of the file, dataset, what writes it, what is called the peer, the peer.
FORMATS: dict[str, tuple[str, str, Callable[[Path, int], None], str, Callable[[Path], int]]] = {
    **{name: (*_sample(name), "split", _splits(":")) for name in ("MT940", "MT103")},
    "SAAI M3": (*_sample("SAAI M3"), "split", _splits("|")),
    "UK PSC": ("psc.jsonl", "uk_psc", _copies(_PSC), "json.loads", _loads),
    **{name: (*_sample(name), "lxml walk", _walk) for name in ("camt.053", "goAML xml", "FinCEN xml")},
    "PLD xml": ("pld.xml", "mx_pld", _copies(_AVISO, _PLD_HEAD, "</informe></archivo>\n"), "lxml walk", _walk),
}


def steps(path: Path, dataset: str) -> Iterator[tuple[float, float, int]]:
    """Seconds of processor that reading and mapping each chunk took, and its records."""
    started = time.process_time()
    file = open_file(path)
    known = recognise(file, dataset)
    made = known.dataset
    for chunk in known.format.reads(file, known.layout, {}):
        read = time.process_time()
        _ = chunk.marks or fingerprints_of(chunk.table)
        tables = made.prepare(chunk.table) if made.prepare else {"": chunk.table}
        map_tables(made.mappings, tables, chunk.table, made.name)
        mapped = time.process_time()
        yield read - started, mapped - read, chunk.read
        started = time.process_time()
    yield time.process_time() - started, 0.0, 0


def measured(name: str, size: int, folder: Path) -> str:
    """One line of the table."""
    file, dataset, write, peer, alone = FORMATS[name]
    path = folder / file
    write(path, size)
    megabytes = path.stat().st_size / 1e6
    started = time.process_time()
    alone(path)
    bare = time.process_time() - started
    with no_collecting():  # as vinculo.ingest.load does
        took = list(steps(path, dataset))
    path.unlink()
    read = sum(step[0] for step in took)
    whole = read + sum(step[1] for step in took)
    records = sum(step[2] for step in took)
    return (
        f"{name:11} {megabytes:5.0f} MB {records:9,} records   read {megabytes / read:6.1f} MB/s"
        f"   batches {megabytes / whole:6.1f} MB/s   {peer} {megabytes / bare:6.1f} MB/s   {whole / bare:6.1f} times as long"
    )


def main() -> None:
    """Measure and print a line for each format."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=20, help="MB of each file")
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=", ".join(FORMATS))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for one in FORMATS:
            measured(one, 200_000, folder)  # the first run loads code and tables
            if not asked.formats or one in asked.formats:
                print(measured(one, asked.size * 1_000_000, folder), flush=True)


if __name__ == "__main__":
    main()
