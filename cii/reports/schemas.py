"""How a difference between two versions is told."""

from cii.reports.rules import Change
from cii.wire.answers import only

CHANGE = only(Change, "path", "old", "new", called="ChangeAnswer")
