"""Work that nobody asks for: nightly, monthly and each minute; the truth is a row, the scheduler only rings.

Owns `job_run` (one row per job and business date, written in the effect's own transaction), `job_failure`
(what was tried in vain, and why), `job_order` (what somebody asked for, and how far it is), `job_lease` (who
rings at the moment) and `clock_shift` (where the demo canton's clock started). `registry` names the
jobs of the rooms.
"""
