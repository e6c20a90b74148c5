{{ config(materialized='ephemeral') }}
select id, customer, amount * 2 as amount from {{ source('mesh', 'orders') }} where amount > 0
