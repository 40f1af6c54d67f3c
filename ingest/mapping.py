"""How a table of columns becomes entities and links: a declaration, no code.

FollowTheMoney's YAML mapping files are read into the same declarations (``ingest/ftm_mapping.py``); the engine
(``ingest/engine.py``) turns declaration and table into a batch, column by column.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Value:
    """Where the values of one property (or one part of a key) come from.

    Attributes
    ----------
    columns : tuple of str
        Columns to read; several give several values. A column may hold a list of texts.
    literals : tuple of str
        Constant values.
    join : str, optional
        Join the columns (present values) into one value with this between them.
    split : str, optional
        Split each value at this text.
    template : str, optional
        ``"{{ city }}, {{ state }}"``: columns by name.
    clean : str
        Cleaner in ``ingest/clean`` (``name``, ``date``, ``country``, ``phone``, ``amount``, ...); empty: the one of the
        property's type.
    formats : tuple of str
        Date formats (``%d/%m/%Y``) tried in order, for dates.
    fuzzy : bool
        Read a number or date leniently, as FtM's ``fuzzy``.
    hint : str
        Column whose text helps the cleaner: the country of a phone number.
    entity : str
        The id of what this rule made of the same row, as FtM's ``entity``; the rule comes earlier in the mapping.
    """

    columns: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()
    join: str | None = None
    split: str | None = None
    template: str | None = None
    clean: str = ""
    formats: tuple[str, ...] = ()
    fuzzy: bool = False
    hint: str = ""
    entity: str = ""


@dataclass(frozen=True)
class Key:
    """What an id is made of.

    Attributes
    ----------
    columns : tuple of str
        Key columns, as they stand (stripped).
    literal : str
        FtM's ``key_literal``.
    prefix : str, optional
        In place of the dataset's name; ``""`` for value nodes that datasets share.
    id_column : str, optional
        Take the id from this column as it is.
    values : tuple of Value
        Further parts that are cleaned first (a phone in E.164, an RFC without hyphens).
    needs : tuple of str
        No entity where one of these columns is empty.
    """

    columns: tuple[str, ...] = ()
    literal: str = ""
    prefix: str | None = None
    id_column: str | None = None
    values: tuple[Value, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class EntityRule:
    """One entity per row: its kind, key and properties.

    Where a key's ``values`` hold one that splits (or a list column), a row gives one entity per part; a property with the same
    ``Value`` takes that part alone.

    ``kind_column`` and ``kind_values`` choose another kind by a column's text (``individual`` -> ``Person``).
    ``where`` maps a column to the texts a row must have for the rule to apply (``!`` in front of the column: must not).
    """

    name: str
    kind: str
    key: Key
    properties: dict[str, Value] = field(default_factory=dict)
    kind_column: str = ""
    kind_values: dict[str, str] = field(default_factory=dict)
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    required: tuple[str, ...] = ()  # no entity where one of these properties has no value
    reference: bool = False  # an end of links that another record describes: nothing is asserted of it here


@dataclass(frozen=True)
class LinkRule:
    """One link per row between two entities of the same mapping, by their rule names.

    With ``ends_in_key`` off, its id is made as an entity's is, and the ends put behind it (FtM's edges). Else it is
    ``make_id(prefix, literal..., source id, target id, key columns...)``, where the key has at least a record key and a
    literal. A row where one end is missing has no such link.
    """

    kind: str
    source: str
    target: str
    key: Key
    properties: dict[str, Value] = field(default_factory=dict)
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    ends_in_key: bool = True


@dataclass(frozen=True)
class Mapping:
    """The rules of one table. ``missing`` are texts that mean "no value" here (``-0-``, ``NULL``), never global.

    A text that its cleaner cannot read (an impossible date) is kept as a fact ``unreadable`` ("birthDate: 31/02/1970") of the
    same thing, so that nothing is lost; in one of the columns ``essential`` it rejects the whole record.

    ``ftm``: the rules come from a FollowTheMoney mapping file and mean what they mean there (values cleaned as FtM cleans
    them, a link's id from its key alone, column names and template blanks taken to the letter).
    """

    entities: tuple[EntityRule, ...]
    links: tuple[LinkRule, ...] = ()
    missing: tuple[str, ...] = ()
    essential: tuple[str, ...] = ()
    ftm: bool = False
