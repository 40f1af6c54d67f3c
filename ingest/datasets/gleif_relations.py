"""GLEIF's relationship records (level 2): who consolidates, manages or feeds whom, as CSV and as JSON."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.gleif import ABOUT, days
from vinculo.ingest.mapping import EntityRule, Key, Mapping
from vinculo.ingest.trees import Branch, branched

_START, _END, _TYPE = "relationship.startnode.nodeid", "relationship.endnode.nodeid", "relationship.relationshiptype"
_STATUS, _REGISTERED = "relationship.relationshipstatus", "registration.registrationstatus"
_PERIODS, _QUANTITIES = range(1, 6), range(1, 3)
_OPTIONAL = (
    "relationship.startnode.nodeidtype",
    "relationship.endnode.nodeidtype",
    *(f"relationship.period.{n}.{part}" for n in _PERIODS for part in ("startdate", "enddate", "periodtype")),
    *(f"relationship.quantifiers.{n}.{p}" for n in _QUANTITIES for p in ("measurementmethod", "quantifieramount")),
    "registration.lastupdatedate",
)
#: The child is the start of these; the parent controls it.
CONSOLIDATED = ("IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY")


def prepare_csv(table: pa.Table) -> dict[str, pa.Table]:
    """The dates of the relationship itself, not those of accounts and filings; parents apart from other ties."""
    starts, ends = pa.nulls(table.num_rows, pa.string()), pa.nulls(table.num_rows, pa.string())
    for n in _PERIODS:
        own = pc.equal(c.texts(table, f"relationship.period.{n}.periodtype"), "RELATIONSHIP_PERIOD")
        starts = pc.coalesce(starts, c.where(c.texts(table, f"relationship.period.{n}.startdate"), own))
        ends = pc.coalesce(ends, c.where(c.texts(table, f"relationship.period.{n}.enddate"), own))
    return _split(c.with_columns(table, {"starts": starts, "ends": ends}))


def _split(table: pa.Table) -> dict[str, pa.Table]:
    start, end = (pc.utf8_upper(c.texts(table, n)) for n in (_START, _END))
    kind = c.texts(table, _TYPE)
    parents = pc.fill_null(pc.is_in(kind, value_set=pa.array(CONSOLIDATED)), False)
    registered = c.marked("Record: ", c.texts(table, _REGISTERED))
    made = {"start": start, "end": end, "type": kind, "registered": registered, "status": c.texts(table, _STATUS)}
    made |= {name: days(table, name) for name in ("starts", "ends")}
    table = c.with_columns(table, made)
    return {"parents": table.filter(parents), "ties": table.filter(pc.invert(parents))}


_RECORD = "RelationshipRecord/"
_NODE = "Relationship/{}/NodeID/$|" + _RECORD + "Relationship/{}/NodeID/$"
_FIELD = "{0}/$|" + _RECORD + "{0}/$"
_PERIOD = "Relationship/RelationshipPeriods/RelationshipPeriod"
_PREPARED = branched(
    {
        "": Branch(
            "",
            {
                _START: _NODE.format("StartNode", "StartNode"),
                _END: _NODE.format("EndNode", "EndNode"),
                _TYPE: _FIELD.format("Relationship/RelationshipType"),
                _STATUS: _FIELD.format("Relationship/RelationshipStatus"),
                _REGISTERED: _FIELD.format("Registration/RegistrationStatus"),
                "registration.lastupdatedate": _FIELD.format("Registration/LastUpdateDate"),
            },
        ),
        "periods": Branch(
            f"{_PERIOD}|{_RECORD}{_PERIOD}", {"starts": "StartDate/$", "ends": "EndDate/$", "period": "PeriodType/$"}
        ),
    }
)


def prepare_json(table: pa.Table) -> dict[str, pa.Table]:
    """The columns of the CSV, from the periods as a list."""
    tables = _PREPARED(table)
    dates: dict[int, tuple[str | None, str | None]] = {}
    for row in tables["periods"].to_pylist():
        if row["period"] == "RELATIONSHIP_PERIOD":
            dates.setdefault(row["record"], (row["starts"], row["ends"]))
    told = [dates.get(n, (None, None)) for n in tables[""]["record"].to_pylist()]
    columns = {
        "starts": pa.array([s for s, _ in told], pa.string()),
        "ends": pa.array([e for _, e in told], pa.string()),
    }
    return _split(c.with_columns(tables[""], columns))


def _mapping(kind: str, source: str, target: str) -> Mapping:
    ends = tuple(
        EntityRule(n, "LegalEntity", Key(columns=(n,), prefix="gleif", literal="entity"), reference=True)
        for n in ("start", "end")
    )
    said = {
        "role": r.column("type", "text"),
        "status": r.column("status", "text"),
        "startDate": r.column("starts", "date"),
        "endDate": r.column("ends", "date"),
        "modifiedAt": r.column("registration.lastupdatedate", "date"),
        "summary": r.column("registered", "text"),
    }
    return Mapping(ends, (r.link(kind, source, target, said, ("start", "type", "starts")),))


_MAPPINGS = {"parents": _mapping("CONTROLS", "end", "start"), "ties": _mapping("LINKED_TO", "start", "end")}
_FILLED = {f"{table}: {column}": 0.95 for table in _MAPPINGS for column in ("start", "end", "type")}
_TITLE = Text("GLEIF: relationships", "GLEIF: relaciones")
_DESCRIPTION = Text(
    "Which entity with an LEI consolidates, manages or feeds which other, and since when.",
    "Qué entidad con LEI consolida, administra o alimenta a cuál otra, y desde cuándo.",
)
DATASET = (
    Dataset(
        name="gleif_rr_csv",
        title=_TITLE,
        description=_DESCRIPTION,
        format="table",
        columns=(_START, _END, _TYPE, _STATUS, _REGISTERED),
        optional=_OPTIONAL,
        mappings=_MAPPINGS,
        fill_rates=_FILLED,
        prepare=prepare_csv,
        **ABOUT,
    ),
    Dataset(
        name="gleif_rr_json",
        title=_TITLE,
        description=_DESCRIPTION,
        format="json",
        columns=("Relationship", "Registration"),
        elements=("relations", "records"),
        tree=True,
        mappings=_MAPPINGS,
        fill_rates=_FILLED,
        prepare=prepare_json,
        **ABOUT,
    ),
)
