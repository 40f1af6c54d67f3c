"""Findings as they are told to a person: names, and what lists say, are looked up when a finding is read.

What is kept of a finding are ids, roles and figures. A file that was withdrawn since, or that another one corrects, takes its
words along, and they must not live on in a sentence; what no source states any more is told by the id of its record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from vinculo.analytics.community_finding import leading_of, with_name
from vinculo.analytics.typologies.list_match import TYPOLOGY, listings_of, with_lists
from vinculo.analytics.typology import COMMUNITY
from vinculo.graph.store import Store
from vinculo.graph.types import Entity, Finding


class _Quoting(NamedTuple):
    """A kind of finding whose sentence quotes the data: what it looks up, and how it is said."""

    ids: Callable[[Finding], list[str]]
    say: Callable[[Finding, Mapping[str, Entity]], Finding]


_QUOTING = {COMMUNITY: _Quoting(leading_of, with_name), TYPOLOGY.name: _Quoting(listings_of, with_lists)}


def told(store: Store, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, in their order, with sentences that say what the case holds now.

    Score, members, evidence and figures stay those of the day of the finding.

    Parameters
    ----------
    store : Store
    findings : sequence of Finding
        As they are kept; also by an earlier version, which kept words of the data in the sentence.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> told(open_store("sqlite:///:memory:"), [])
    []
    """
    wanted = {f.id: _QUOTING[f.typology].ids(f) for f in findings if f.typology in _QUOTING}
    known = store.entities(list(dict.fromkeys(i for ids in wanted.values() for i in ids)))
    return [_QUOTING[f.typology].say(f, known) if f.typology in _QUOTING else f for f in findings]
