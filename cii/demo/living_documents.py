"""Documents and mails of the demo: two letters on a case, a wish for digests, a mail that failed."""

from dataclasses import replace

from cii.access.queries import account_actor
from cii.cases.attachments import AttachDocument, attach_document
from cii.cases.listing import CaseFilter, case_list
from cii.cases.vocabulary import CaseStatus
from cii.cases.vocabulary_attachments import AttachmentKind, AttachmentSection
from cii.documents import pdf
from cii.documents.layout import Letter, Letterhead
from cii.notices.actions import ChooseMail, Wish, choose_mail
from cii.notices.vocabulary import MailWish, Topic
from cii.store.outbox import Mail, mark_missed, send_later
from cii.store.work import Work
from cii.texts.speech import say

READER = "gsr.vdt"
LETTERS = (
    ("Attestation de participation à l'atelier", AttachmentKind.CERTIFICATE, AttachmentSection.PLAN),
    ("Budget du ménage", AttachmentKind.REPORT, AttachmentSection.SOCIAL),
)
"""Title, kind and section of what is attached; the social one is read by social aid only."""
GONE = "ancien.secretariat@cii.example"


def build_documents(work: Work) -> None:
    """Two documents on a case of the Val-de-Travers; one mail to an address that no longer exists."""
    reader = replace(work, actor=account_actor(work, f"{READER}@cii.example"), seen=[])
    cases = case_list(reader, CaseFilter(my_unit=True, status=CaseStatus.OPEN), limit=1).items
    for one in cases:
        for title, kind, section in LETTERS:
            ask = AttachDocument(one["ref"], title, kind, section)
            attach_document(reader, ask, _letter(work, title), "application/pdf")
    choose_mail(reader, ChooseMail((Wish(Topic.TASKS, MailWish.DAILY),)))
    subject, body = say("notices.mail_subject", "fr"), say("notices.mail_body", "fr", where="/notices")
    mail = send_later(work, GONE, subject, body)
    work.session.flush()
    tried = Mail(mail.id or 0, mail.ref, GONE, mail.subject, mail.body, {}, mail.created_at, attempts=1)
    mark_missed(work, tried, f"550 5.1.1 <{GONE}>: user unknown", for_good=True)


def _letter(work: Work, subject: str) -> bytes:
    return pdf.letter(
        Letter(
            Letterhead(say("reports.canton", "fr"), "Guichet social régional (démonstration)"),
            ("Dossier CII",),
            "Couvet",
            work.today,
            subject,
            "",
            ("Document inventé pour la démonstration : il ne concerne personne.",),
            "",
            (),
        ),
        created=work.now,
        lang="fr",
    )
