SELECT
    member_id,
    first_name,
    last_name,
    email,
    phone,
    birth_date,
    home_airport,
    tier,
    miles,
    joined
FROM members
