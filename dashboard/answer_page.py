"""A page of one question: its controls, its jobs, and the last answer that was kept."""

from __future__ import annotations

from collections.abc import Callable

from vinculo.dashboard import answers, cases, frame
from vinculo.dashboard.answers import Answer
from vinculo.dashboard.wording import t


def answer_page(
    name: str, command: str, icon: str, controls: Callable[[], None], show: Callable[[Answer], None], *, empty: str
) -> None:
    """Draw it.

    Parameters
    ----------
    name : str
        Of the page, and under which its answer is kept.
    command : str
        The command whose jobs are listed.
    icon : str
        Stands over ``empty``, which says that nothing was asked yet.
    controls, show : callable
        Ask the question; tell the answer.
    """
    frame.header(t(f"page.{name}"))
    if cases.is_empty():
        frame.no_data()
        return
    controls()
    frame.job_list(2, of=command)
    answer = answers.kept(cases.store(), name)
    if answer is None:
        answers.note_another(answers.collection(name), answers.LAST)
        frame.empty(empty, icon, height=200)
    else:
        show(answer)
