"""A comparison in words, in a store, and as a table to take along."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vinculo.analytics.disruption.actions import Action
from vinculo.analytics.disruption.comparison import Comparison, Point
from vinculo.analytics.phrasing import counted, number, percent, sentence
from vinculo.graph.evidence import basis
from vinculo.graph.exports.csv import guard
from vinculo.graph.store import Store
from vinculo.graph.text import Text, text
from vinculo.graph.whole import whole

#: Collection of documents in which comparisons are kept.
KEPT = "disruptions"


def told(comparison: Comparison, action: Action, points: Iterable[Point]) -> Text:
    """One sentence on the whole of an action.

    Examples
    --------
    >>> from vinculo.analytics.disruption.compare import compare
    >>> from vinculo.analytics.disruption.group import group_of
    >>> from vinculo.graph.network import Network
    >>> star = group_of(Network.from_links([("hub", x) for x in "abcd"]))
    >>> made = compare(star, [Action("wait", ("hub",))])
    >>> told(made, *made.curves[0]).en
    'Waiting removes nothing; 0 records in 30 days keep telling of 1 target.'
    """
    some = list(points)
    if not some:
        return text("disrupt.no_targets")
    last = some[-1]
    if not action.removes:
        kept_coming = counted(round(last.records_kept), "dated")
        return sentence("disrupt.wait", records=kept_coming, targets=counted(last.size, "target"))
    ties = [r for r in last.recovery if r.median is not None]
    if not last.largest:
        mending = text("disrupt.nothing_left")
    elif not last.recovery:
        mending = text("disrupt.not_asked")
    elif not ties:
        mending = sentence("disrupt.never", most=number(comparison.question["most_ties"]))
    else:
        low, high = min(r.median or 0 for r in ties), max(r.median or 0 for r in ties)
        if not high:
            mending = text("disrupt.holds")
        elif number(low) == number(high):
            mending = sentence("disrupt.mends_alike", ties=counted(round(high), "new_tie"))
        else:
            mending = sentence("disrupt.mends", low=number(low), high=number(high))
        if never := len(last.recovery) - len(ties):
            most = number(comparison.question["most_ties"])
            mending = sentence(
                "disrupt.but_never", mending=mending, most=most, never=number(never), models=number(len(last.recovery))
            )
    return sentence(
        "disrupt.gone",
        targets=counted(last.size, "target"),
        largest=number(last.largest),
        before=number(comparison.before.largest),
        efficiency=percent(last.efficiency_share),
        mending=mending,
        unmentioned=counted(last.unmentioned, "party")
        if last.unmentioned is not None
        else text("disrupt.unknown_parties"),
        records=counted(round(last.records_lost), "dated"),
    )


def keep(store: Store, name: str, comparison: Comparison) -> dict[str, Any]:
    """Keep a comparison under a name, with what the store held when it was made; returns the document."""
    document = comparison.as_json() | {"basis": basis(store)}
    store.save_document(KEPT, name, document)
    return document


def kept(store: Store, name: str) -> tuple[dict[str, Any] | None, bool]:
    """The comparison of that name, and whether the store holds something else by now."""
    document = store.documents(KEPT).get(name)
    return document, document is not None and document.get("basis") != basis(store)


def write_csv(comparison: Comparison, path: Path) -> None:
    """The table side by side; text from data cannot run as a formula in a spreadsheet."""
    table = comparison.table()
    with whole(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(table.column_names)
        for row in table.to_pylist():
            out.writerow([guard("" if v is None else str(v)) for v in row.values()])
