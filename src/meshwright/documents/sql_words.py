"""The words that SQL reads as its own where a column's name may stand: drafts quote columns named so.

The list is wider than any one dialect needs: a name that is quoted in vain does no harm.
"""

_TEXT = """
all analyse analyze and anti any array as asc asof asymmetric at authorization between binary both
by case cast check coalesce collate collation column columns concurrently constraint create cross
current_date current_time current_timestamp date day default deferrable desc describe distinct do
else end except exists extract false fetch first for foreign freeze from full generated glob grant
group grouping grouping_id having hour ilike in initially inner interval into is isnull join
lambda last lateral leading left like limit localtime localtimestamp map minute month natural none
not notnull null nullif nulls offset on only or order outer over overlaps overlay pivot
pivot_longer pivot_wider placing position positional precision primary qualify references
returning right row second select semi set setof show similar some struct substring summarize
symmetric table tablesample then time timestamp to trailing treat trim true try_cast tuple union
unique unpack unpivot user using values variadic verbose view when where window with year
"""
WORDS = frozenset(_TEXT.split())
