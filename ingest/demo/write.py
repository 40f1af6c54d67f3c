"""The case as files, in the layouts that ingest reads, with the slips that files from life have."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vinculo.graph.whole import whole
from vinculo.ingest.demo.days import date_of
from vinculo.ingest.demo.draws import Draws
from vinculo.ingest.demo.lists import sat_file, sdn_file
from vinculo.ingest.demo.names import as_manifest, as_typed, rows
from vinculo.ingest.demo.register import register_file
from vinculo.ingest.demo.world import Account, Bill, Party, Planted, Transfer, World

#: Stands in the first lines of every file.
NOTICE = "SYNTHETIC DATA - an invented case; no person or firm in it exists"

Row = list[str]


def write(world: World, folder: Path, seed: int, draws: Draws) -> list[Path]:
    """Number everything, write all files and the answers, and return the files in the order of loading."""
    _number(world)
    imports = [_bill(world, b, "import", draws) for b in world.bills if "import" in b.sides]
    exports = [
        _bill(world, b, "export", draws) for b in world.bills if "export" in b.sides and b.shipper.country == "MX"
    ]
    transfers = [_transfer(t, draws) for t in world.transfers]
    seizures, inspections = _seizures(world), _inspections(world)
    spoiled = {
        "bills_of_lading_us_imports.csv": _spoil(imports, {2: "2024-02-30"}, draws) + _tear(imports, draws),
        "bills_of_lading_mx_exports.csv": _spoil(exports, {2: "31/13/2024"}, draws),
        "transfers.csv": _spoil(transfers, {1: "2024-06-31"}, draws)
        + _spoil(transfers, {2: "12,4O0.oo"}, draws)
        + _tear(transfers, draws),
        "seizures.csv": _spoil(seizures, {1: "2025-02-29"}, draws),
        "inspections.csv": _tear(inspections, draws),
    }
    repeated = draws.sample(imports, 6 if len(imports) > 2_000 else 2)
    for row in repeated:
        imports.insert(draws.integer(len(imports) - 1, imports.index(row) + 1), row)
    contents = {
        "company_register.ftm.json": register_file(world, NOTICE),
        "Listado_Completo_69-B.csv": sat_file(world, NOTICE),
        "sdn.csv": sdn_file(world, NOTICE),
        "bills_of_lading_us_imports.csv": _table("bills_of_lading", imports),
        "bills_of_lading_mx_exports.csv": _table("bills_of_lading", exports),
        "inspections.csv": _table("inspections", inspections),
        "seizures.csv": _table("seizures", seizures),
        "transfers.csv": _table("transfers", transfers),
    }
    counts = {
        "bills": len(world.bills),
        "bill_records": len(imports) + len(exports),
        "transfers": len(world.transfers),
        "seizures": len(world.seizures),
        "inspections": len(world.inspections),
        "parties": len(world.parties),
        "listed": len(world.listed),
    }
    answers = {
        "synthetic": True,
        "notice": NOTICE,
        "seed": seed,
        "scale": world.scale,
        "counts": counts,
        "rejects": sum(spoiled.values()),
        "rejects_by_file": spoiled,
        "duplicates_by_file": {"bills_of_lading_us_imports.csv": len(repeated)},
        "patterns": _answers([p for p in world.planted if not p.why]),
        "look_alikes": _answers([p for p in world.planted if p.why]),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        with whole(folder / name) as part:
            part.write_bytes(content)
    text = json.dumps(answers, ensure_ascii=False, indent=1) + "\n"
    with whole(folder / "answers.json") as part:
        part.write_bytes(text.encode())
    return [folder / name for name in contents]


def _number(world: World) -> None:
    """Numbers follow the calendar, so that they tell nothing of what was planted."""
    world.bills.sort(key=lambda b: b.day)
    for n, bill in enumerate(world.bills):
        bill.number = f"{bill.carrier.code}{10_000_019 + 37 * n}"
        bill.master = f"{bill.carrier.code}M{400_000 + n // 3}" if bill.ship else ""
    world.transfers.sort(key=lambda t: (t.day, t.second))
    for n, transfer in enumerate(world.transfers, 1):
        transfer.id = f"T{n:07d}"
    world.inspections.sort(key=lambda i: i.day)
    for n, inspection in enumerate(world.inspections, 1):
        inspection.id = f"INS-{date_of(inspection.day)[:4]}-{n:05d}"
    world.seizures.sort(key=lambda s: s.day)
    for n, seizure in enumerate(world.seizures, 1):
        seizure.id = f"SZ-{date_of(seizure.day)[:4]}-{n:04d}"


def _table(layout: str, records: Iterable[Row]) -> bytes:
    out = io.StringIO()
    out.write(NOTICE + "\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([r["column"] for r in rows("layouts") if r["file"] == layout])
    writer.writerows(records)
    return out.getvalue().encode()


def _spoil(records: list[Row], wrong: dict[int, str], draws: Draws) -> int:
    """Put in a record that cannot be used: a copy with another number and an impossible value."""
    row = list(records[draws.integer(len(records) - 1)])
    row[0] = f"{row[0]}X"
    for at, value in wrong.items():
        row[at] = value
    records.insert(draws.integer(len(records) - 1), row)
    return 1


def _tear(records: list[Row], draws: Draws) -> int:
    """Put in a record that ends too early."""
    row = list(records[draws.integer(len(records) - 1)])
    records.insert(draws.integer(len(records) - 1), [f"{row[0]}Y", *row[1:5]])
    return 1


def _bill(world: World, bill: Bill, side: str, draws: Draws) -> Row:
    shipper, consignee, notify = bill.shipper, bill.consignee, bill.notify
    abroad = side == "import"
    tells = shipper.tells_tax_id or not abroad
    seller = as_manifest(shipper.name) if abroad else as_typed(shipper.name, draws)
    buyer = as_typed(consignee.name, draws) if abroad or consignee.tells_tax_id else as_manifest(consignee.name)
    value = bill.import_value if abroad else bill.export_value
    spanish = not abroad and not bill.goods
    return [
        bill.number,
        bill.master,
        date_of(max(0, bill.day - (0 if abroad else 1 if bill.lading.mode == "truck" else 6))),
        side,
        seller,
        shipper.tax_id if tells else "",
        shipper.street,
        shipper.city,
        shipper.country,
        shipper.phone,
        "" if abroad else shipper.email,
        buyer,
        consignee.tax_id if abroad or consignee.tells_tax_id else "",
        consignee.street,
        consignee.city,
        consignee.country,
        consignee.phone,
        consignee.email if abroad else "",
        notify.name if notify else "",
        notify.tax_id if notify else "",
        notify.street + ", " + notify.city if notify else "",
        notify.country if notify else "",
        notify.phone if notify else "",
        bill.broker.name,
        bill.carrier.name,
        bill.carrier.code,
        bill.ship.name if bill.ship else "",
        bill.ship.imo if bill.ship else "",
        bill.voyage,
        ";".join(bill.containers),
        bill.lading.code,
        bill.unlading.code,
        bill.good.hs,
        bill.goods or (bill.good.es if spanish else bill.good.en),
        str(bill.quantity),
        bill.good.unit,
        f"{bill.weight_kg:.0f}",
        f"{value:.2f}",
        "USD",
    ]


def _transfer(t: Transfer, draws: Draws) -> Row:
    time = f"{date_of(t.day)}T{t.second // 3600:02d}:{t.second // 60 % 60:02d}:{t.second % 60:02d}"
    return [
        t.id,
        time,
        f"{t.amount:.2f}",
        t.currency,
        t.type,
        *_end(t.payer, draws),
        *_end(t.payee, draws),
        t.place,
        t.region,
        t.purpose,
    ]


def _end(account: Account | None, draws: Draws) -> Row:
    if account is None:
        return [""] * 5
    holder = account.holder
    return [account.number, as_typed(holder.name, draws), holder.tax_id, account.bank.name, account.country]


def _seizures(world: World) -> list[Row]:
    made = []
    for s in world.seizures:
        party, box = s.party, s.bill.containers[0] if s.bill and s.bill.containers else ""
        made.append(
            [
                s.id,
                date_of(s.day),
                s.agency,
                s.port.country,
                s.port.name,
                s.port.code,
                s.commodity,
                s.hs,
                f"{s.quantity:g}",
                s.unit,
                f"{s.value_usd:.2f}",
                s.bill.number if s.bill else "",
                box,
                s.plate,
                party.name if party else "",
                party.tax_id if party else "",
                s.role,
                party.country if party else "",
                s.inspection.id if s.inspection else "",
                s.notes,
            ]
        )
    return made


def _inspections(world: World) -> list[Row]:
    made = []
    for i in world.inspections:
        bill, party = i.bill, i.bill.consignee
        made.append(
            [
                i.id,
                date_of(i.day),
                i.kind,
                i.agency,
                i.partner,
                i.port.country,
                i.port.name,
                i.port.code,
                bill.number,
                bill.containers[0] if bill.containers else "",
                party.name,
                party.tax_id,
                "consignee",
                party.country,
                bill.goods or bill.good.en,
                bill.good.hs,
                i.result,
                i.pest,
                i.notes,
            ]
        )
    return made


def _answers(planted: list[Planted]) -> list[dict[str, Any]]:
    numbers: dict[str, int] = {}
    made = []
    for p in planted:
        key = f"{p.typology}/{'look_alike' if p.why else 'story' if p.story else 'planted'}"
        numbers[key] = numbers.get(key, 0) + 1
        answer: dict[str, Any] = {
            "id": f"{key}/{numbers[key]}",
            "typology": p.typology,
            "members": [_member(who) | {"role": role} for who, role in p.members],
            "transfers": [t.id for t in sorted(p.transfers, key=lambda t: t.id)],
            "bills": [b.number for b in p.bills],
            "note": p.note,
        }
        if p.hub:
            answer["hub"] = _member(p.hub)
        if p.why:
            answer["why"] = p.why
        made.append(answer)
    return made


def _member(who: Party | Account) -> dict[str, str]:
    if isinstance(who, Account):
        return {"dataset": "transfers", "account": who.number, "tax_id": who.holder.tax_id, "name": who.holder.name}
    return {"dataset": "bills_of_lading", "tax_id": who.tax_id, "name": who.name}
