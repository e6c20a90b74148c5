-- The members under a key that others can make again from the e-mail, and that shows nothing by itself.
SELECT
    sha256(lower(email)) AS member_key,
    tier,
    home_airport
FROM profiles
