-- As measured. Impossible values are left to the contract, which puts their rows aside where all can see.
SELECT
    origin,
    year,
    month,
    day,
    hour,
    temp,
    dewp,
    humid,
    wind_dir,
    wind_speed,
    wind_gust,
    precip,
    pressure,
    visib,
    time_hour
FROM observations
