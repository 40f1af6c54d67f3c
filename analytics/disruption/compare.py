"""Actions side by side: for each, what would hold when its first target is gone, its first two, and so on."""

from __future__ import annotations

from collections.abc import Sequence

from vinculo.analytics.disruption.actions import Action
from vinculo.analytics.disruption.comparison import Comparison
from vinculo.analytics.disruption.group import Group
from vinculo.analytics.disruption.recovery import MODELS
from vinculo.analytics.disruption.study import Study
from vinculo.analytics.kernels.compiled import Progress
from vinculo.graph.errors import UsageError
from vinculo.graph.store import Store


def compare(
    group: Group,
    actions: Sequence[Action],
    *,
    store: Store | None = None,
    sources: Sequence[str] = (),
    sinks: Sequence[str] = (),
    currency: str | None = None,
    models: Sequence[str] = tuple(MODELS),
    share: float = 0.95,
    runs: int = 100,
    most: int = 1_000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Comparison:
    """Compare actions against a group.

    Parameters
    ----------
    group : Group
        See :func:`vinculo.analytics.disruption.group.group_of`.
    actions : sequence of Action
    store : Store, optional
        Where findings, lists, dates and weights of consignments stand; without it unmentioned parties and goods stay unknown.
    sources, sinks : sequence of str
        Ids between which money and goods flow, e.g. who sells and who is paid in the end; without them flow is not measured.
    currency : str, optional
        Of the payments that count; the one most payments are in by default.
    models : sequence of str
        Replacement models: ``random``, ``preferential``, ``distance``.
    share, runs, most, seed : float, int, int, int
        See :func:`vinculo.analytics.disruption.recovery.recovery`.
    progress : callable, optional
        Told ``("disrupt", points done, points)``; may raise to stop.

    Returns
    -------
    Comparison

    Raises
    ------
    UsageError
        ``unknown_action``, ``action_unfit``, ``unknown_entity``, ``unknown_model``, ``outside_group``, ``ends_overlap``.

    Examples
    --------
    >>> from vinculo.analytics.disruption.group import group_of
    >>> from vinculo.graph.network import Network
    >>> star = group_of(Network.from_links([("hub", x) for x in "abcd"]))
    >>> made = compare(star, [Action("arrest", ("hub",)), Action("arrest", ("a",))], runs=10)
    >>> [curve[0].largest for _, curve in made.curves]
    [1, 4]
    """
    for model in models:
        if model not in MODELS:
            raise UsageError("unknown_model", model=model, known=", ".join(MODELS))
    study = Study(group, store, sources, sinks, currency, models, (share, runs, most, seed))
    study.question["actions"] = [{"action": a.kind, "targets": list(a.targets), "cost": a.cost} for a in actions]
    targets = [study.members_of(a) for a in actions]
    total = sum(len(t) for t in targets)
    done = 0
    curves = []
    for action, nodes in zip(actions, targets, strict=True):
        points = []
        for size in range(1, len(nodes) + 1):
            if progress:
                progress("disrupt", done, total)
            points.append(study.measured(action, nodes[:size]))
            done += 1
        curves.append((action, tuple(points)))
    return Comparison(study.question, study.before, tuple(curves))
