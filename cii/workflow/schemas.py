"""How decisions and published files are told."""

from cii.wire.answers import only
from cii.workflow.decided import Kept
from cii.workflow.library import PublishedProcess, PublishedTable

DECISION = only(
    Kept, "ref", "table", "version", "inputs", "outputs", "rules", "why", "at", called="DecisionAnswer"
)
PROCESS_LISTED = only(PublishedProcess, "name", "version", "title", "subject", "stages", "published_at")
TABLE_LISTED = only(PublishedTable, "name", "version", "title", "valid_from", "valid_to", "rules", "in_force")
