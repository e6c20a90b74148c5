select 'café' from raw
