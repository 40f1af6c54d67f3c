"""OFAC's Specially Designated Nationals and the consolidated non-SDN list: main file, addresses, aliases, comments.

Files without header, told apart by the shape of their rows; ``-0-`` means "no value". The four of a list belong together
by ``ent_num``, which both lists take from one sequence. The listing is an entity of its own, a ``Sanction``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import ofac_remarks as remarks
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.party_columns import party_kinds
from vinculo.ingest.mapping import EntityRule, Key, Mapping, Value

MISSING = ("-0-", "-0")
ENTRY = Key(columns=("ent_num",), prefix="ofac", literal="entry")
_KINDS = {"individual": "Person", "vessel": "Vessel", "aircraft": "Airplane"}
_DATES = ("%d %b %Y", "%d %B %Y", "%b %Y", "%B %Y", "%Y")
_THOUSANDS = ("1,234.56",)
NUMBER = r"[1-9]\d{0,6}"
#: The entry named by its number, which the main file describes.
REFERRED = EntityRule("entry", "Thing", ENTRY, reference=True)


def texts(table: pa.Table, name: str) -> pa.Array:
    """A column, without what means "no value" here."""
    return c.present(c.without(c.texts(table, name), MISSING))


def prepare_sdn(table: pa.Table) -> dict[str, pa.Table]:
    """The entries, and what their remarks tell: numbers, wallets, links to other entries by name."""
    remark = texts(table, "remarks")
    kind = c.through(texts(table, "type"), lambda text: _KINDS.get(text.strip().lower()))
    name = texts(table, "name")
    firm = party_kinds(name, pa.nulls(table.num_rows, pa.string()))
    other = c.through(firm, lambda text: "Company" if text == "Company" else "Organization")
    individual = pc.equal(kind, "Person")
    parts = pc.extract_regex(c.where(name, individual), r"^(?P<last>[^,]+),\s*(?P<first>.+)$")
    programs = c.split(texts(table, "program"), r"\s*\]\s*\[?\s*|\s*\[\s*")
    told = remarks.per_remark(remark, remarks.details)
    made: dict[str, pa.Array] = {
        "kind": pc.coalesce(kind, other),
        "last name": c.present(pc.struct_field(parts, "last")),
        "first name": c.present(pc.struct_field(parts, "first")),
        "remark": remark,
        "programs": programs,
        "program told": c.marked("OFAC ", pc.binary_join(programs, ", ")),
        "program of the other list": c.marked("OFAC non-SDN ", pc.binary_join(programs, ", ")),
        "owner told": c.marked("Vessel owner: ", texts(table, "vessel_owner")),
    }
    for detail in ("birthDate", *remarks.PLAIN):
        made[detail] = pa.array([t.get(detail) if t else None for t in told], pa.list_(pa.string()))
    table = c.with_columns(table, made)
    return {
        "": table,
        "numbers": _numbers(table, remark),
        "wallets": _wallets(table, remark),
        "linked": linked(table, remark, name),
    }


def _exploded(table: pa.Table, lists: Sequence[Sequence[Any] | None], names: tuple[str, ...]) -> pa.Table:
    """One row per member of each row's list, with the entry's number and kind, and the record it came from."""
    kept = table.select([n for n in ("ent_num", "kind", "record", "line") if n in table.column_names])
    at = [row for row, some in enumerate(lists) for _ in (some or ())]
    flat = [m if isinstance(m, tuple) else (m,) for some in lists for m in (some or ())]
    columns = list(zip(*flat, strict=True)) if flat else [()] * len(names)
    made = kept.take(pa.array(at, pa.int64()))
    return c.with_columns(made, {n: c.present(pa.array(v, pa.string())) for n, v in zip(names, columns, strict=True)})


def _numbers(table: pa.Table, remark: pa.Array) -> pa.Table:
    lists = remarks.per_remark(remark, remarks.numbers)
    made = _exploded(table, lists, ("property", "type", "number", "compared", "of country"))
    property_ = c.texts(made, "property")
    return c.with_columns(
        made,
        {name: c.where(c.texts(made, "number"), pc.equal(property_, name)) for name in remarks.NUMBER_PROPERTIES},
    )


def _wallets(table: pa.Table, remark: pa.Array) -> pa.Table:
    return _exploded(table, remarks.per_remark(remark, remarks.wallets), ("currency", "wallet"))


def linked(table: pa.Table, remark: pa.Array, names: pa.Array | None) -> pa.Table:
    """Names behind ``Linked To``: the entry of exactly that name where there is one and only one, else a mention."""
    made = _exploded(table, remarks.per_remark(remark, remarks.linked), ("said",))
    holders: dict[str, set[str]] = {}
    if names is not None:
        for name, number in zip(names.to_pylist(), c.texts(table, "ent_num").to_pylist(), strict=True):
            holders.setdefault(name, set()).add(number)

    def other(said: str) -> str | None:
        # the full stop at the end of a remark is no part of the name, that of S.A. is
        for name in (said, said.removesuffix(".")):
            if len(holders.get(name, ())) == 1:
                return next(iter(holders[name]))
        return None

    said = c.texts(made, "said")
    found = c.through(said, other)
    mention = c.absent(c.through(said, _bare), found)
    return c.with_columns(made, {"other": found, "mention": mention, "mention key": c.alike(mention)})


def _bare(name: str) -> str:
    """A mentioned name without the full stop that ends a remark, unless it ends an abbreviation."""
    last = name.split()[-1].rstrip(".") if name.split() else ""
    return name if "." in last or last in ("CO", "LTD", "INC", "CORP") else name.removesuffix(".")


def _main(listing: str = "Sanction", program: str = "program told") -> Mapping:
    """Entries and their listings. The lists number their entries together, and an entry may stand on both."""
    born = Value(columns=("birthDate",), clean="date", formats=_DATES)
    phone, email = r.column("phone", "phone"), r.column("email", "email")
    entry = EntityRule(
        "entry",
        "Organization",
        ENTRY,
        {
            "name": r.column("name"),
            "lastName": r.column("last name", "text"),
            "firstName": r.column("first name", "text"),
            "position": r.column("title", "text"),
            "birthDate": born,
            "birthPlace": r.column("birthPlace", "text"),
            "nationality": r.column("nationality", "country"),
            "citizenship": r.column("citizenship", "country"),
            "gender": r.column("gender", "gender"),
            "email": email,
            "phone": phone,
            "website": r.column("website", "url"),
            "callSign": r.column("call_sign", "identifier"),
            "type": Value(columns=("vessel_type", "type_"), clean="text"),
            "tonnage": r.column("tonnage", "number", formats=_THOUSANDS),
            "grossRegisteredTonnage": r.column("grt", "number", formats=_THOUSANDS),
            "flag": r.column("vessel_flag", "country"),
            "pastFlags": r.column("pastFlags", "country"),
            "model": r.column("model", "text"),
            "buildDate": Value(columns=("buildDate", "yearBuilt"), clean="date", formats=_DATES),
            "serialNumber": r.column("serialNumber", "identifier"),
            "description": Value(columns=("owner told", "operator"), clean="text"),
            "notes": r.column("remark"),
        },
        kind_column="kind",
        kind_values={k: k for k in ("Person", "Company", "Organization", "Vessel", "Airplane")},
    )
    sanction = EntityRule(
        "sanction",
        "Sanction",
        Key(columns=("ent_num",), prefix="ofac", literal=listing),
        {
            "authority": r.constant("Office of Foreign Assets Control (OFAC)"),
            "country": r.constant("us"),
            "program": r.column(program),
            "programId": r.column("programs"),
            "authorityId": r.column("ent_num"),
        },
    )
    nodes = (
        EntityRule("phone", "Phone", Key(prefix="", literal="Phone", values=(phone,)), {"number": phone}),
        EntityRule(
            "email", "EmailAddress", Key(prefix="", literal="EmailAddress", values=(email,)), {"address": email}
        ),
    )
    links = (
        r.link("LISTED", "entry", "sanction"),
        r.link("HAS_PHONE", "entry", "phone"),
        r.link("HAS_EMAIL", "entry", "email"),
    )
    return Mapping((entry, sanction, *nodes), links, MISSING)


def _number_mapping() -> Mapping:
    properties = {name: r.column(name, "identifier") for name in remarks.NUMBER_PROPERTIES}
    entry = EntityRule(
        "entry",
        "Organization",
        ENTRY,
        properties,
        kind_column="kind",
        kind_values={k: k for k in ("Person", "Company", "Organization", "Vessel", "Airplane")},
    )
    key = Key(columns=("type", "compared", "of country"), prefix="", literal="Identifier")
    number = {"type": r.column("type"), "number": r.column("compared"), "country": r.column("of country")}
    return Mapping(
        (entry, EntityRule("number", "Identifier", key, number)), (r.link("HAS_IDENTIFIER", "entry", "number"),)
    )


def linked_mapping() -> Mapping:
    """Links to other entries, and mentions."""
    other = EntityRule("other", "Thing", Key(columns=("other",), prefix="ofac", literal="entry"), reference=True)
    mention = EntityRule(
        "mention",
        "Mention",
        Key(columns=("mention key",), prefix="ofac", literal="Mention"),
        {"name": r.column("mention")},
    )
    links = (
        # an id does not know which end is which: the entry's number tells A to B from B to A
        r.link("LINKED_TO", "entry", "other", {"role": r.constant("Linked To")}, ("ent_num",)),
        r.link("MENTIONED", "entry", "mention", {"summary": r.constant("Linked To")}),
    )
    return Mapping((REFERRED, other, mention), links)


_WALLET_MAPPING = Mapping(
    (
        REFERRED,
        EntityRule(
            "wallet",
            "CryptoWallet",
            Key(columns=("wallet",), prefix="", literal="CryptoWallet"),
            {"publicKey": r.column("wallet"), "currencySymbol": r.column("currency")},
        ),
    ),
    (r.link("HOLDS", "entry", "wallet"),),
)


_ABOUT: dict[str, Any] = {
    "publisher": "US Department of the Treasury, Office of Foreign Assets Control",
    "licence": "Public domain (US federal government work)",
    "url": "https://sanctionslist.ofac.treas.gov",
}


def dataset(name: str, en: str, es: str, columns: tuple[str, ...], **more: Any) -> Dataset:
    """One of OFAC's files; ``en`` and ``es`` say which."""
    return Dataset(
        name=name,
        title=Text(f"OFAC sanctions: {en}", f"Sanciones de OFAC: {es}"),
        description=Text(
            f"The US Treasury's lists of sanctioned people, firms, ships and aircraft: {en}.",
            f"Listas del Tesoro de EE. UU. de personas, empresas, buques y aeronaves sancionados: {es}.",
        ),
        format="table",
        columns=columns,
        headerless=True,
        **_ABOUT,
        **more,
    )


_COLUMNS = (
    "ent_num", "name", "type", "program", "title", "call_sign", "vessel_type", "tonnage", "grt", "vessel_flag",
    "vessel_owner", "remarks",
)  # fmt: skip
_FILLED = {": ent_num": 0.95, ": name": 0.95, ": program": 0.9}
_SHAPE = {"ent_num": NUMBER, "type": "individual|vessel|aircraft|entity|-0-?"}
#: Programmes whose entries are not blocked as such: the file does not say which list it is.
_NOT_BLOCKED = r".*(NS-|EO13662|EO14024|EO13959|EO14032|561-|CAPTA|HIFPAA|FSE-|13599).*"


def _maps(main: Mapping) -> dict[str, Mapping]:
    return {"": main, "numbers": _number_mapping(), "wallets": _WALLET_MAPPING, "linked": linked_mapping()}


DATASET = (
    dataset(
        "ofac_sdn",
        "main file",
        "archivo principal",
        _COLUMNS,
        shape=_SHAPE,
        mappings=_maps(_main()),
        prepare=prepare_sdn,
        whole_file=True,
        # 7,379 are published
        minimum_records=4_400,
        fill_rates=_FILLED,
    ),
    dataset(
        "ofac_consolidated",
        "consolidated non-SDN list",
        "lista consolidada distinta de la SDN",
        _COLUMNS,
        shape=_SHAPE | {"program": _NOT_BLOCKED},
        mappings=_maps(_main("Sanction non-SDN", "program of the other list")),
        prepare=prepare_sdn,
        whole_file=True,
        # 442 are published
        minimum_records=260,
        fill_rates=_FILLED,
    ),
)
