"""When a link was and what it is worth, as columns; and what becomes of those that do not say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.analytics.columns import DAY_S, UNDATED, numbers, seconds, whole
from vinculo.analytics.projecting.definition import Projection
from vinculo.graph.network import Floats, Ints, Mask, Network
from vinculo.graph.schema import descendants, kind

Properties = Callable[[str, Sequence[str]], pa.Table]
#: Half-lives after which nothing gets lighter, so that no tie comes to weigh nothing at all.
OLDEST = 1000.0


class Worth:
    """What a projection asks of links and shared nodes; columns are made when first asked for.

    Attributes
    ----------
    counts : Counter
        What has no place of its own in the network: ``loops``, ``beyond_budget``.
    """

    def __init__(self, network: Network, projection: Projection, properties: Properties | None = None) -> None:
        self.network = network
        self.wanted = projection
        self.properties = properties
        self.counts: Counter[str] = Counter()
        self._link_day: Ints | None = None
        self._noted: dict[tuple[str, bool], Mask] = {}

    @property
    def unknown(self) -> dict[str, int]:
        """How many links and shared nodes did not say what was asked or were not asked for, each once, and ``counts``."""
        made = Counter(self.counts)
        for (what, _), mask in self._noted.items():
            made[what] += int(np.count_nonzero(mask))
        return {k: n for k, n in sorted(made.items()) if n}

    def note(self, what: str, numbers: Ints, *, nodes: bool = False) -> None:
        """Remember links, or nodes, of which something is not known; several ties may ask for the same."""
        if len(numbers):
            network = self.network
            many = len(network) if nodes else len(network.source)
            self._noted.setdefault((what, nodes), np.zeros(many, np.bool_))[numbers] = True

    def link_days(self, rows: Ints) -> Ints | None:
        """Days since 1970 of these links, ``UNDATED`` where they have no full date; ``None`` where dates do not matter."""
        if not self.wanted.dated:
            return None
        if self._link_day is None:
            self._link_day = days(self.network.links["date"])
        return self._link_day[rows]

    def link_amounts(self, rows: Ints) -> Floats | None:
        """Amounts of these links in the projection's currency, NaN where there is none; ``None`` where they do not matter."""
        if not self.wanted.by_amount:
            return None
        links = self.network.links.select(["amount", "currency"]).take(pa.array(rows))
        return self._in_currency(links["amount"], links["currency"], rows)

    def node_days(self, kinds: Sequence[str]) -> Ints | None:
        """Days of all nodes of these kinds, as :meth:`link_days`; of nobody where no properties can be asked for."""
        if not self.wanted.dated:
            return None
        made = np.full(len(self.network), UNDATED, np.int64)
        for name in kinds:
            if self.properties and "date" in kind(name).properties:
                table = self.properties(name, ["date"])
                self._put(made, table["id"], days(table["date"]))
        return made

    def node_amounts(self, kinds: Sequence[str], nodes: Ints) -> Floats | None:
        """Amounts of these nodes (a consignment's declared value, an invoice's amount), as :meth:`link_amounts`."""
        if not self.wanted.by_amount:
            return None
        amounts = np.full(len(self.network), np.nan)
        currencies = np.full(len(self.network), "", object)
        for name in kinds:
            known = kind(name).properties
            told = next((p for p in ("declaredValue", "amount") if p in known), "")
            if self.properties and told and "currency" in known:
                table = self.properties(name, [told, "currency"])
                self._put(amounts, table["id"], numbers(table[told]))
                self._put(currencies, table["id"], np.array(table["currency"].to_pylist(), object))
        asked = pa.array(currencies[nodes].tolist(), pa.string())
        told = pa.chunked_array([pa.array(amounts[nodes])])
        return self._in_currency(told, pa.chunked_array([asked]), nodes, nodes=True)

    def _put(self, made: np.ndarray, ids: pa.ChunkedArray, values: np.ndarray) -> None:
        at = self.network.index(ids)
        made[at[at >= 0]] = values[at >= 0]

    def _in_currency(
        self, amounts: pa.ChunkedArray, currencies: pa.ChunkedArray, of: Ints, *, nodes: bool = False
    ) -> Floats:
        made = numbers(amounts)
        same = pc.fill_null(pc.equal(currencies, self.wanted.weight.currency), False)
        right = np.asarray(whole(same).to_numpy(zero_copy_only=False), np.bool_)
        told = np.isfinite(made)
        self.note("no_amount", of[~told], nodes=nodes)
        self.note("other_currency", of[told & ~right], nodes=nodes)
        self.note("not_positive", of[told & right & (made <= 0)], nodes=nodes)
        return np.where(told & right & (made > 0), made, np.nan)

    def admitted(self, day: Ints | None, rows: Ints) -> Mask | None:
        """Which of these links count by their date; ``None``: all."""
        wanted = self.wanted
        if day is None:
            return None
        undated = day == UNDATED
        self.note("no_date", rows[undated])
        inside = np.ones(len(rows), np.bool_)
        if wanted.since:
            inside &= day >= _day_of(wanted.since)
        if wanted.until:
            inside &= day <= _day_of(wanted.until)
        self.note("outside_dates", rows[~inside & ~undated])
        return np.where(undated, wanted.no_date == "kept", inside)

    def valued(self, amount: Floats | None) -> Mask | None:
        """Which count by their amount; ``None``: all."""
        return None if amount is None or self.wanted.no_amount == "kept" else ~np.isnan(amount)

    def weigh(
        self, many: int, day: Ints | None, amount: Floats | None, left: Floats | None = None
    ) -> tuple[Floats, Floats | None]:
        """What each of so many weighs; what is unknown counts as the median of what is known, or 1 where nothing is.

        What age leaves of it, and ``left``, is in the weight, but for logarithms: from these it can be taken only afterwards, and
        comes second.
        """
        made = np.ones(many) if amount is None else _filled(amount)
        weight = self.wanted.weight
        if day is not None and weight.half_life_days:
            age = np.maximum(_day_of(weight.as_of) - day, 0) / weight.half_life_days
            faded = np.where(day == UNDATED, np.nan, np.exp2(-np.minimum(age, OLDEST)))
            left = _filled(faded) if left is None else left * _filled(faded)
        if weight.measure == "log_amount":
            return made, np.ones(many) if left is None else left
        return made if left is None else made * left, None


def days(column: pa.ChunkedArray) -> Ints:
    """Days since 1970 of ISO dates, with or without a time; ``UNDATED`` for none and for a partial one.

    Examples
    --------
    >>> days(pa.chunked_array([["1970-01-02", "1970-01-03T10:00", "1970"]]))[:2].tolist()
    [1, 2]
    """
    # a day comes many times, a moment once
    coded = whole(pc.utf8_slice_codeunits(column, 0, 10)).dictionary_encode()
    moment = seconds(coded.dictionary)[0]
    own = np.where(moment == UNDATED, UNDATED, moment // DAY_S)
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    made: Ints = np.append(own, UNDATED)[codes]
    return made


def shared_kinds(kinds: Sequence[str]) -> list[str]:
    """Those of these kinds that no other of them covers, so that none is asked for twice."""
    return sorted(k for k in set(kinds) if not any(k != other and k in descendants(other) for other in kinds))


def _filled(values: Floats) -> Floats:
    unknown = np.isnan(values)
    if not unknown.any():
        return values
    known = values[~unknown]
    return np.where(unknown, float(np.median(known)) if len(known) else 1.0, values)


def _day_of(day: str) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))
