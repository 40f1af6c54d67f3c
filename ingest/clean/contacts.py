"""Phones, e-mail addresses and web addresses."""

from __future__ import annotations

import functools
import re
from ipaddress import ip_address
from urllib.parse import ParseResult, urlparse

from vinculo.ingest.clean.countries import country

_LOCAL = re.compile(r"[^<>()\[\],;:?\s@\"]{1,64}")
_LABEL = re.compile(r"[\w-]{1,63}")
_SCHEMES = ("http", "https", "ftp", "mailto", "file", "s3", "gs")
#: phonenumbers takes no longer text for a number.
_LONGEST_NUMBER = 250
_EXTENSION = re.compile(r"(?i)\s*(?:ext|x|extension|anexo|int)\.?\s*\d{1,6}$")


def phone(value: str, hint: str = "") -> str | None:
    """A telephone number in E.164 (``+52...``) where its country is known, else its bare digits.

    Parameters
    ----------
    value : str
        As written; an extension is left out.
    hint : str
        Country in which it is dialled, in any form :func:`country` reads.

    Examples
    --------
    >>> phone("(867) 711-0000", "Mexico"), phone("+1 956 722 0000"), phone("5551234"), phone("n/a")
    ('+528677110000', '+19567220000', '5551234', None)
    """
    bare = _EXTENSION.sub("", value)
    region = (country(hint) or "").upper() if hint else ""
    known = _numbered(bare, region)
    if known:
        return known
    digits = "".join(c for c in bare if c in "0123456789")
    if not 6 <= len(digits) <= 17 or digits.strip("0") == "":
        return None
    # a number that its country's plan does not know (a made-up one, an old one) is still the same number elsewhere
    plus = bare.lstrip(" (").startswith("+") or (bare.lstrip(" (").startswith("00") and len(digits) > 10)
    return ("+" + digits.removeprefix("00")) if plus else digits if not region else _prefixed(digits, region)


@functools.cache
def _calling_code(region: str) -> str:
    import phonenumbers

    return str(phonenumbers.country_code_for_region(region) or "")


def _prefixed(digits: str, region: str) -> str:
    code = _calling_code(region)
    if not code:
        return digits
    return f"+{digits}" if digits.startswith(code) and len(digits) > 10 else f"+{code}{digits.lstrip('0')}"


# the chunks of a file name the same parties again
@functools.lru_cache(1 << 14)
def _dialled(value: str, region: str) -> str | None:
    import phonenumbers

    for dialled in (None, region or None):
        try:
            made = phonenumbers.parse(value, dialled)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(made):
            return str(phonenumbers.format_number(made, phonenumbers.PhoneNumberFormat.E164))
    return None


def _numbered(value: str, region: str) -> str | None:
    return _dialled(value, region) if len(value) <= _LONGEST_NUMBER else None


def ftm_phone(value: str, formats: tuple[str, ...] = ()) -> str | None:
    """A telephone number as FollowTheMoney cleans it: valid and international, or dialled in the country of ``formats``."""
    return _numbered(value, formats[0].upper() if formats else "")


def email(value: str) -> str | None:
    """An e-mail address, its domain in lower case.

    Examples
    --------
    >>> email("mailto:Ana@Example.COM."), email("nobody")
    ('Ana@example.com', None)
    """
    local, at, domain = value.strip().removeprefix("mailto:").rpartition("@")
    domain = domain.rstrip(".").lower()
    if not at or not _LOCAL.fullmatch(local):
        return None
    labels = domain.split(".")
    if len(labels) < 2 or len(labels[-1]) < 2 or labels[-1].isdigit() or len(domain) > 253:
        return None
    plain = all(
        _LABEL.fullmatch(x) and "_" not in x and x.strip("-") == x and (x[2:4] != "--" or x.startswith("xn--"))
        for x in labels
    )
    return f"{local}@{domain}" if plain else None


def url(value: str) -> str | None:
    """A web address with its scheme; free text that merely looks like one is none.

    Examples
    --------
    >>> url("www.example.com"), url("Social media: http://x"), url("https://EXAMPLE.com")
    ('http://www.example.com/', None, 'https://EXAMPLE.com/')
    """
    try:
        parts = urlparse(value)
    except ValueError:
        return None
    if not parts.netloc:
        if parts.scheme.lower() in _SCHEMES or "." not in parts.path or value.startswith("//"):
            return None
        return url(f"//{value}")
    if not _host(parts):
        return None
    scheme = parts.scheme.lower() or "http"
    if scheme not in _SCHEMES:
        return None
    return parts._replace(scheme=scheme, path=parts.path.strip() or "/").geturl()


def _host(parts: ParseResult) -> bool:
    if re.search(r"\s", parts.netloc):
        return False
    try:
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host:
        return False
    try:
        ip_address(host)
    except ValueError:
        labels = host.rstrip(".").split(".")
        if not all(_LABEL.fullmatch(x) and any(c.isalnum() for c in x) for x in labels):
            return False
        return len(labels) == 1 or (len(labels[-1]) >= 2 and not labels[-1].isdigit())
    return True
