"""A person's own layouts, kept with the case and known again by the header of the next file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import yaml

from vinculo.graph.store import Store
from vinculo.ingest.formats import loose
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.profile.guess import Profile, guess
from vinculo.ingest.profile.shapes import Way

#: Collection of the store's documents.
COLLECTION = "profiles"


def revised(
    profile: Profile,
    *,
    ways: dict[str, str],
    nothing: Sequence[str] | None = None,
    values: dict[str, str] | None = None,
) -> Profile:
    """A profile with what a person has chosen beside the columns.

    Parameters
    ----------
    profile : Profile
    ways : dict
        How the dates or numbers of a column of the template are written; empty where they need no telling.
    nothing : sequence of str, optional
        Texts that mean "no value".
    values : dict, optional
        What is the same in every row, by column of the template.
    """
    said = {k: v for k, v in (profile.values if values is None else values).items() if v}
    columns = tuple(
        replace(c, way=_chosen(c.way, ways[c.meant])) if c.meant and c.meant in ways else c for c in profile.columns
    )
    return replace(
        profile,
        columns=columns,
        nothing=profile.nothing if nothing is None else tuple(nothing),
        values=said,
        missing=tuple(c for c in profile.missing if c not in said),
    )


def _chosen(way: Way, form: str) -> Way:
    if way.formats == ((form,) if form else ()):
        return way
    return Way((form,) if form else (), way.fits)


def as_mapping(profile: Profile, name: str = "") -> dict[str, Any]:
    """The mapping as data: what :func:`written` says without its notes."""
    chosen = [c for c in profile.columns if c.meant]
    made = {
        "dataset": profile.dataset.name,
        "name": name,
        "columns": {c.meant: c.header for c in chosen},
        "formats": {c.meant: c.way.formats[0] for c in chosen if c.way.formats},
        "missing": list(profile.nothing),
        "values": dict(profile.values),
    }
    return {key: value for key, value in made.items() if value}


def as_text(mapping: dict[str, Any]) -> str:
    """A mapping as YAML, for a command to read."""
    return yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False)


def like(file: OpenedFile, mapping: dict[str, Any]) -> Profile:
    """A file's profile as a kept mapping has it.

    Raises
    ------
    InputError, UsageError
        As :func:`guess`.
    """
    template = str(mapping["dataset"])
    meant = {loose(str(header)): str(column) for column, header in mapping["columns"].items()}
    headers = [c.header for c in guess(file, template).columns]
    profile = guess(file, template, [meant.get(loose(h), "") for h in headers])
    formats = mapping.get("formats", {})
    return revised(
        profile,
        ways={column: str(formats.get(column, "")) for column in meant.values()},
        nothing=[str(t) for t in mapping.get("missing", ())],
        values={str(k): str(v) for k, v in mapping.get("values", {}).items()},
    )


def keep(store: Store, profile: Profile, name: str) -> None:
    """Keep a profile with the case; one of the same name makes way."""
    header = sorted(loose(c.header) for c in profile.columns)
    store.save_document(COLLECTION, name, {"mapping": as_mapping(profile, name), "header": header})


def kept(store: Store) -> dict[str, dict[str, Any]]:
    """Mappings that were kept with the case, by name."""
    return {name: made["mapping"] for name, made in store.documents(COLLECTION).items()}


def fitting(store: Store, headers: Sequence[str]) -> list[str]:
    """Names of the kept profiles made for a file with this very header, whatever the order of its columns."""
    header = sorted(map(loose, headers))
    return [name for name, made in store.documents(COLLECTION).items() if made["header"] == header]


def forget(store: Store, name: str) -> None:
    """Drop a kept profile; what was loaded by it stays."""
    store.delete_document(COLLECTION, name)
