"""The demo canton: directory and accounts, an archive 2009–2014, two years of daily life, and its check.

Owns nothing: it fills the tables of the other rooms. The archive carries the figures of the CII report
2009–2013 (product.md §6), which `check` computes again from the database; all else is invented and marked so
(« données inventées »). Deterministic by seed. After a load the fold of every process equals its rows, the
reconciliation finds nothing and the journal's chain holds, else the load fails.
"""
