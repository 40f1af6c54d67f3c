"""Text that has broken other charts: markup, scripts, Markdown pictures, templates, formulas, unseen characters."""

from __future__ import annotations

from pathlib import Path

from small_case import write

from vinculo.graph.stores import open_store
from vinculo.graph.text import Text
from vinculo.graph.types import Finding, Source, Suggestion

FIRE = "window.__fired=(window.__fired||0)+1"
PAYLOADS = [
    f"<img src=x onerror={FIRE}>",
    f"<img src='http://evil.test/i.png' onerror=\"{FIRE}\">",
    f"<svg onload={FIRE}>",
    f"</script><script>{FIRE}</script>",
    f'"><script>{FIRE}</script>',
    f"'-{FIRE}-'",
    f'\\"-{FIRE}-\\"',
    f"javascript:{FIRE}",
    "![x](http://evil.test/m.png)",
    "[x](http://evil.test/m)",
    f"<a href=javascript:{FIRE}>c</a>",
    f'<iframe src="javascript:parent.{FIRE}"></iframe>',
    f"<details open ontoggle={FIRE}>",
    "<style>@import 'http://evil.test/s.css'</style>",
    "<link rel=stylesheet href=http://evil.test/l.css>",
    "<base href=http://evil.test/>",
    "<meta http-equiv=refresh content='0;url=http://evil.test/'>",
    "<object data=http://evil.test/o>",
    f"<form action=http://evil.test><button autofocus onfocus={FIRE}>",
    "<x style=background:url(http://evil.test/bg)>",
    "{{7*7}} {% import os %} ${7*7} {name}",
    "<!-- --> ]]>",
    "line\u2028and\u2029paragraph",
    "\u202eevil\u202c",
    "a\r\nb",
    "__proto__",
    "constructor",
    "*b* _i_ `c` ~~s~~ :material/home: :red[x] $x^2$",
    "=cmd|' /C calc'!A0",
    "&lt;img src=x&gt; %3Cscript%3E",
    "a" * 3000,
    f"href=1 <img src=x:x onerror={FIRE}>",
    f"<a href='http://evil.test/h'>x</a><img src='http://evil.test/hh' onerror={FIRE}>",
    f"<math><mtext></mtext><mglyph><svg><mtext><textarea><path id='</textarea><img onerror={FIRE} src=1>'>",
    "www.evil.test http://evil.test/auto ana@evil.test",
]
KINDS = (
    "Company",
    "Person",
    "BankAccount",
    "Consignment",
    "Container",
    "Address",
    "Phone",
    "Seizure",
    "Inspection",
    "Listing",
)
NAMING = {
    "BankAccount": "accountNumber",
    "Consignment": "billNumber",
    "Container": "number",
    "Address": "full",
    "Phone": "number",
}
NAMING |= {"Seizure": "seizureNumber", "Inspection": "inspectionNumber", "Listing": "program"}
LINKS = ("PAID", "SHIPPER", "OWNS", "LISTED", "FAMILY_OF", "HAS_PHONE")
HUB = "hub"


def communities(ids: list[str], version: str) -> dict[str, object]:
    """What a search for communities kept, every text of it a payload."""
    said = {"en": PAYLOADS[1], "es": PAYLOADS[8]}
    before = [{"id": PAYLOADS[2], "size": 2, "key_members": ids[:3]}]
    change = {"since": PAYLOADS[1], "kind": "split", "before": before, "jaccard": 0.5, "reason": said}
    money = {"currency": PAYLOADS[8], "payments": 1, "inside": 9500.0, "into": 0.0, "out": 1.0}
    goods = {"hs_code": PAYLOADS[1], "inside": 1, "across": 1, "inside_kg": 1.0, "across_kg": 1.0}
    group = {
        **{
            "id": PAYLOADS[3],
            "size": len(ids),
            "modularity": 0.5,
            "method": "leiden",
            "projection": {"name": PAYLOADS[1]},
        },
        **{
            "kinds": {"Company": 3},
            "countries": {PAYLOADS[1]: 1},
            "links": 3,
            "density": 0.1,
            "inside": 0.9,
            "seizures": 1,
        },
        **{"money": [money], "goods": [goods], "key_members": ids[:5], "members": ids, "changes": [change]},
        "brokers": [{"id": ids[1], "others": [{"community": PAYLOADS[3], "share": 0.2}]}],
    }
    return {"communities": [group], "gone": [change], "when": PAYLOADS[1], "version": version}


def make(folder: Path) -> str:
    """A store whose every text is a payload; ids too. Returns its address."""
    url = f"sqlite:///{folder / 'hostile.db'}"
    store = open_store(url)
    entities = [
        (HUB, "Company", {"name": f"hub {PAYLOADS[0]} {PAYLOADS[8]}", "country": PAYLOADS[1], "notes": PAYLOADS[8]})
    ]
    links = []
    for n, text in enumerate(PAYLOADS):
        id = f"{text[:200]}#{n}"
        kind = KINDS[n % len(KINDS)]
        extra = {
            "alias": text,
            "notes": text,
            "status": text,
            "standing": "listed",
            "date": text[:20],
            "commodity": text,
        }
        entities.append((id, kind, {NAMING.get(kind, "name"): f"zzz {text}", **extra}))
        facts = {"amount": "9500", "currency": text[:40], "role": text, "purpose": text, "date": text[:20]}
        links.append((f"link {id}", LINKS[n % len(LINKS)], HUB, id, facts))
    write(store, Source("hostile", "e" * 64, f"{PAYLOADS[0].replace('/', '_')}.csv", synthetic=True), entities, links)
    ids = [e[0] for e in entities]
    said = Text(PAYLOADS[1], PAYLOADS[8])
    store.save_findings(
        "structuring",
        [
            Finding(
                id=f"finding {n}",
                typology="structuring",
                version="1",
                score=0.5,
                entities=((ids[n], text), (HUB, "hub")),
                links=(links[n - 1][0],),
                window=(text[:20], ""),
                features={text: {"value": text, "peers": None, "unit": text}},
                reason=Text(text, text),
                lawful=((Text(text, text), "tested"),),
                settles=said,
            )
            for n, text in enumerate(PAYLOADS[:12], 1)
        ],
    )
    store.save_suggestions([Suggestion(HUB, i, 0.8, said) for i in ids[1:8]])
    store.save_document("communities", "leiden", communities(ids, store.version()))
    store.close()
    return url
