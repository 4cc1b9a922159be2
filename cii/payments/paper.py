"""What is owed back, on paper: why, how much, until when, with the QR payment part."""

from cii.documents.final_account import FinalAccountPage, QrPart, final_account, payment_part
from cii.documents.layout import Letterhead
from cii.final_accounts.paper import Paper
from cii.payments.queries_owed import owed_by_ref
from cii.store.settings import canton_directory
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import say


def invoice(work: Work, ref: str, lang: str) -> Paper:
    """The QR invoice of a sum owed back, over what has not come in yet; refuses UnknownThing."""
    held = owed_by_ref(work, ref)
    creditor = canton_directory(work.settings.canton)["creditor"]
    words = say("web.payments.owed.about", lang, agreement=held.agreement, ref=held.about_ref)
    page = FinalAccountPage(
        Letterhead(say("reports.canton", lang), say("web.final-accounts.paper.office", lang)),
        say("web.payments.owed.bill", lang),
        (
            (say("documents.provider", lang), held.creditor),
            (say("documents.agreement", lang), held.agreement),
            (say("web.measures.line", lang), held.line),
            (say("web.payments.kind", lang), say(f"web.payments.owed.why.{held.kind.value}", lang)),
            (say("web.payments.owed.amount", lang), formats.money(held.amount)),
            (say("web.payments.owed.received", lang), formats.money(held.received)),
            (say("web.payments.owed.reference", lang), held.reference),
        ),
        (),
        (say("web.final-accounts.paper.due", lang, day=formats.day(held.due_on, lang)),),
        payment_part(QrPart(creditor, str(held.left), held.reference, words), lang),
    )
    content = final_account(page, created=work.now, lang=lang)
    return Paper(f"{held.agreement}-{held.about_ref}.pdf".replace(" ", "-"), content)
