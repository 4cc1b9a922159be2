"""Decisions: tables of rules read, proven, decided by and explained; never silence.

Purpose: a rule that sends a person to an insurance can be read by a lawyer, proven complete and explained to
the person. Owns no rows; knows no database and no clock. A file becomes a `Table` (`rulebook`, `columns`,
`rulelines`, `sfeel`, `domain`), is proven (`proof`, `checks`), compiled (`matching`) and asked (`decision`,
`hits`); `whatif` compares two versions. Source: workflow.md §3, DMN 1.3.
"""
