"""Files that came by the browser, on disk: a command reads them from there."""

from __future__ import annotations

import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from vinculo.graph.errors import InputError
from vinculo.graph.settings import load_settings
from vinculo.ingest.formats.limits import MEMBERS, TOTAL
from vinculo.ingest.gathering import gathered

#: What a browser may send at once; ``launch`` tells the server the same.
LARGEST_MIB = 200


def _folder() -> Path:
    return load_settings().data_folder / "uploads"


def new_folder() -> Path:
    """A folder of its own, so that two files of one name do not meet."""
    turn = 1
    while True:
        place = _folder() / f"{turn:04d}"
        try:
            place.mkdir(parents=True)
        except FileExistsError:
            turn += 1
        else:
            return place


def safe_name(name: str, otherwise: str = "file") -> str:
    """What a file may be called on this disk.

    Examples
    --------
    >>> safe_name("../../etc/<b>actas 2024.csv"), safe_name("..")
    ('_b_actas 2024.csv', 'file')
    """
    return "".join(c if c.isalnum() or c in "._- " else "_" for c in Path(name).name)[-120:].lstrip(".") or otherwise


def kept(name: str, content: bytes) -> Path:
    """Keep an uploaded file under its own name; returns where."""
    path = new_folder() / safe_name(name)
    path.write_bytes(content)
    return path


def without_folder(text: str) -> str:
    """A sentence that names a file by the folder we keep it in, by the name alone: the folder says nothing to a person."""
    return re.sub(re.escape(str(_folder())) + r"[/\\]\d{4,}[/\\]", "", text)


@dataclass(frozen=True)
class Packed:
    """What an archive says it holds, before anything is unpacked."""

    files: int
    unpacked: int

    @property
    def fits(self) -> bool:
        """Whether it is within the limits that loading keeps."""
        return self.files <= MEMBERS and self.unpacked <= TOTAL


def packed(content: BinaryIO) -> Packed | None:
    """What an uploaded archive holds; nothing for a file that is none, and for a workbook, which is one inside."""
    try:
        if not zipfile.is_zipfile(content):
            return None
        with zipfile.ZipFile(content) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return None
    finally:
        content.seek(0)
    if any(m.filename == "[Content_Types].xml" for m in members):
        return None
    return Packed(len(members), sum(m.file_size for m in members))


def at_hand(file: str) -> Path:
    """Where a file is that a fault names; a member of an archive is unpacked, within the limits that loading keeps."""
    if Path(file).exists():
        return Path(file)
    with gathered([Path(file).parent]) as members:
        for member in members:
            if not isinstance(member, InputError) and str(member.shown) == file:
                place = new_folder() / safe_name(member.shown.name)
                shutil.copyfile(member.path, place)
                return place
    return Path(file)
