"""Runs under the oracle's own Python: answers one JSON question a line with what FollowTheMoney makes of it."""

import json
import logging
import sys
from pathlib import Path

import followthemoney
from followthemoney import model
from followthemoney.exc import InvalidData
from followthemoney.mapping.csv import CSVSource
from followthemoney.types import registry
from followthemoney.util import make_entity_id, sanitize_text

logging.disable(logging.CRITICAL)


def clean(question):
    kind = registry.get(question["type"])
    found = []
    for value in question["values"]:
        text = sanitize_text(value)
        try:
            found.append(None if text is None else kind.clean_text(text, format=question.get("format")))
        except InvalidData:
            found.append(None)
    return found


def mapped(question):
    entities = {}
    for dataset, meta in question["mapping"].items():
        for query in meta["queries"]:
            made = model.make_mapping({**query, "csv_url": question["file"]}, key_prefix=dataset, dataset=dataset)
            with Path(question["file"]).open() as lines:
                for record in CSVSource.read_csv(lines):
                    if made.source.check_filters(record):
                        for entity in made.map(record).values():
                            if entity.schema.edge and not list(entity.edgepairs()):
                                continue  # an edge without one of its ends, which is no link
                            told = entity.to_dict()
                            _, values = entities.setdefault(told["id"], (told["schema"], {}))
                            for name, texts in told["properties"].items():
                                kept = set(values.get(name, ())) | {t for t in texts if t}
                                values[name] = sorted(kept)
    return entities


def ids(question):
    return [make_entity_id(*sorted(k), key_prefix=question["prefix"]) for k in question["keys"]]


for line in sys.stdin:
    asked = json.loads(line)
    answers = {"version": lambda q: followthemoney.__version__, "clean": clean, "map": mapped, "ids": ids}
    print(json.dumps(answers[asked["op"]](asked)), flush=True)
