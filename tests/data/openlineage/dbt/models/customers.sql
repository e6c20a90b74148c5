select o.customer, sum(o.amount) as total, max(c.name) as country
from {{ ref('stg_orders') }} o left join {{ ref('countries') }} c on c.id = o.customer
group by all
