"""Orders as pain.001, answers as pain.002, camt.053 and camt.054: told by their bytes, with their lines."""

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from cii.agreements.tables import Provider
from cii.final_accounts.actions_paying import ReceiveReclaim, receive_reclaim
from cii.final_accounts.queries import receivable_of
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusal, Refusals
from cii.kernel.money import Chf
from cii.payments.actions import SendPayments, send_payments
from cii.payments.actions_accounts import ChangeAccount, change_account, decide_account
from cii.payments.actions_answers import AnswersRead, ReadAnswers, read_answers
from cii.payments.iso20022 import SPACE
from cii.payments.iso20022_reading import told_by_message
from cii.payments.queries import files_list, form_of, open_payments
from cii.payments.queries_owed import owed_to
from cii.payments.rules import DebtorMissing, MessageUnknown, NotAMessage, TransferUnknown
from cii.payments.vocabulary import PaymentFormat, PaymentKind, PaymentStep
from tests.final_accounts.build_final_accounts import MORE, a_year
from tests.payments.test_exchange import IBAN, with_account
from tests.settlement.build_settlement import a_desk

PAIN = SendPayments(Sector.AC, PaymentFormat.PAIN)
CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"


def a_way(work):
    """A desk whose one payment is released, with a confirmed account of its payee."""
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    desk.paid()
    with_account(desk)
    return desk


def status(number, *rows, group=""):
    """A pain.002: rows of (key, status, code, words)."""

    def why(code, words):
        told = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn>" if code else ""
        more = f"<AddtlInf>{words}</AddtlInf>" if words else ""
        return f"{told}{more}</StsRsnInf>" if code else ""

    parts = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{key}</OrgnlEndToEndId><TxSts>{state}</TxSts>"
        f"{why(code, words)}</TxInfAndSts>\n"
        for key, state, code, words in rows
    )
    whole = f"<GrpSts>{group}</GrpSts><StsRsnInf><Rsn><Cd>DU01</Cd></Rsn></StsRsnInf>" if group else ""
    body = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{number}</OrgnlPmtInfId>\n{parts}</OrgnlPmtInfAndSts>"
        if rows
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">'
        "<CstmrPmtStsRpt><GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>{day}T08:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{number}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001</OrgnlMsgNmId>{whole}</OrgnlGrpInfAndSts>\n{body}"
        "</CstmrPmtStsRpt></Document>"
    )


def entry(
    amount, day, *, key="NOTPROVIDED", reference="", credit=False, status="BOOK", currency="CHF", bank="B-1"
):
    """One entry of an account with one transaction."""
    remitted = (
        f"<RmtInf><Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf>" if reference else ""
    )
    sign = "CRDT" if credit else "DBIT"
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{bank}</AcctSvcrRef>"
        "<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{key}"
        f'</EndToEndId></Refs><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{remitted}</TxDtls>'
        "</NtryDtls></Ntry>\n"
    )


def notice(*entries, space=CAMT):
    name, one = ("BkToCstmrStmt", "Stmt") if "053" in space else ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
    made = "<CreDtTm>2026-12-01T08:00:00</CreDtTm>"
    account = "<Acct><Id><IBAN>CH5604835012345678009</IBAN></Id></Acct>"
    balance = (
        '<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CHF">0</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        "<Dt><Dt>2026-12-01</Dt></Dt></Bal>"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{space}"><{name}><GrpHdr><MsgId>BANK-2</MsgId>'
        f"{made}</GrpHdr>\n<{one}><Id>N-1</Id>{made}{account}{balance if one == 'Stmt' else ''}\n"
        f"{''.join(entries)}</{one}></{name}></Document>"
    ).encode()


def read(work, data, **more):
    return read_answers(work, ReadAnswers(data, **more))


def test_an_order_names_who_pays_who_is_paid_and_what_for(work):
    desk = a_way(work)
    (waiting,) = open_payments(desk.payer)

    sent = send_payments(desk.payer, PAIN)

    _, data = form_of(desk.payer, sent.file.ref, "xml")
    root = ET.fromstring(data)  # noqa: S314 - the house's own file
    told = {one.tag.removeprefix(f"{{{SPACE}}}"): (one.text or "").strip() for one in root.iter()}
    group, paid = root.find(f".//{{{SPACE}}}PmtInf"), root.find(f".//{{{SPACE}}}CdtTrfTxInf")
    assert [one.tag.rpartition("}")[2] for one in group][:10] == [
        "PmtInfId", "PmtMtd", "BtchBookg", "NbOfTxs", "CtrlSum", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt",
        "CdtTrfTxInf",
    ]  # fmt: skip
    assert [one.tag.rpartition("}")[2] for one in paid] == ["PmtId", "Amt", "Cdtr", "CdtrAcct", "RmtInf"]
    assert (told["MsgId"], told["NbOfTxs"], told["CtrlSum"]) == ("PF-AC-2026-0001", "1", str(waiting.amount))
    assert (told["EndToEndId"], told["InstdAmt"], told["MmbId"]) == (
        f"{waiting.ref}-1",
        str(waiting.amount),
        "4835",
    )
    assert [one.text for one in root.iter(f"{{{SPACE}}}IBAN")] == [
        "CH5604835012345678009",
        IBAN.replace(" ", ""),
    ]
    assert (told["StrtNm"], told["BldgNb"], told["PstCd"], told["TwnNm"], told["Ctry"]) == (
        "Rue de l'Essai", "7", "2300", "La Chaux-de-Fonds", "CH",
    )  # fmt: skip
    assert desk.stage.ac.number in told["Ustrd"]
    assert (files_list(desk.payer)[0].format, form_of(desk.approver, sent.file.ref, "xml")[1]) == (
        PaymentFormat.PAIN, data,
    )  # fmt: skip


def test_a_sector_without_an_account_in_the_directory_sends_no_order(work):
    desk = a_way(work)
    text = desk.payer.settings.canton.read_text(encoding="utf-8").replace("[debtor.AC]", "[debtor.other]")
    without = desk.payer.settings.data_dir / "without.toml"
    without.parent.mkdir(parents=True, exist_ok=True)
    without.write_text(text, encoding="utf-8")
    settings = desk.payer.settings.model_copy(update={"canton": without})

    with pytest.raises(DebtorMissing):
        send_payments(replace(desk.payer, settings=settings), PAIN)

    assert files_list(desk.payer) == []


def test_a_status_rejects_one_payment_or_a_whole_file_and_says_why(work):
    desk = a_way(work)
    (waiting,) = open_payments(desk.payer)
    number, key = send_payments(desk.payer, PAIN).file.number, f"{waiting.ref}-1"
    day = desk.payer.today.isoformat()

    taken = read(desk.payer, status(number, (key, "ACSP", "", "")).replace("{day}", day).encode())
    assert taken == AnswersRead(0, 0, 0, 0, 0, 1), "under way at the bank is no answer yet"
    one = status(number, (key, "RJCT", "AC01", "Kontonummer falsch")).replace("{day}", day).encode()
    tried, first, again = (read(desk.payer, one, dry_run=dry) for dry in (True, False, False))
    (back,) = open_payments(desk.payer)

    assert tried == first == AnswersRead(1, 0, 1, 0, 0, 0)
    assert again == AnswersRead(1, 0, 0, 0, 1, 0)
    assert (back.step, back.reason) == (PaymentStep.REJECTED, "AC01 Kontonummer falsch")
    whole = status(number, group="RJCT").replace("{day}", day).encode()
    assert read(desk.payer, whole) == AnswersRead(1, 0, 0, 0, 1, 0)
    unknown = status("PF-AC-2026-0099", group="RJCT").replace("{day}", day).encode()
    with pytest.raises(TransferUnknown) as refused:
        read(desk.payer, unknown)
    assert refused.value.facts["line"] == 2


@pytest.mark.parametrize("space", [CAMT, "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"])
def test_an_entry_of_the_account_executes_a_payment_and_others_are_counted(work, space):
    desk = a_way(work)
    (waiting,) = open_payments(desk.payer)
    send_payments(desk.payer, PAIN)
    day, key = desk.payer.today.isoformat(), f"{waiting.ref}-1"
    foreign = (
        entry("12.00", day), entry("80.00", day, key="somebody-else"),
        entry("5.00", day, credit=True, reference="RF18539007547034"), entry(waiting.amount, day, key=key, status="PDNG"),
    )  # fmt: skip

    wrong = notice(*foreign, entry("1.00", day, key=key, currency="EUR"), space=space)
    with pytest.raises(Refusals) as refused:
        read(desk.payer, wrong)
    told = read(desk.payer, notice(*foreign, entry(waiting.amount, day, key=key), space=space))

    assert [(one.code, one.facts["line"]) for one in refused.value.reasons] == [
        ("transfer-currency", 8), ("transfer-amount-differs", 8),
    ]  # fmt: skip
    assert told == AnswersRead(1, 1, 0, 0, 0, 4)
    assert open_payments(desk.payer) == []


DOCTYPE = b'<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "b">]>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"/>'


@pytest.mark.parametrize(
    ("data", "refusal", "line"),
    [
        (DOCTYPE, NotAMessage, 1),
        (b"<Document>\n<open>\n</Document>", NotAMessage, 3),
        (
            b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08'><X/></Document>",
            MessageUnknown,
            None,
        ),
        (b"\xef\xbb\xbf <html><body/></html>", MessageUnknown, None),
        (notice(space="urn:iso:std:iso:20022:tech:xsd:camt.052.001.08"), MessageUnknown, None),
    ],
)
def test_what_is_no_answer_of_a_bank_is_refused(data, refusal, line):
    with pytest.raises(refusal) as refused:
        told_by_message(data)

    assert refused.value.facts.get("line") == line


def test_what_was_owed_back_is_settled_by_its_reference_once_all_of_it_is_there(work):
    """1'250.00 in two parts, told twice by the bank; the file of the other sector finds nothing of it."""
    town = a_year(work)
    made = town.settled(planned=MORE)
    (owed,) = owed_to(town.finance, open_only=True)
    first, second = date(2027, 2, 10), date(2027, 2, 14)
    part = notice(entry("1000.00", first, credit=True, reference=owed.reference, bank="B-7"))
    rest = notice(
        entry("1000.00", first, credit=True, reference=owed.reference, bank="B-7"),
        entry("250.00", second, credit=True, reference=owed.reference, bank="B-8"),
    )

    elsewhere = read(town.stranger, part)
    taken = read(town.finance, part)
    held = [(str(one.received), one.received_on) for one in owed_to(town.finance)]
    more = read(town.finance, rest)

    assert (elsewhere.received, elsewhere.other) == (0, 1)
    assert (taken.received, taken.known) == (1, 0)
    assert held == [("1000.00", None)], "a part leaves it open"
    assert (more.received, more.known) == (1, 1)
    assert receivable_of(work, made.id).received_on == second
    assert owed_to(town.finance, open_only=True) == []
    with pytest.raises(Refusal):
        receive_reclaim(town.finance, ReceiveReclaim(made.ref, second))


def test_instalments_of_a_year_leave_like_any_payment(work):
    town = a_year(work)
    town.pay_all(town.approved({"wages": "10000"}, instalments=2))
    provider = work.session.get(Provider, town.agreement.provider_id)
    ask = ChangeAccount(
        provider.ref, IBAN, "Fondation d'essai", "2300", "La Chaux-de-Fonds", town.finance.today, "Relation"
    )
    decide_account(town.cashier, change_account(town.finance, ask).ref, confirmed=True)

    sent = send_payments(town.finance, SendPayments(Sector.AC))

    assert (sent.file.payments, sent.file.total) == (2, Chf.parse("10000"))
    rows = open_payments(town.finance)
    assert {(one.kind, one.about_ref, str(one.amount)) for one in rows} == {
        (PaymentKind.YEAR, rows[0].about_ref, "5000.00")
    }
    assert sorted(one.number for one in rows) == [1, 2]
