"""What a typology is, and how a finding is put together.

One file per typology in ``analytics/typologies``; its ``TYPOLOGY`` constant is found by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from vinculo.analytics.phrasing import sentence
from vinculo.graph.ids import make_id
from vinculo.graph.registry import discover
from vinculo.graph.text import Text, text
from vinculo.graph.types import Finding

if TYPE_CHECKING:
    from vinculo.analytics.context import Context

#: What findings are called that tell of a community: they describe and speak against nobody.
COMMUNITY = "community"
#: Findings of one typology whose evidence overlaps this much are one.
SAME_EVIDENCE = 0.5


class Typology(Protocol):
    """One pattern to look for.

    Attributes
    ----------
    name : str
        Stable; also the last part of its keys in the catalogue (``finding.NAME``, ``settles.NAME``).
    version : str
        Changes when the rule does; part of every finding and of its id.
    title : Text
        What people call it.
    stage : str
        ``placement``, ``layering``, ``integration``, ``trade``, ``cargo`` or ``identity`` (``stage.STAGE`` in the catalogue).
    reference : str
        Where the pattern is described.
    parameters : frozen dataclass
        Thresholds with units in their names.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def title(self) -> Text: ...
    @property
    def stage(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def parameters(self) -> Any: ...

    def find(self, context: Context) -> Iterator[Finding]:
        """Every case of it, each with its evidence; the order is of no matter."""


def typologies() -> dict[str, Typology]:
    """Every typology by name, sorted.

    Examples
    --------
    >>> "structuring" in typologies()
    True
    """
    return discover("vinculo.analytics.typologies", "TYPOLOGY")


def finding_kinds() -> dict[str, Text]:
    """What findings there may be, with their titles: typologies, and communities that are kept.

    Examples
    --------
    >>> finding_kinds()["community"].en
    'Community'
    """
    return {name: t.title for name, t in typologies().items()} | {COMMUNITY: text("finding_kind.community")}


def measured(value: float, unit: str, peers: float | None = None) -> dict[str, Any]:
    """One measured feature beside its peer baseline, rounded so that it reads well and compares exactly."""
    made: dict[str, Any] = {"value": _rounded(value), "unit": unit}
    if peers is not None:
        made["peers"] = _rounded(peers)
    return made


def make_finding(
    typology: Typology,
    *,
    score: float,
    entities: Iterable[tuple[str, str]],
    links: Sequence[str],
    window: tuple[str, str],
    features: Mapping[str, dict[str, Any]],
    reason: Mapping[str, Any],
    lawful: Mapping[str, str],
    reason_key: str = "",
    truncated: bool = False,
) -> Finding:
    """Put a finding together.

    Parameters
    ----------
    typology : Typology
        Whose it is.
    score : float
        Cut to 0..1.
    entities : iterable of (id, role)
        Members; a repeated pair counts once, the first order stays.
    links : sequence of str
        Evidence in the order it is told.
    window : tuple of str
        First and last date.
    features : mapping
        Name to :func:`measured`.
    reason : mapping
        Blanks of ``finding.NAME`` (or of ``reason_key``).
    lawful : mapping
        Key of the explanation (``lawful.KEY``) to ``tested`` or ``not_testable``.
    reason_key : str
        Another key of the sentence.
    truncated : bool
        The search stopped at its budget.
    """
    members = tuple(dict.fromkeys(entities))
    evidence = tuple(dict.fromkeys(links))
    key = [f"{i}|{role}" for i, role in members] + list(evidence)
    return Finding(
        id=make_id(f"finding:{typology.name}:{typology.version}:", *key) or "",
        typology=typology.name,
        version=typology.version,
        score=round(min(1.0, max(0.0, score)), 4),
        entities=members,
        links=evidence,
        window=window,
        features=dict(sorted(features.items())),
        reason=sentence(reason_key or f"finding.{typology.name}", **reason),
        lawful=tuple((text(f"lawful.{k}"), status) for k, status in lawful.items()),
        settles=text(f"settles.{typology.name}"),
        truncated=truncated,
    )


def merge_overlapping(findings: Iterable[Finding]) -> list[Finding]:
    """Keep the best of findings that rest on largely the same evidence (Jaccard of link ids at least 0.5).

    The kept one says how many others it stands for (feature ``merged``).
    """
    ranked = sorted(findings, key=lambda f: (-f.score, f.id))
    kept: list[Finding] = []
    sets: list[frozenset[str]] = []
    absorbed: list[int] = []
    by_link: dict[str, list[int]] = {}
    for finding in ranked:
        evidence = frozenset(finding.links)
        near = sorted({k for link in evidence for k in by_link.get(link, ())})
        same = next(
            (k for k in near if len(evidence & sets[k]) >= SAME_EVIDENCE * len(evidence | sets[k])),
            None,
        )
        if same is not None:
            absorbed[same] += 1
            continue
        for link in evidence:
            by_link.setdefault(link, []).append(len(kept))
        kept.append(finding)
        sets.append(evidence)
        absorbed.append(0)
    return [
        replace(f, features=dict(sorted((f.features | {"merged": measured(n, "count")}).items()))) if n else f
        for f, n in zip(kept, absorbed, strict=True)
    ]


def _rounded(value: float) -> float | int:
    number = float(value)
    if number.is_integer() and abs(number) < 1e15:
        return int(number)
    return float(f"{number:.4g}") if abs(number) < 1e4 else round(number, 2)
