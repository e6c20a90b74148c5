"""The interfaces between the house and its adapters. Standard library only.

Each Protocol has at most eight methods, and a conformance suite in `meshwright.testing`.
"""
