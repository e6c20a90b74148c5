---- numbers
SELECT abs(-1), ceil(1.2), floor(1.8), round(1.256, 2), trunc(1.9), sign(-3), sqrt(2), cbrt(8), exp(1), ln(2), log10(100), log2(8), pow(2, 3)
---- trigonometry
SELECT sin(1), cos(1), tan(1), asin(0.5), acos(0.5), atan(1), atan2(1, 2), pi(), degrees(1), radians(180)
---- whole numbers
SELECT gcd(12, 18), lcm(4, 6), factorial(5), mod(7, 3), fdiv(7, 2), even(3), bit_count(7), greatest(1, 2), least(1, 2)
---- not a number
SELECT isnan('nan'::DOUBLE), isinf('inf'::DOUBLE), isfinite(1.0)
---- random
SELECT random() BETWEEN 0 AND 1, length(uuid()::VARCHAR)
---- texts
SELECT upper('a'), lower('B'), length('abc'), trim(' x '), ltrim('  x'), rtrim('x  '), reverse('abc'), repeat('a', 3), replace('abc', 'b', 'x')
---- parts of texts
SELECT left('abc', 2), right('abc', 2), substring('abcdef', 2, 3), split_part('a-b-c', '-', 2), string_split('a,b', ','), position('b' IN 'abc'), 'abc'[2]
---- padded texts
SELECT lpad('7', 3, '0'), rpad('7', 3, '0'), format('{} of {}', 1, 2), printf('%05.2f', 3.14159), concat('a', 1), concat_ws('-', 'a', 'b')
---- patterns
SELECT regexp_matches('abc', 'b'), regexp_replace('abc', 'b', 'x'), regexp_extract('a1b2', '[0-9]', 0), regexp_extract_all('a1b2', '[0-9]'), regexp_split_to_array('a b', ' ')
---- tests of texts
SELECT starts_with('abc', 'a'), ends_with('abc', 'c'), contains('abc', 'b'), prefix('abc', 'a'), suffix('abc', 'c'), 'abc' ^@ 'a'
---- distances
SELECT levenshtein('kitten', 'sitting'), jaro_winkler_similarity('a', 'b'), hamming('abc', 'abd'), jaccard('ab', 'bc'), damerau_levenshtein('ab', 'ba')
---- digests
SELECT md5('a'), sha1('a'), sha256('a'), hash('a')
---- encodings
SELECT base64(encode('a')), decode(from_base64('YQ==')), hex('a'), unhex('61'), to_hex(255), bin(5), url_encode('a b'), url_decode('a%20b'), chr(65), ascii('A'), unicode('é')
---- accents
SELECT strip_accents('é'), nfc_normalize('é'), lcase('A'), ucase('a'), translate('abc', 'b', 'x')
---- dates
SELECT date_trunc('month', day), date_part('year', day), extract(dow FROM day), year(day), month(day), day(day), dayname(day), monthname(day), last_day(day), week(day), quarter(day) FROM fleet.flights.list
---- differences of dates
SELECT date_diff('day', DATE '2025-01-01', day), day - DATE '2025-01-01', age(day::TIMESTAMP, TIMESTAMP '2024-01-01'), date_sub('month', DATE '2025-01-01', day) FROM fleet.flights.list
---- sums of dates
SELECT day + 1, day + INTERVAL 1 MONTH, day - INTERVAL '2 days', date_add(day, INTERVAL 3 HOUR) FROM fleet.flights.list
---- dates as text
SELECT strftime(day, '%d.%m.%Y'), strptime('01.02.2025', '%d.%m.%Y'), try_strptime('x', '%Y') FROM fleet.flights.list
---- moments
SELECT epoch(moment), epoch_ms(moment), to_timestamp(0), make_date(2025, 1, 2), make_timestamp(2025, 1, 2, 3, 4, 5), time_bucket(INTERVAL 15 MINUTES, moment) FROM fleet.flights.list
---- today
SELECT current_date, current_timestamp, now() > TIMESTAMPTZ '2020-01-01', today()
---- zones
SELECT moment AT TIME ZONE 'Europe/Stockholm', timezone('UTC', moment) FROM fleet.flights.list
---- intervals
SELECT INTERVAL 1 DAY + INTERVAL '2 hours', to_days(3), to_seconds(5), INTERVAL (id) DAY FROM fleet.flights.list
---- lists
SELECT [1, 2, 3][1], list_value(1, 2), len([1]), list_contains([1, 2], 2), list_position([1, 2], 2), list_sum([1, 2]), list_avg([1, 2]), list_sort([2, 1]), list_distinct([1, 1])
---- lists made
SELECT [1, 2] || [3], list_concat([1], [2]), list_append([1], 2), list_slice([1, 2, 3], 1, 2), [1, 2, 3][2:3], flatten([[1], [2]]), range(3), generate_series(1, 3)
---- lambdas
SELECT list_transform([1, 2], lambda x: x + 1), list_filter([1, 2, 3], lambda x: x > 1), list_reduce([1, 2, 3], lambda a, b: a + b), [x * 2 FOR x IN [1, 2] IF x > 1]
---- lists of a port
SELECT id, tags[1], len(tags), list_contains(tags, 'early'), array_to_string(tags, '/'), list_aggregate(tags, 'max') FROM fleet.flights.list
---- structs
SELECT {'a': 1}.a, struct_pack(x := 1), extra.gate, extra['gate'], struct_extract(extra, 'gate'), row(1, 2), struct_insert({'a': 1}, b := 2) FROM fleet.flights.list
---- maps
SELECT MAP {'a': 1}['a'], map_keys(MAP {'a': 1}), map_values(MAP {'a': 1}), map_entries(MAP {'a': 1}), cardinality(MAP {'a': 1}), map_from_entries([('k', 1)])
---- json
SELECT '{"a": [1, {"b": 2}]}'::JSON -> '$.a[1].b', '{"a": 1}' ->> '$.a', json_extract('{"a": 1}', '$.a'), json_extract_string('{"a": "x"}', '$.a'), json_array_length('[1, 2]'), json_keys('{"a": 1}'), json_type('1'), json_valid('{')
---- json made
SELECT to_json({'a': 1}), json_object('a', 1), json_array(1, 2), json_merge_patch('{"a": 1}', '{"b": 2}'), row_to_json({'a': 1}), json_structure('{"a": 1}'), from_json('{"a": 1}', '{"a": "INTEGER"}')
---- json of a port
SELECT id, stops ->> '$.via' AS via, json_array_length(stops, '$.codes') FROM fleet.flights.list
---- types
SELECT typeof(id), id::HUGEINT, 'a'::ENUM('a', 'b'), '1'::UTINYINT, '101'::BIT, uuid()::UUID IS NOT NULL FROM fleet.flights.list
---- conditions
SELECT if(delay > 3, 'y', 'n'), coalesce(NULL, 1), nullif(1, 1), delay IS DISTINCT FROM 3, delay IS NOT DISTINCT FROM NULL FROM fleet.flights.list
---- a function on a value
SELECT dest.lower().upper(), (1).abs() FROM fleet.flights.list
---- sizes
SELECT format_bytes(1000), formatReadableSize(1000), pg_size_pretty(1024), parse_formatted_bytes('1 KiB')
---- bars and buckets
SELECT bar(5, 0, 10), equi_width_bins(0, 10, 5, true), time_bucket(INTERVAL 1 WEEK, DATE '2025-01-08')
---- vectors
SELECT list_cosine_similarity([1.0, 2.0], [2.0, 1.0]), list_distance([1.0], [2.0]), array_inner_product([1, 2]::DOUBLE[2], [3, 4]::DOUBLE[2])
---- combined
SELECT list_transform(list_sort(list(delay)), lambda d: round(d, 1)) FROM fleet.flights.list WHERE delay IS NOT NULL
