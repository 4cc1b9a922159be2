"""How differences between versions and comments are told."""

from cii.reports.rules import Change
from cii.reports.tables import ReportComment
from cii.wire.answers import only

COMMENT = only(ReportComment, "ref", "path", "wording", "recorded_at", called="ReportCommentAnswer")
CHANGE = only(Change, "path", "old", "new", called="ChangeAnswer")
