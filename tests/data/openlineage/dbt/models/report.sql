{{ config(materialized='view') }}
select md5(country) as country, total from {{ ref('customers') }}
