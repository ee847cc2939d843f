"""A little of everything that a bureau has on its desk after two months: through the same actions as on the pages.

Few rows of each kind are enough to show a page. What people wrote is invented and says so.
"""

from __future__ import annotations

import io
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission, Role
from assessments.actions import acceptance, batches, county, documents, evidence, flags, messages, visits
from assessments.actions.reviewing import assign_reviewer
from assessments.actions.samples import draw_sample
from assessments.models import (
    Assessment,
    ConditionCheck,
    Decision,
    Flag,
    ReviewAssignment,
    Round,
    Submission,
)
from assessments.reviewing.acceptance.conditions import load_terms
from cohort.models import SavedView
from companies.contacts import log_contact
from companies.models import Contact, Programme
from documents.workbook_writer import SheetColumn, WorkbookSheet, build_workbook

_CONTACTS = (
    (Contact.Channel.CALL, "生产部", "电话提醒：设备清单还在整理，约定下周补填。（示例）"),
    (Contact.Channel.VISIT, "总经理", "上门走访：介绍评测流程，现场答疑两小时。（示例）"),
    (Contact.Channel.MEETING, "信息化负责人", "片区说明会：讲解第二轮填报与佐证材料要求。（示例）"),
    (Contact.Channel.LETTER, "", "寄送验收材料清单。（示例）"),
)
_QUESTION = "设备联网率只算数控设备，还是包括普通机床？（示例）"
_ANSWER = "两者都算：分母是全部生产设备，分子是已联网的设备。（示例）"
_THANKS = "明白了，谢谢。另外，佐证材料可以用手机拍照上传吗？（示例）"
_RETURNED = {"B2": "设备总数与企业档案不一致，请核对。（示例）", "C03": "请补充系统截图。（示例）"}
_REMARK = "现场查看，系统未覆盖该环节。（示例）"
# How many items of the open visit are decided, each third one changed.
_DECIDED = 14
_VISIT_EVERY = 3
# The code of a paper that the conditions of acceptance ask for.
_CONTRACT = "contract"
_VIEW = "两周未动（示例）"
_SAMPLE_SIZE, _SAMPLE_SEED = 20, "2026-demo"


def is_filled(programme: Programme) -> bool:
    """Return whether the desk has its contents: the saved view is the last of them."""
    return SavedView.objects.filter(programme=programme, name=_VIEW).exists()


@transaction.atomic
def fill(*, programme: Programme, round_: Round, managed: Assessment) -> None:
    """Make the contents of the desk in a round, on behalf of the demonstration's people."""
    officer, reviewer, assessor = (
        User.objects.get(programme_roles__role=role.value, programme_roles__programme=programme)
        for role in (Role.OFFICER, Role.COUNTY_REVIEWER, Role.ASSESSOR)
    )
    owner = User.objects.get(memberships__role=Role.OWNER.value, memberships__company=managed.company)
    _log_contacts(round_, officer)
    _talk(managed, owner, officer)
    _attach_evidence(managed, owner)
    _check(round_, reviewer)
    _visit(round_, assessor, officer)
    _accept(programme, round_, officer)
    draw_sample(round_=round_, size=_SAMPLE_SIZE, seed=_SAMPLE_SEED, by=officer)
    SavedView.objects.create(
        programme=programme,
        owner=officer,
        name=_VIEW,
        query="round=T1&risk=stalled",
        is_shared=True,
    )


def is_settled(round_: Round) -> bool:
    """Return whether somebody has settled a hint."""
    return Flag.objects.filter(assessment__round=round_, settled_at__isnull=False).exists()


@transaction.atomic
def settle_some(round_: Round) -> None:
    """Settle the first hint of each kind, once hints have been looked for."""
    officer = User.objects.get(
        programme_roles__role=Role.OFFICER.value, programme_roles__programme=round_.programme
    )
    found = Flag.objects.filter_open().filter(assessment__round=round_).order_by("kind", "raised_at", "pk")
    first = {flag.kind: flag for flag in reversed(found.select_related("assessment__company"))}
    for flag in first.values():
        flags.settle_flag(
            flag=flag, disposition=Flag.Disposition.EXPLAINED, comment="已电话核实。（示例）", by=officer
        )


def _log_contacts(round_: Round, officer: User) -> None:
    stalled = round_.assessments.filter(started_at__isnull=False, submitted_at__isnull=True)
    today = timezone.localdate()
    for place, assessment in enumerate(stalled.select_related("company").order_by("pk")[:12]):
        channel, with_whom, note = _CONTACTS[place % len(_CONTACTS)]
        log_contact(
            company=assessment.company,
            held_on=today - timedelta(days=1 + 2 * place),
            channel=channel,
            with_whom=with_whom,
            note=note,
            by=officer,
        )


def _talk(managed: Assessment, owner: User, officer: User) -> None:
    """Let the company ask, be answered, and ask again, so that one question waits."""
    for by, body in ((owner, _QUESTION), (officer, _ANSWER), (owner, _THANKS)):
        messages.write_message(assessment=managed, body=body, by=by)


def _attach_evidence(managed: Assessment, owner: User) -> None:
    content = _build_small_workbook(("设备", "数量", "已联网"), ("数控车床", 18, 12), ("注塑机", 6, 2))
    for item in ("B1", "B2"):
        evidence.attach_file(
            assessment=managed, item=item, name="设备清单（示例）.xlsx", upload=io.BytesIO(content), by=owner
        )


def _check(round_: Round, reviewer: User) -> None:
    """Let the county recommend some of its companies and give one back."""
    waiting = (
        Assessment.objects.allowing(reviewer, Permission.REVIEW)
        .filter(round=round_, scored_at__isnull=False, recommended_at__isnull=True)
        .select_related("company", "round__programme")
        .order_by("submitted_at", "pk")
    )
    first, *others = waiting[:3]
    county.return_items(assessment=first, items=_RETURNED, by=reviewer)
    for assessment in others:
        county.recommend_submission(assessment=assessment, comment="材料齐全。（示例）", by=reviewer)


def _visit(round_: Round, assessor: User, officer: User) -> None:
    """Assign companies to the assessor, begin one visit and decide some of its items."""
    waiting = list(
        round_.assessments.filter(recommended_at__isnull=False, verified_at__isnull=True)
        .select_related("company", "round__programme")
        .order_by("recommended_at", "pk")[:9]
    )
    for assessment in waiting:
        assign_reviewer(assessment=assessment, kind=ReviewAssignment.Kind.ASSESSOR, to=assessor, by=officer)
    visit = visits.start_visit(assessment=waiting[0], by=assessor)
    answers = Submission.objects.filter_counting().get(assessment=waiting[0], kind="self").read_answers()
    for place, item in enumerate(list(answers)[:_DECIDED]):
        is_returned = place == 1
        visits.decide_item(
            visit=visit,
            item=item,
            decision=Decision.RETURNED if is_returned else Decision.ACCEPTED,
            answer=None,
            remark=_REMARK if is_returned else "",
            seen_on_site=place % _VISIT_EVERY == 0,
            revision=0,
            by=assessor,
        )


def _accept(programme: Programme, round_: Round, officer: User) -> None:
    """File papers and check conditions of verified companies; make the batches of two months."""
    verified = round_.assessments.filter(verified_at__isnull=False, accepted_at__isnull=True)
    content = _build_small_workbook(("合同编号", "内容"), ("示例-001", "数字化改造服务合同（示例）"))
    for assessment in verified.select_related("company", "round__programme").order_by("verified_at", "pk")[
        :2
    ]:
        documents.file_document(
            assessment=assessment,
            kind=_CONTRACT,
            name="改造合同（示例）.xlsx",
            upload=io.BytesIO(content),
            by=officer,
        )
        for condition in [entry for entry in load_terms().conditions if not entry.by_platform][:2]:
            acceptance.check_condition(
                assessment=assessment,
                condition=condition.code,
                finding=ConditionCheck.Finding.MET,
                by=officer,
            )
    month = timezone.localdate()
    names = [(month.replace(day=1) - timedelta(days=1)).strftime("%Y-%m"), month.strftime("%Y-%m")]
    chosen = [found.pk for found in batches.list_batch_candidates(programme)]
    for name, part in zip(names, (chosen[:40], chosen[40:60]), strict=True):
        batch = batches.create_batch(programme=programme, name=name, by=officer)
        batches.add_to_batch(batch=batch, assessments=part, by=officer)
        if name == names[0]:
            batches.send_batch(batch=batch, by=officer)


def _build_small_workbook(*rows: tuple[str | int, ...]) -> bytes:
    """Build a small workbook."""
    return build_workbook(WorkbookSheet([SheetColumn()] * len(rows[0]), rows))
