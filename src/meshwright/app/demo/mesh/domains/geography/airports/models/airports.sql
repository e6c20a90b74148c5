SELECT faa, name, lat, lon, alt, tz, dst, tzone
FROM airport_list
