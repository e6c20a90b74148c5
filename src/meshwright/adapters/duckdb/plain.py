"""Recognise texts that are harmless by their words alone, so that they need not pass the whole gate.

Large compiled queries (audits) are made of quoted names, literals and few words; for them the parser's tree
costs more than the answer. What must stay true: a text is plain only if every character outside quotes and
every bare word is listed here; no listed word begins a statement other than SELECT, writes, or calls a
function that reaches outside the query; no quoted name is called, or looks like a file or a system's own
table. Anything else, however innocent, goes through the gate. A plain text still runs only as one SELECT by
the parser's own word.
"""

import re

_QUOTED = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'')*'""")
_BARE = re.compile(r"[A-Za-z0-9_ \n,().*+<>=:\[\]{}!%|\x01\x02-]*\Z")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ODD = re.compile(r"--|[A-Za-z0-9_]\x02|\x01\s*\(|[\x01\x02][\x01\x02]")
_OUTSIDE = re.compile(
    r"[/\\*?\0]|\.[A-Za-z]|\A.(?:duckdb_|pg_|sqlite_|pragma_|information_schema)"
    r"|\A.(?:system|temp|memory|main)",
    re.IGNORECASE,
)
_WRITES = re.compile(r"\b(?:copy|insert|update|delete|merge)\b", re.IGNORECASE)
_WORDS = frozenset(
    """
    select from where group by having order limit offset as and or not in is null case when then else
    end distinct all filter over partition asc desc nulls first last between like using with
    materialized union intersect except join left right inner full cross semi anti on cast try_cast
    exists true false values sample percent rows row preceding following current unbounded range
    interval within qualify varchar bigint integer smallint tinyint hugeint ubigint double float decimal
    boolean date timestamp time zone blob count sum min max avg stddev_samp stddev_pop var_samp
    approx_count_distinct approx_quantile quantile_cont quantile_disc median mode histogram list
    list_sort list_filter struct_pack any_value arg_min arg_max bool_and bool_or bit_count bitstring_agg
    string_agg approx_top_k abs round floor ceil trunc greatest least coalesce nullif if length lower
    upper trim ltrim rtrim left right substr substring replace starts_with ends_with contains
    regexp_matches regexp_full_match hash md5 typeof isfinite isnan isinf epoch epoch_us date_trunc
    date_part date_diff datediff strptime try_strptime strftime row_number rank dense_rank lag lead
    unnest
    """.split()  # noqa: SIM905
)


def is_unicode(sql: str) -> bool:
    """Say whether the text can be written as UTF-8 at all."""
    try:
        sql.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_plain(sql: str) -> bool:
    """Say whether the text is made of listed words only; it may then run by itself, as one SELECT."""
    if "\x01" in sql or "\x02" in sql or not is_unicode(sql):
        return False
    bare = _QUOTED.sub(lambda quoted: "\x01" if quoted[0][0] == '"' else "\x02", sql)
    if not _BARE.match(bare) or _ODD.search(bare):
        return False
    words = [word.lower() for word in _WORD.findall(bare)]
    if not words or words[0] not in ("select", "with"):
        return False
    if any(len(word) > 1 and word not in _WORDS for word in set(words)):
        return False
    return not any(_OUTSIDE.search(quoted) for quoted in _QUOTED.findall(sql))


def only_reads(sql: str) -> bool:
    """Say whether no word that could write stands anywhere in the text, quoted or not."""
    return is_unicode(sql) and _WRITES.search(sql) is None
