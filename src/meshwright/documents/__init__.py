"""Read, judge and edit the descriptors of a mesh: YAML in, `model` values and problems out.

Import the module that is needed (`workspace`, `files`, `edit`, `schemas`): this package imports nothing, so
that opening an unchanged mesh loads no YAML parser and no validator.
"""
