"""Ways out: one module each, found by its ``EXPORT`` constant.

Whatever the format: what only suspicious-activity reports assert stays behind unless it is named, synthetic data is called
so, and what lists say of a party (cleared included) goes along with it.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vinculo.graph.chart import Chart
from vinculo.graph.errors import EnvironmentProblem, UsageError
from vinculo.graph.exports.choice import gather
from vinculo.graph.exports.contents import Contents, Progress
from vinculo.graph.registry import discover
from vinculo.graph.store import Store
from vinculo.graph.text import Text
from vinculo.graph.whole import whole


@dataclass(frozen=True)
class Export:
    """One format.

    Attributes
    ----------
    name : str
        As in ``vinculo export --format``.
    title, description : Text
    extension : str
        Of its files, without the dot.
    writes : callable
        ``writes(contents, path)`` writes one file.
    """

    name: str
    title: Text
    description: Text
    extension: str
    writes: Callable[[Contents, Path], None]


def exports() -> dict[str, Export]:
    """Every format by name.

    Examples
    --------
    >>> list(exports())
    ['csv', 'ftm', 'graphml', 'html']
    """
    found: dict[str, Export] = discover(__name__, "EXPORT")
    return found


def export(
    store: Store,
    format: str,
    target_path: str | Path,
    *,
    ids: Sequence[str] | None = None,
    chart: Chart | None = None,
    include_taint: Sequence[str] = (),
    language: str | None = None,
    title: str = "",
    handling: str = "",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write a file that can be shared.

    Parameters
    ----------
    store : Store
    format : str
        One of :func:`exports`.
    target_path : str or path
        File to write; an existing one is replaced, only when the new one is whole.
    ids : sequence of str, optional
        These entities and the links between them; everything where neither this nor a chart is given.
    chart : Chart, optional
        What this chart shows: hidden nodes, switched-off classes and links outside its dates are left out.
    include_taint : sequence of str
        Taints that may go out (``"sar"``).
    language : {"en", "es"}, optional
        The reader's own by default.
    title, handling : str
        Title and handling code to print, where there is no chart that says them.
    progress : callable, optional
        ``(stage, done, total)`` between batches; may raise ``Cancelled``.

    Returns
    -------
    dict
        ``format``, ``file``, ``bytes``, ``entities``, ``links``, ``synthetic``, ``left_out`` (entities and links kept back
        for their taint), ``groups_opened`` (closed groups of the chart whose members go out one by one).

    Raises
    ------
    UsageError
        ``unknown_export``, ``unknown_entity``, ``chart_too_large``.
    EnvironmentProblem
        ``export_disk_full``, ``export_unwritable``. Nothing half-written stays.

    Examples
    --------
    >>> import tempfile
    >>> from vinculo.graph.stores import open_store
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = export(open_store("sqlite:///:memory:"), "ftm", Path(folder) / "case.ftm.json")
    >>> made["entities"], made["links"]
    (0, 0)
    """
    if format not in exports():
        raise UsageError("unknown_export", format=format, known=", ".join(exports()))
    contents = gather(
        store,
        ids=ids,
        chart=chart,
        include_taint=include_taint,
        language=language,
        title=title,
        handling=handling,
        progress=progress,
    )
    path = Path(target_path)
    try:
        with whole(path) as part:
            exports()[format].writes(contents, part)
            size = part.stat().st_size
    except OSError as problem:
        code = "export_disk_full" if problem.errno in (errno.ENOSPC, errno.EDQUOT) else "export_unwritable"
        raise EnvironmentProblem(code, file=str(path), reason=problem.strerror or "") from problem
    return {
        "format": format,
        "file": str(path),
        "bytes": size,
        "entities": contents.entities_read,
        "links": contents.links_read,
        "synthetic": contents.synthetic,
        "left_out": {"entities": contents.entities_kept_back, "links": contents.links_kept_back},
        "groups_opened": contents.groups_opened,
    }
