"""Work that nobody asks for: nightly, monthly and each minute; the truth is a row, the scheduler only rings.

Owns `job_run` (one row per job and business date, written in the effect's own transaction), `job_lease`
(who rings at the moment) and `clock_shift` (where the demo canton's clock started). `registry` names the
jobs of the rooms.
"""
