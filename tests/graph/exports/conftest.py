"""Text that wants to be more than text: markup, scripts, templates, formulas, directions, numbers of XML's own."""

from __future__ import annotations

import pytest

#: Raises a counter in the page if it ever runs.
FIRE = "window.__fired=(window.__fired||0)+1"

HOSTILE = [
    f"<img src=x onerror={FIRE}>",
    f"<img src='http://evil.test/i.png' onerror=\"{FIRE}\">",
    f"<svg onload={FIRE}>",
    f"</script><script>{FIRE}</script>",
    f'"><script>{FIRE}</script>',
    f"</style><script>{FIRE}</script>",
    f"</title><script>{FIRE}</script>",
    f"</textarea></template><img src=x onerror={FIRE}>",
    f"'-{FIRE}-'",
    f'\\"-{FIRE}-\\"',
    f"javascript:{FIRE}",
    f"<a href=javascript:{FIRE}>click</a>",
    f'<iframe src="javascript:parent.{FIRE}"></iframe>',
    f'<iframe srcdoc="<script>parent.{FIRE}</script>"></iframe>',
    f"<details open ontoggle={FIRE}>",
    "<style>@import 'http://evil.test/s.css'</style>",
    "<link rel=stylesheet href=http://evil.test/l.css>",
    "<base href=http://evil.test/>",
    "<meta http-equiv=refresh content='0;url=http://evil.test/'>",
    "<object data=http://evil.test/o></object>",
    f"<form action=http://evil.test><button autofocus onfocus={FIRE}>",
    "<div style=background:url(http://evil.test/bg)>",
    f"<math><mtext></mtext><mglyph><svg><mtext><textarea><path id='</textarea><img onerror={FIRE} src=1>'>",
    f"<img src=x:x onerror={FIRE}> href=1",
    "![picture](http://evil.test/m.png)",
    "[link](http://evil.test/m)",
    "https://evil.test/plain",
    "{{7*7}}",
    "{% import os %}",
    "{text}{nodes}{0}",
    "${7*7}",
    "<!--<script>",
    "-->",
    "]]>",
    "<![CDATA[x]]>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "&lt;img src=x&gt;&#0;&#xD800;",
    "%3Cscript%3E",
    "line\u2028separator\u2029paragraph",
    "\u202eevil\u202c\u2066x\u2069",
    "nul\x00bell\x07escape\x1b[31m",
    "two\r\nlines\tand a tab",
    "\ufffe\uffff",
    "__proto__",
    "constructor",
    "toString",
    "</node></graph>",
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＠SUM(1)",
    "'=already",
    "''=twice",
    "'tis plain",
    '="a","b"',
    "a;b,c|d",
    "\U0001f600 \U00020000",
    "e\u0301 combining",
    "word " * 600,
    " ",
]


@pytest.fixture(scope="session")
def hostile() -> tuple[str, ...]:
    """Every hostile text there is."""
    return tuple(HOSTILE)
