"""Packed facts come apart as they were put together; ids follow the published rule."""

from __future__ import annotations

import hashlib

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from vinculo.graph.facts import column, pack, pack_columns, unpack
from vinculo.graph.ids import edge_id, make_id, with_ends
from vinculo.graph.naming import exploded

plain = st.text(st.characters(exclude_characters="\x1e\x1f", exclude_categories=["Cs"]), min_size=1, max_size=12)
names = st.sampled_from(["name", "date", "amount", "a.b", "x"])
pairs = st.lists(st.tuples(names, plain), max_size=6)


@given(pairs)
def test_pack_and_unpack_are_inverse(given_pairs: list[tuple[str, str]]) -> None:
    assert unpack(pack(given_pairs)) == sorted(set(given_pairs), key=lambda p: f"{p[0]}\x1f{p[1]}")


@given(st.lists(pairs, min_size=1, max_size=5))
def test_a_column_is_the_first_value_of_its_property(rows: list[list[tuple[str, str]]]) -> None:
    packed = pa.array([pack(r) for r in rows], pa.string())
    for name in ("name", "a.b", "x"):
        wanted = [next((v for p, v in unpack(pack(r)) if p == name), None) for r in rows]
        assert column(packed, name).to_pylist() == wanted
    at, properties, values = (c.to_pylist() for c in exploded(packed))
    assert list(zip(at, properties, values, strict=True)) == [
        (n, p, v) for n, r in enumerate(rows) for p, v in unpack(pack(r))
    ]


def test_packing_columns_equals_packing_rows() -> None:
    made = pack_columns([("b", pa.array(["1", None, ""])), ("a", pa.array(["x", "y", None]))])
    assert made.to_pylist() == [pack([("a", "x"), ("b", "1")]), pack([("a", "y")]), ""]


def test_separators_in_a_value_cannot_forge_a_fact() -> None:
    assert unpack(pack([("name", "A\x1ekind\x1fPerson")])) == [("name", "A kind Person")]


@given(st.text(max_size=5), st.lists(st.one_of(st.none(), plain), min_size=1, max_size=4))
def test_an_id_is_the_sha1_of_its_sorted_key(prefix: str, values: list[str | None]) -> None:
    prefix = prefix.encode("utf-8", "ignore").decode()
    kept = sorted(v.strip().encode() for v in values if v is not None and v.strip())
    wanted = hashlib.sha1(prefix.encode() + b"".join(kept)).hexdigest() if kept else None
    assert make_id(prefix, *values) == wanted


ids = st.one_of(
    st.text(max_size=6), st.sampled_from([make_id("d", "some key"), make_id("d", "another"), "o~0123456789abcdef"])
)


def test_no_edges_in_no_pieces_have_no_ids() -> None:
    none = pa.chunked_array([], pa.string())
    assert with_ends(none, none, none).to_pylist() == []


@given(st.lists(st.tuples(ids, ids, ids), min_size=1, max_size=8))
def test_edges_with_other_ends_are_other_links_and_know_their_edge(rows: list[tuple[str, str, str]]) -> None:
    made = with_ends(*(pa.array(column, pa.string()) for column in zip(*rows, strict=True))).to_pylist()
    assert len(set(made)) == len(set(rows))
    assert [edge_id(id) for id in made] == [edge for edge, _, _ in rows]
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    assert with_ends(pa.array(made, pa.string()), *columns[1:]).to_pylist() == made
    # in pieces as in one, cut at other rows in each column
    pieces = [
        pa.chunked_array([c.slice(0, at % len(c)), c.slice(at % len(c))])
        for at, c in enumerate((pa.array([edge for edge, _, _ in rows], pa.string()), *columns[1:]))
    ]
    whole = with_ends(*pieces)
    assert isinstance(whole, pa.ChunkedArray) and whole.to_pylist() == made
    assert with_ends(columns[0], *pieces[1:]).to_pylist() == made
    # a row's id is its own, whatever stands beside it
    assert made == [with_ends(*(pa.array([t], pa.string()) for t in row)).to_pylist()[0] for row in rows]
