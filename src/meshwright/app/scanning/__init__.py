"""The parts of `app.scan`: what a source is, how its rows lie ready, what is asked, how it is told."""
