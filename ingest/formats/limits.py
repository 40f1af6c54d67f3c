"""What may come out of a packed file, and how long a line may be: beyond it a file is damage or an attack, not data."""

from __future__ import annotations

#: Members of an archive, and bytes of them together on the disk while they are read.
MEMBERS = 1_000
TOTAL = 1 << 30
#: Bytes out of a ``.gz``: it is read as it unpacks and lies nowhere, so only time sets the limit.
STREAMED = 64 << 30
#: Unpacked bytes for each packed one; a small file of many equal bytes is no bomb.
RATIO = 100
HARMLESS = 10 << 20
#: Characters of one line of text; a document of OFX may stand on one line.
LINE = 32 << 20
#: Bytes of XML without a record or of one record: the parser holds them, as some twenty times as much.
RECORD = 16 << 20
#: Lists and objects in each other in JSON.
DEEPEST = 100


def is_bomb(size: int, packed: int) -> bool:
    """Whether so many bytes out of so many packed ones are too many.

    Examples
    --------
    >>> is_bomb(50 << 20, 5 << 20), is_bomb(50 << 20, 50 << 10), is_bomb(1 << 20, 1)
    (False, True, False)
    """
    return size > HARMLESS and size > RATIO * max(1, packed)
