SELECT
    registry.tailnum,
    CAST(registry.year AS INTEGER) AS year,
    registry.type,
    registry.manufacturer,
    registry.model,
    CAST(registry.engines AS INTEGER) AS engines,
    CAST(registry.seats AS INTEGER) AS seats,
    CAST(registry.speed AS INTEGER) AS speed,
    registry.engine,
    makers.maker
FROM plane_registry AS registry
LEFT JOIN makers ON makers.manufacturer = registry.manufacturer
