"""The HTTP API: one application on Starlette. `async` lives here; whatever computes runs in bounded threads."""
