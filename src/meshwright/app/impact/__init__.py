"""What a change of a column, a port or a product would break downstream, and whose it is."""

from meshwright.app.impact.affected import affected
from meshwright.app.impact.finding import find_impact

__all__ = ["affected", "find_impact"]
