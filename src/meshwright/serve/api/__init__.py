"""The HTTP API: one application on Starlette. `async` lives here; what computes runs in bounded threads."""
