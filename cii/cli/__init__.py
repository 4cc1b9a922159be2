"""The command line `cii`: what it tells, its parser, its commands by topic.

Exit codes: 0 done · 1 findings, a failed check, a refusal · 2 wrong usage · 3 cannot start (database,
settings, schema).
"""

from cii.cli.parser import main, make_parser
from cii.cli.telling import CANNOT_START, DONE, FINDINGS, USAGE

__all__ = ["CANNOT_START", "DONE", "FINDINGS", "USAGE", "main", "make_parser"]
