SELECT
    registry.tailnum,
    registry.year,
    registry.type,
    registry.manufacturer,
    registry.model,
    registry.engines,
    registry.seats,
    registry.speed,
    registry.engine,
    makers.maker
FROM plane_registry AS registry
LEFT JOIN makers ON makers.manufacturer = registry.manufacturer
