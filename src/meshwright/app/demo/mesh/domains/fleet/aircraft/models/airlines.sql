SELECT carrier, name
FROM airline_codes
