"""What Mexican invoices are known by, in whatever document they are named.

A stamped invoice (CFDI) has a folio fiscal, a UUID that the whole country shares; a declaration of value has its COVE number.
Anything else is a number that one issuer counts for itself and says nothing outside the document it stands in.
"""

from __future__ import annotations

import re

from vinculo.ingest.mapping import Key

#: The invoice of a column ``invoice key``.
INVOICE = Key(columns=("invoice key",), prefix="", literal="Invoice")
_UUID = re.compile(r"\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?")
_COVE = re.compile(r"COVE[0-9]{2}[0-9A-Z]{7}")


def folio_fiscal(text: str) -> str | None:
    """The UUID of a stamped invoice in its canonical form, with or without hyphens; ``None`` for anything else.

    Examples
    --------
    >>> folio_fiscal(" 0A0A0A0A-0000-4000-8000-000000000001"), folio_fiscal("0a0a0a0a000040008000000000000001")
    ('0a0a0a0a-0000-4000-8000-000000000001', '0a0a0a0a-0000-4000-8000-000000000001')
    >>> folio_fiscal("A-1500"), folio_fiscal("00000000-0000-0000-0000-000000000000")
    (None, None)
    """
    found = _UUID.fullmatch(text.strip().lower())
    # generated samples and forms left blank have nothing but zeros
    return "-".join(found.groups()) if found and any(c not in "-0{}" for c in found[0]) else None


def invoice_key(text: str) -> str | None:
    """What an invoice is known by wherever it is named; ``None`` where its number says nothing by itself.

    Examples
    --------
    >>> invoice_key("0A0A0A0A-0000-4000-8000-000000000001"), invoice_key("cove26ZZ0A1B2"), invoice_key("A-1500")
    ('cfdi|0a0a0a0a-0000-4000-8000-000000000001', 'cove|COVE26ZZ0A1B2', None)
    """
    folio = folio_fiscal(text)
    if folio:
        return f"cfdi|{folio}"
    cove = re.sub(r"\s+", "", text).upper()
    return f"cove|{cove}" if _COVE.fullmatch(cove) else None
