"""Read external silos into landed Parquet: once for each change, whole, with the rejected rows counted."""

from meshwright.ingest.land import land_input
from meshwright.ingest.landing import Landing
from meshwright.ingest.stamps import stamp_input

__all__ = ["Landing", "land_input", "stamp_input"]
