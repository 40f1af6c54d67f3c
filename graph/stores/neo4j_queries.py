"""The Cypher of the Neo4j store. Labels and relationship types are names from the schema tables, never text from data."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from vinculo.graph.errors import UsageError
from vinculo.graph.schema import descendants, kind, kinds

#: Version of what stands on the server. One of version 1, where everything was seen at once, is raised when it is opened for
#: writing; any other is refused with a sentence.
SCHEMA_VERSION, OLDER = 2, 1
#: Labels of our own records, each with the property that is unique.
RECORDS = {
    "VinculoStore": "key",
    "WriterLock": "key",
    "Source": "key",
    "Run": "token",
    "Manifest": "key",
    "Finding": "id",
    "Suggestion": "key",
    "SavedDocument": "key",
    "Context": "key",
}


def seen(name: str) -> str:
    """That a node or relationship is not one that only unpublished sources brought, whose numbers are ``$hidden``."""
    return f"NOT coalesce({name}.by, 0) IN $hidden"


META = "MATCH (s:VinculoStore) RETURN s.schema"
#: What is there counts as published; what was begun and holds nothing yet does not.
RAISE = """MATCH (s:VinculoStore {schema: $older}) SET s.schema = $schema WITH s MATCH (x:Source)
  WHERE x.published IS NULL AND NOT EXISTS { MATCH (m:Manifest) WHERE m.source = x.number } SET x.published = false"""
#: Only a database that is empty or ours is written into.
CONTENTS = "MATCH (n) RETURN count(n)"
MAKE_META = """MERGE (s:VinculoStore {key: 'store'})
  ON CREATE SET s.schema = $schema, s.version = 0, s.codes = 0, s.uid = randomUUID()
  MERGE (w:WriterLock {key: 'writer'}) ON CREATE SET w.until = 0"""

# -- what was loaded
SOURCE = """MERGE (s:Source {key: $key}) ON CREATE SET s.dataset = $dataset, s.sha256 = $sha256, s.file = $file,
  s.synthetic = $synthetic, s.taint = $taint, s.number = $number, s.withdrawing = false,
  s.published = false RETURN s.number"""
NEXT_SOURCE = """MATCH (m:VinculoStore) SET m.version = m.version WITH m
  OPTIONAL MATCH (s:Source) RETURN coalesce(max(s.number), 0) + 1"""
SOURCES = "MATCH (s:Source) RETURN s.number, s.dataset, s.sha256, s.file, s.synthetic, s.taint"
ASSERTING = """MATCH (s:Source) WHERE EXISTS { MATCH (m:Manifest) WHERE m.source = s.number }
  AND (s.number IN $hidden) = $unpublished RETURN s.number, s.dataset, s.sha256, s.file, s.synthetic, s.taint"""
BEGIN_RUN = """MATCH (m:VinculoStore) SET m.version = m.version WITH m
  OPTIONAL MATCH (r:Run) WITH coalesce(max(r.number), 0) + 1 AS next
  MERGE (r:Run {token: $token})
  ON CREATE SET r.number = next, r.source = $source, r.started = $now, r.finished = '', r.status = 'running', r.counts = '{}'
  RETURN r.number"""
SOURCE_NOW = """MATCH (s:Source {number: $source})
  RETURN s.withdrawing, s.number, s.dataset, s.sha256, s.file, s.synthetic, s.taint"""
#: What another process has ended stays ended.
FINISH_RUN = """MATCH (r:Run {number: $run}) WHERE r.status <> 'done' OR $status IN ['done', 'withdrawn']
  SET r.finished = $now, r.status = $status, r.counts = $counts"""
RUNS = "MATCH (r:Run) RETURN r.number, r.source, r.started, r.finished, r.status, r.counts ORDER BY r.number"
MANIFEST_THERE = "MATCH (m:Manifest {key: $key}) RETURN m.run"
MAKE_MANIFEST = """CREATE (m:Manifest {key: $key, source: $source, number: $number, run: $run, records: $records,
  fingerprints: $fingerprints, rejects: $rejects, content: $content, told: $told})"""
MANIFESTS = """MATCH (s:Source {key: $key}) MATCH (m:Manifest {source: s.number})
  RETURN m.run, m.number, m.records, m.fingerprints ORDER BY m.number"""
FINGERPRINTS = """MATCH (s:Source {dataset: $dataset}) MATCH (m:Manifest {source: s.number})
  RETURN s.sha256, m.fingerprints ORDER BY s.sha256, m.number"""
REJECTS = """MATCH (s:Source {key: $key}) MATCH (m:Manifest {source: s.number}) WHERE m.rejects <> '[]'
  RETURN m.rejects ORDER BY m.number"""
CHANGED = "MATCH (s:VinculoStore) SET s.version = s.version + 1"
VERSION = "MATCH (s:VinculoStore) RETURN s.uid, s.version"
CODES = "MATCH (s:VinculoStore) SET s.codes = s.codes + $count RETURN s.codes - $count"

# -- reading a few
ENTITIES = f"""UNWIND $ids AS id MATCH (n:Entity {{id: id}}) WHERE {seen("n")}
  RETURN n.id, n.kind, n.name, n.facts"""
#: Values that the index found, each as (id, held): ``terms`` keeps of each value one that begins with ``__``.
_HELD = """CALL db.index.fulltext.queryNodes('names', $terms) YIELD node AS n, score
  WHERE {} AND ($kinds IS NULL OR n.kind IN $kinds) AND NOT coalesce(n.by, 0) IN $hidden
  UNWIND split(n.terms, ' ') AS term WITH n, term WHERE term STARTS WITH '__'
  WITH DISTINCT n.id AS id, replace(substring(term, 2), '_', ' ') AS held"""
HELD_WHOLE = _HELD.format("true") + " WHERE held = $held RETURN id, held ORDER BY id LIMIT $limit"
HELD_BEGINNING = _HELD.format("true") + " WHERE held STARTS WITH $held RETURN id, held ORDER BY held, id LIMIT $limit"
#: The score is the number of trigrams that stand in any value of the entity: half of one is for the arithmetic of floats.
HELD_SHARING = (
    _HELD.format("score > $least - 0.5")
    + """, $trigrams AS trigrams WITH id, held, size([t IN trigrams WHERE held CONTAINS t]) AS shared WHERE shared >= $least
  RETURN id, held, shared ORDER BY shared DESC, size(held), held, id LIMIT $limit"""
)
REFRESH = "CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()"

# -- reading in bulk
# Pages: things after ``$after`` in the order of their ids, as one row of whole columns, the id first. A row per thing would take
# two and a half times as long: the driver makes an object of each.
ENTITY_PAGE = f"""MATCH (n:Entity) WHERE n.id > $after AND {seen("n")}
  AND ($mark = '' OR any(f IN n.facts WHERE f CONTAINS $mark)) WITH n ORDER BY n.id LIMIT $limit WITH collect(n) AS ns
  RETURN [n IN ns | n.id], [n IN ns | n.kind], [n IN ns | n.facts], [n IN ns | n.by]"""
TAINTED_ENTITIES = f"""MATCH (n:Entity) WHERE size(n.facts) > 0 AND {seen("n")}
  AND all(f IN n.facts WHERE split(split(f, $unit)[-1], ':')[0] IN $sources) RETURN n.id, n.facts"""

# -- what people and analytics add
SAVE_FINDINGS = """UNWIND $rows AS row MERGE (f:Finding {id: row[0]})
  SET f.typology = row[1], f.score = row[2], f.body = row[3]"""
DROP_FINDINGS = "MATCH (f:Finding {typology: $typology}) DELETE f"
FINDINGS = """MATCH (f:Finding) WHERE $typology IS NULL OR f.typology = $typology
  RETURN f.body ORDER BY f.score DESC, f.id"""
SAVE_SUGGESTIONS = """UNWIND $rows AS row MERGE (s:Suggestion {key: row[0]})
  ON CREATE SET s.left = row[1], s.right = row[2], s.judgement = row[6]
  SET s.score = row[3], s.en = row[4], s.es = row[5],
  s.judgement = CASE WHEN row[6] = 'unsure' THEN s.judgement ELSE row[6] END"""
SUGGESTIONS = """MATCH (s:Suggestion) WHERE $id IS NULL OR s.left = $id OR s.right = $id
  RETURN s.left, s.right, s.score, s.en, s.es, s.judgement ORDER BY s.score DESC, s.left, s.right"""
SAVE_DOCUMENT = "MERGE (d:SavedDocument {key: $key}) SET d.collection = $collection, d.name = $name, d.body = $body"
COLLECTIONS = "MATCH (d:SavedDocument) WITH DISTINCT d.collection AS name RETURN name ORDER BY name"
DOCUMENTS = "MATCH (d:SavedDocument {collection: $collection}) RETURN d.name, d.body ORDER BY d.name"
DELETE_DOCUMENT = "MATCH (d:SavedDocument {key: $key}) DELETE d"


def label(name: str) -> str:
    """The label of a kind of entities, quoted; refuses what the schema does not name."""
    known = kind(name)
    if known.is_link:
        raise UsageError("unknown_kind", kind=name)
    return f"`{known.name}`"


def link_type(name: str) -> str:
    """The relationship type of a kind of links, quoted; refuses what the schema does not name."""
    known = kind(name)
    if not known.is_link:
        raise UsageError("unknown_kind", kind=name)
    return f"`{known.name}`"


@functools.cache
def link_kinds() -> tuple[str, ...]:
    """Every kind of links, sorted."""
    return tuple(sorted(k.name for k in kinds().values() if k.is_link))


@functools.cache
def entity_kinds() -> tuple[str, ...]:
    """Every kind of entities, sorted."""
    return tuple(sorted(k.name for k in kinds().values() if not k.is_link))


def types(names: Sequence[str] | None) -> str:
    """The types a pattern may follow: ``:`A`|`B```, or nothing for all."""
    if names is None:
        return ""
    # no kinds at all: a type that no link has
    return ":" + ("|".join(link_type(n) for n in names) or "`none`")


def schema_statements() -> dict[str, str]:
    """Constraints and indexes by name."""
    made = {f"record_{x}": f"FOR (n:{x}) REQUIRE n.{key} IS UNIQUE" for x, key in RECORDS.items()}
    made["entity_id"] = "FOR (n:Entity) REQUIRE n.id IS UNIQUE"
    made |= {f"link_{name}": f"FOR ()-[r:{link_type(name)}]-() REQUIRE r.id IS UNIQUE" for name in link_kinds()}
    statements = {name: f"CREATE CONSTRAINT `{name}` IF NOT EXISTS {rest}" for name, rest in made.items()}
    # brought up to date after the commit, and awaited by a search: a batch does not wait for it
    statements[
        "names"
    ] = """CREATE FULLTEXT INDEX names IF NOT EXISTS FOR (n:Entity) ON EACH [n.terms] OPTIONS {indexConfig:
      {`fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: true}}"""
    for name in ("Manifest", "Pending"):
        statements[f"{name.lower()}_source"] = (
            f"CREATE INDEX {name.lower()}_source IF NOT EXISTS FOR (m:{name}) ON (m.source)"
        )
    return statements


#: All are found before the first is changed: else each look passes over everything that the transaction has changed so far.
_FIRST = "WITH collect([{0}, row]) AS xs UNWIND xs AS x WITH x[0] AS {0}, x[1] AS row"


def write_entities(name: str) -> str:
    """Rows (id, code, name, facts, terms) of one kind; returns those that are there already with other facts."""
    return f"""UNWIND $rows AS row MERGE (n:Entity {{id: row[0]}})
      ON CREATE SET n:{label(name)}, n.kind = $kind, n.code = row[1], n.name = row[2], n.facts = split(row[3], $separator),
      n.terms = row[4], n.by = $by
      WITH n, row WHERE n.facts <> split(row[3], $separator) RETURN n.id, n.kind, n.facts, n.by"""


def write_bare() -> str:
    """Rows (id, code) of ends that nothing describes; returns those that one of the sources ``$others`` brought."""
    return f"""UNWIND $rows AS row MERGE (n:Entity {{id: row[0]}})
      ON CREATE SET n:{label("Thing")}, n.kind = 'Thing', n.code = row[1], n.name = row[0], n.facts = [], n.terms = '',
      n.by = $by
      WITH n WHERE n.by IN $others RETURN n.id, n.by"""


def update_entities(was: str, now: str) -> str:
    """Rows (id, name, facts, terms, by) of entities whose kind changes from one to another, or not."""
    relabelled = f"REMOVE n:{label(was)} SET n:{label(now)}, n.kind = $kind" if was != now else ""
    return f"""UNWIND $rows AS row MATCH (n:Entity {{id: row[0]}})
      WHERE n.kind <> $kind OR n.name <> row[1] OR n.facts <> row[2] OR n.terms <> row[3]
      OR coalesce(n.by, 0) <> coalesce(row[4], 0) {_FIRST.format("n")}
      SET n.name = row[1], n.facts = row[2], n.terms = row[3], n.by = row[4] {relabelled}"""


def write_links(name: str) -> str:
    """Rows (id, source, target, facts, date, amount, currency); returns those that are there already with other facts."""
    return f"""UNWIND $rows AS row MATCH (a:Entity {{id: row[1]}}) MATCH (b:Entity {{id: row[2]}})
      MERGE (a)-[r:{link_type(name)} {{id: row[0]}}]->(b)
      ON CREATE SET r.facts = split(row[3], $separator), r.date = row[4], r.amount = row[5], r.currency = row[6],
      r.by = $by
      WITH a, r, b, row WHERE r.facts <> split(row[3], $separator) RETURN r.id, r.facts, r.by, a.id, b.id"""


def update_links(name: str) -> str:
    """Rows (id, facts, by, date, amount, currency)."""
    return f"""UNWIND $rows AS row MATCH ()-[r:{link_type(name)} {{id: row[0]}}]->()
      WHERE r.facts <> row[1] OR any(p IN [[r.by, row[2]], [r.date, row[3]], [r.amount, row[4]], [r.currency, row[5]]]
      WHERE p[0] <> p[1] OR (p[0] IS NULL) <> (p[1] IS NULL)) {_FIRST.format("r")}
      SET r.facts = row[1], r.by = row[2], r.date = row[3], r.amount = row[4], r.currency = row[5]"""


def links_there(name: str) -> str:
    """Links of these ``$ids`` as they stand: id, facts, who brought it, ends."""
    return f"UNWIND $ids AS id MATCH (a)-[r:{link_type(name)} {{id: id}}]->(b) RETURN r.id, r.facts, r.by, a.id, b.id"


def counts() -> str:
    """How many of each kind there are, unseen ones too, from the server's own counters: one list is soonest planned."""
    nodes = [f"COUNT {{ MATCH (n:{label(k)}) }}" for k in entity_kinds()]
    links = [f"COUNT {{ MATCH ()-[r:{link_type(k)}]->() }}" for k in link_kinds()]
    return f"RETURN [{', '.join(nodes + links)}]"


def counted(rows: Sequence[tuple[Any, ...]]) -> tuple[dict[str, int], dict[str, int]]:
    """Entities and links by kind, of those that there are, from what :func:`counts` gives."""
    nodes, links = rows[0][0][: len(entity_kinds())], rows[0][0][len(entity_kinds()) :]
    parts = ((entity_kinds(), nodes), (link_kinds(), links))
    entities, relationships = ({k: int(n) for k, n in zip(names, some, strict=True) if n} for names, some in parts)
    return entities, relationships


def links_by_id(names: Sequence[str]) -> str:
    """Links of these kinds by ``$ids``."""
    return " UNION ALL ".join(
        f"""UNWIND $ids AS id MATCH (a)-[r:{link_type(k)} {{id: id}}]->(b)
            WHERE {seen("r")} RETURN r.id AS id, '{k}' AS kind, a.id AS source, b.id AS target, r.facts AS facts"""
        for k in names
    )


def link_page(name: str) -> str:
    """Links of one kind with their ends, facts and who brought them."""
    return f"""MATCH (a)-[r:{link_type(name)}]->(b) WHERE r.id > $after AND {seen("r")}
      AND ($mark = '' OR any(f IN r.facts WHERE f CONTAINS $mark))
      WITH a, r, b ORDER BY r.id LIMIT $limit WITH collect([r, a, b]) AS xs
      RETURN [x IN xs | x[0].id], [x IN xs | x[1].id], [x IN xs | x[2].id], [x IN xs | x[0].facts],
      [x IN xs | x[0].by]"""


def some_facts(name: str) -> str:
    """Ids of a kind, with the facts that begin with one of ``$starts``."""
    chosen = "[f IN x.facts WHERE any(p IN $starts WHERE f STARTS WITH p)]"
    if kind(name).is_link:
        return f"MATCH ()-[x:{link_type(name)}]->() WHERE {seen('x')} RETURN x.id, {chosen}"
    return f"MATCH (x:{'|'.join(label(k) for k in descendants(name))}) WHERE {seen('x')} RETURN x.id, {chosen}"


def tainted_links(name: str) -> str:
    """Links that only the ``$sources`` assert."""
    return f"""MATCH ()-[r:{link_type(name)}]->() WHERE {seen("r")}
      AND all(f IN r.facts WHERE split(split(f, $unit)[-1], ':')[0] IN $sources) RETURN r.id, r.facts"""


def totals(names: Sequence[str] | None) -> str:
    """Links around an entity by kind; no row where there is no such entity."""
    return f"""MATCH (n:Entity {{id: $id}}) WHERE {seen("n")} OPTIONAL MATCH (n)-[r{types(names)}]-() WHERE {seen("r")}
      WITH DISTINCT r RETURN type(r) AS kind, count(r) AS n ORDER BY kind"""


def around(names: Sequence[str] | None) -> str:
    """The first ``$limit`` links around each of ``$ids``, in the order of the ids, then kind and id."""
    return f"""UNWIND range(0, size($ids) - 1) AS place MATCH (n:Entity {{id: $ids[place]}})
      CALL (n) {{ MATCH (n)-[r{types(names)}]-() WHERE {seen("r")} WITH DISTINCT r ORDER BY type(r), r.id LIMIT $limit RETURN r }}
      RETURN place, r.id AS id, type(r) AS kind, startNode(r).id, endNode(r).id ORDER BY place, kind, id"""


def links_at(names: Sequence[str] | None) -> str:
    """Links at one of ``$ids`` whose other end is among others, or anywhere."""
    return f"""UNWIND $ids AS id MATCH (n:Entity {{id: id}})-[r{types(names)}]-(m) WHERE {seen("r")}
      AND ($among IS NULL OR m.id IN $among)
      WITH DISTINCT r ORDER BY type(r), r.id LIMIT $limit
      RETURN r.id, type(r), startNode(r).id, endNode(r).id, r.date, r.amount, r.currency"""


def steps(names: Sequence[str] | None, forward: bool) -> str:
    """Links that start at one of ``$ids``, or touch it."""
    arrow = ">" if forward else ""
    return f"""UNWIND $ids AS id MATCH (n:Entity {{id: id}})-[r{types(names)}]-{arrow}() WHERE {seen("r")}
      RETURN DISTINCT r.id, type(r), startNode(r).id, endNode(r).id, coalesce(r.date, '')"""
