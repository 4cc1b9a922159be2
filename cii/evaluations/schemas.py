"""How evaluations are told."""

from cii.evaluations.queries import EvaluationShown, RenewalAdvice
from cii.evaluations.tables import Evaluation
from cii.wire.answers import answer_schema, only

LINE = only(
    Evaluation, "ref", "year", "state", "known_at", "digest", "comment_until", "commented_at", "reviewed_at",
    "final_at", "version", called="EvaluationLineAnswer",
)  # fmt: skip
EVALUATION = answer_schema(EvaluationShown)
ADVICE = answer_schema(RenewalAdvice)
