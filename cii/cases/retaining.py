"""Cases keep their person for a term after they were closed, by the path they followed."""

from sqlmodel import col

from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath
from cii.store.retaining import kept

RULES = {
    CasePath.EVERYDAY: "case_everyday",
    CasePath.NETWORK: "case_network",
    CasePath.YOUTH: "case_youth",
    CasePath.SOCIAL_ENTERPRISE: "case_social_enterprise",
}
"""Path → its rule."""

KEPT = tuple(
    kept(rule, col(CaseFile.person_id), col(CaseFile.closed_at), col(CaseFile.path) == path)
    for path, rule in RULES.items()
)
