"""Processes, tasks and decisions about a person follow it; a process that has gone on does not return."""

from cii.store.moving import Followed
from cii.workflow.tables import WfDecision, WfInstance, WfTask

ROWS = (Followed(WfInstance, ("seq",)), Followed(WfTask), Followed(WfDecision))
