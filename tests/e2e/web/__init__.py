"""The web in a real browser: headless Chromium over the demo mesh, served by a process of its own."""
