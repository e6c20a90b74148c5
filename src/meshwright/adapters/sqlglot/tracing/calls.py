"""Functions that are no plain scalar ones: what they count, hash, sum up or hand on."""

from sqlglot import exp

# They tell how many there are, and nothing of the values
COUNTS = (exp.Count, exp.CountIf, exp.ApproxDistinct, exp.RegrCount)
COUNT_NAMES = frozenset(("approx_count_distinct", "regr_count", "count_star", "count_if"))

HASHES = (exp.MD5, exp.MD5Digest, exp.SHA, exp.SHA2, exp.SHA1Digest, exp.SHA2Digest)
_HASHES = """
    hash md5 md5_number md5_number_lower md5_number_upper sha1 sha224 sha256 sha384 sha512 crypto_hash
    crypto_hash_agg hash64 murmurhash3_32 murmurhash3_128 xxh32 xxh64 xxh3_64 hmac
"""
HASH_NAMES = frozenset(_HASHES.split())

_AGGREGATES = """
    favg fsum kahan_sum sumkahan product geomean geometric_mean bit_and bit_or bit_xor bitstring_agg
    histogram histogram_exact histogram_values approx_top_k reservoir_quantile sem mad listagg group_concat
    array_agg list map_agg arbitrary any_value entropy kurtosis kurtosis_pop skewness mode min_by max_by
    first last weighted_avg wavg
"""
AGGREGATE_NAMES = frozenset(_AGGREGATES.split())  # those that sqlglot does not know as such

# A window function that hands on a value of another row sums nothing up
HANDED = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)
CHOSEN_BY = (exp.ArgMax, exp.ArgMin)

_DATE_PARTS = """
    century day decade dow doy epoch era hour isodow isoyear julian microsecond millennium millisecond minute
    month nanosecond quarter second timezone week weekday year yearweek
"""
DATE_PARTS = frozenset(part + end for part in _DATE_PARTS.split() for end in ("", "s"))
