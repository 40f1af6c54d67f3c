"""A projection: who takes part in an analysis, what a tie between two of them is, and how much it weighs.

It is a value: it can be written down (:meth:`Projection.as_json`), read back (:mod:`.document`), changed with
:func:`dataclasses.replace`, and named by what it says (:attr:`Projection.id`). Nothing in it comes from the clock.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, astuple, dataclass, field, fields
from functools import cached_property
from typing import Any

from vinculo.graph.taxpayers import MOST_HOLDERS
from vinculo.graph.text import Text, text

DIRECTIONS = ("with", "against", "both")
MEASURES = ("count", "amount", "log_amount")
PARALLEL = ("each", "log", "once")
TREATMENTS = ("left_out", "damped", "kept")
UNKNOWN = ("left_out", "kept")


@dataclass(frozen=True)
class Tie:
    """One sort of tie between two nodes that take part.

    Attributes
    ----------
    name : str
        Told with the result.
    links : tuple of str
        Kinds of links. A direct tie is one of them; through a shared node, it is what joins a node to the shared one.
    all_but : tuple of str
        Instead of ``links``: a link of any other kind is a tie.
    through : tuple of str
        Kinds of shared nodes (with their descendants); none for a direct tie.
    to : tuple of str
        Through a shared node, kinds of links of the other side: the tie runs from who has one of ``links`` there to who has one
        of ``to``. None: it joins any two that have one of ``links``.
    direction : str
        Of a direct tie: ``with`` the link, ``against`` it, or ``both``.
    """

    name: str
    links: tuple[str, ...] = ()
    all_but: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    direction: str = "with"

    def __post_init__(self) -> None:
        _sort_kinds(self, "links", "all_but", "through", "to")


@dataclass(frozen=True)
class Held:
    """Nodes that others stand for: an account by its holder.

    A node of ``kinds`` to which a node that takes part has one of the links ``by`` takes no part itself; its ties are those of
    its holders, shared evenly where there are several. One that nobody holds stays what it is.
    """

    kinds: tuple[str, ...] = ()
    by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _sort_kinds(self, "kinds", "by")


@dataclass(frozen=True)
class Weight:
    """How much a tie weighs.

    Attributes
    ----------
    measure : str
        ``count``: 1 a link or shared node, in however many roles. ``amount``: its amount in ``currency``. ``log_amount``:
        ln(1 + amounts put together), of which age and hubs then take away the share that they take of the amounts.
    currency : str
        ISO 4217 code; amounts in another one are unknown amounts, never converted.
    parallel : str
        How several between the same two are put together: ``each`` adds up, ``log`` takes the mean times 1 + ln(number), ``once``
        the greatest.
    half_life_days : float
        Each is halved for so many days it is older than ``as_of``; 0 for no ageing. What is younger is not aged.
    as_of : str
        ISO date from which age is counted.
    """

    measure: str = "count"
    currency: str = ""
    parallel: str = "each"
    half_life_days: float = 0.0
    as_of: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "half_life_days", float(self.half_life_days))


@dataclass(frozen=True)
class Hubs:
    """What stands next to everybody and says little about who has to do with whom.

    Attributes
    ----------
    generic : str
        Carriers, customs brokers and banks (most of whose trade and money links, those of their accounts included, are in that
        role), agents that represent more than ``more_than``, ports and offices, numbers given out to nobody in particular:
        ``left_out``, ``damped`` or ``kept``.
    crowded : str
        The same of nodes through which more than ``more_than`` meet.
    more_than : int
        How many are a crowd.
    kinds : tuple of str
        Nodes that take part themselves and count as crowded when they have ties to more than ``more_than`` others.

    A node that is damped gives each tie 1 / log2(1 + how many meet there or it has ties to) of its weight.
    """

    generic: str = "kept"
    crowded: str = "left_out"
    more_than: int = MOST_HOLDERS
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "more_than", int(self.more_than))
        _sort_kinds(self, "kinds")


@dataclass(frozen=True)
class Projection:
    """What an analysis looks at.

    Attributes
    ----------
    name : str
        What it is called; not part of its identity.
    ties : tuple of Tie
        What joins two nodes; kept by name, for they mean the same in any order.
    nodes : tuple of str
        Kinds of nodes that take part, with their descendants; none: all.
    held : Held
        Nodes that others stand for.
    directed : bool
        Whether a tie's direction is kept.
    loops : str
        Ties of a node to itself (``kept`` or ``left_out``).
    weight : Weight
    no_amount : str
        Where amounts weigh, a link whose amount in the currency is unknown is ``left_out``, or ``kept`` and counts as the median.
    no_date : str
        Where dates matter, a link without a full date is ``left_out`` or ``kept``; kept, it has aged as the median has.
    since, until : str
        First and last day (ISO) of the links that count; empty: no bound.
    hubs : Hubs
    most_pairs : int
        Work allowed for ties through shared nodes: the most crowded are left out beyond it, and the result says so.
    title : Text, optional
        For people; by default a known projection has that of the catalogue (``projection.NAME``), any other its name.

    Examples
    --------
    >>> calls = Projection("calls", (Tie("call", links=("LINKED_TO",)),), nodes=("Person",))
    >>> calls.as_json()["ties"]
    [{'name': 'call', 'links': ['LINKED_TO']}]
    >>> from dataclasses import replace
    >>> calls.id == replace(calls, name="talks").id, calls.id == replace(calls, directed=True).id
    (True, False)
    """

    name: str
    ties: tuple[Tie, ...]
    nodes: tuple[str, ...] = ()
    held: Held = field(default_factory=Held)
    directed: bool = False
    loops: str = "left_out"
    weight: Weight = field(default_factory=Weight)
    no_amount: str = "left_out"
    no_date: str = "kept"
    since: str = ""
    until: str = ""
    hubs: Hubs = field(default_factory=Hubs)
    most_pairs: int = 5_000_000
    title: Text | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "most_pairs", int(self.most_pairs))
        object.__setattr__(self, "ties", tuple(sorted(self.ties, key=astuple)))
        _sort_kinds(self, "nodes")

    @cached_property
    def id(self) -> str:
        """From all it says but its name and title: what gives the same graph has the same id, unless it is said otherwise."""
        rules = {k: v for k, v in self.as_json().items() if k not in ("name", "title")}
        told = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha1(f"projection:{told}".encode()).hexdigest()

    def words(self) -> Text:
        """Its title in both languages; without one that of the known projection that it is, else its name."""
        from vinculo.analytics.projecting.known import projections

        if self.title is not None:
            return self.title
        known = projections().get(self.name)
        # the name alone may be that of another network
        return text(f"projection.{self.name}") if known and known.id == self.id else Text(self.name, self.name)

    def as_json(self) -> dict[str, Any]:
        """What it says beyond the defaults; :func:`vinculo.analytics.projecting.document.from_json` reads it back."""
        made = _told(self)
        if self.title is not None:
            made["title"] = {"en": self.title.en, "es": self.title.es}
        return made

    def with_id(self) -> dict[str, Any]:
        """As a result carries it: its id, then what it says."""
        return {"id": self.id, **self.as_json()}

    @property
    def dated(self) -> bool:
        """Whether it matters when something was."""
        return bool(self.since or self.until or self.weight.half_life_days)

    @property
    def by_amount(self) -> bool:
        """Whether amounts weigh."""
        return self.weight.measure != "count"


def _told(value: Any) -> dict[str, Any]:
    """What differs from the default, so that an option added later changes no id."""
    made: dict[str, Any] = {}
    for f in fields(value):
        own = getattr(value, f.name)
        default = f.default_factory() if f.default_factory is not MISSING else f.default
        if f.name == "title" or own == default:
            continue
        if isinstance(own, tuple):
            made[f.name] = [_told(v) if isinstance(v, Tie) else v for v in own]
        else:
            made[f.name] = _told(own) if isinstance(own, Held | Weight | Hubs) else own
    return made


def _sort_kinds(value: Any, *names: str) -> None:
    """Kinds are a set: written in any order they mean the same."""
    for name in names:
        object.__setattr__(value, name, tuple(sorted(set(getattr(value, name)))))
