"""How a message shows a value that someone wrote."""


def show(value: object) -> str:
    """Return a value as a message shows it: short, in backticks, with its kind where that helps."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = " ".join(str(value).split())
    short = f"`{text if len(text) <= 40 else text[:37] + '...'}`"
    return f"the number {short}" if isinstance(value, int | float) else short
