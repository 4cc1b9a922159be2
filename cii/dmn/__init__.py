"""DMN: decision tables exchanged with other modellers as DMN 1.2/1.3 XML.

Purpose: another office opens our tables, and we take theirs; what cannot be taken is named with its line.
`reading` builds a `model` (`xml`, `types`, `feel`, `cells`, `decision_tables`), `deciding` answers by it as
the standard says, `markdown` and `writing` write it. Owns no rows. Source: workflow.md §3, OMG DMN 1.3.
"""
