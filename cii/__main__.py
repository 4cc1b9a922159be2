"""`python -m cii` is the command line."""

import sys

from cii.cli import main

sys.exit(main())
