"""Names of parties in the form in which spelling variants meet: no accents, no punctuation, the legal form apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from vinculo.ingest.datasets.columns import alike

#: Legal forms at the end of a compared name, the longest first, and what each is called here. Manifests cut names at 35
#: characters, so ``CO LT`` stands beside ``CO LTD``.
FORMS: tuple[tuple[str, str], ...] = (
    (r"s ?a ?p ?i ?(?:b ?)?de ?c ?v", "SAPI"),
    (r"s ?c ?de ?r ?l ?(?:de ?c ?v)?", "SC DE RL"),
    (r"s ?p ?r ?(?:de ?r ?l)?(?: de c ?v)?", "SPR"),
    (r"(?:s ?de ?r ?l|s ?r ?l) ?(?:m ?i )?(?:de ?c ?v?)?", "S DE RL"),
    (r"sociedad anonima(?: de capital variable)?", "SA"),
    (r"sociedad de responsabilidad limitada(?: de capital variable)?", "S DE RL"),
    (r"s ?a ?de ?c ?v?", "SA"),
    (r"s ?a ?s", "SAS"),
    (r"s ?a", "SA"),
    (r"s ?c", "SC"),
    (r"a ?c", "AC"),
    (r"(?:c ?i ?a|cia|compania) ?l(?:tda|imitada)", "LTDA"),
    (r"l(?:tda|imitada)", "LTDA"),
    (r"l ?l ?c|limited liability company", "LLC"),
    (r"(?:co|company) ?(?:l ?t ?d|limited|lt|l|inc)", "CO LTD"),
    (r"l ?t ?d|limited|lt", "LTD"),
    (r"inc|incorporated", "INC"),
    (r"corp|corporation", "CORP"),
    (r"co|company", "CO"),
    (r"l ?l ?p|l ?p", "LP"),
    (r"gmbh", "GMBH"),
    (r"plc|p ?l ?c", "PLC"),
    (r"b ?v", "BV"),
    (r"n ?v", "NV"),
    (r"a ?g", "AG"),
    (r"s ?p ?a", "SPA"),
    (r"ooo|oao|zao|pao", "OOO"),
)
_FORM = re.compile(r"(?P<core>.+?) (?:" + "|".join(f"(?P<f{i}>{form})" for i, (form, _) in enumerate(FORMS)) + r")$")


class Name(NamedTuple):
    """A name taken apart.

    ``core`` is the compared name without its legal form, ``form`` the legal form (empty where it has none).
    """

    core: str
    form: str

    @property
    def squeezed(self) -> str:
        """The core without spaces."""
        return self.core.replace(" ", "")

    @property
    def in_order(self) -> str:
        """The words of the core in the order of the alphabet."""
        return " ".join(sorted(self.core.split()))


def taken_apart(names: Sequence[str]) -> list[Name]:
    """Names as they compare.

    Examples
    --------
    >>> taken_apart(["Frutas Peña, S.A. de C.V.", "FRUTAS PENA SA DE CV", "Norte S. de R.L.", "Everich Housewares Co. Lt"])
    ... # doctest: +NORMALIZE_WHITESPACE
    [Name(core='frutas pena', form='SA'), Name(core='frutas pena', form='SA'), Name(core='norte', form='S DE RL'),
     Name(core='everich housewares', form='CO LTD')]
    """
    compared = alike(pa.array(list(names), pa.string())).to_pylist()
    return [_apart(text or "") for text in compared]


def _apart(text: str) -> Name:
    found = _FORM.match(text)
    if found is None:
        return Name(text, "")
    form = next(name for i, (_, name) in enumerate(FORMS) if found[f"f{i}"] is not None)
    return Name(found["core"], form)
