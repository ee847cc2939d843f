"""Who gets in where: every address of the site, in groups of which the same roles may read or change something.

An address that is in no group fails `test_permission_matrix`; a method that is in no group lets nobody in.
The programming interface opens to keys alone: `BY_KEY` says what a key that may do everything reaches there.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.roles import Role

OWNER, DELEGATE, MEMBER, PROVIDER = Role.OWNER, Role.DELEGATE, Role.MEMBER, Role.PROVIDER
COUNTY, ASSESSOR, OFFICER = Role.COUNTY_REVIEWER, Role.ASSESSOR, Role.OFFICER
STEWARD, ADMINISTRATOR, AUDITOR = Role.STEWARD, Role.ADMINISTRATOR, Role.AUDITOR
# Somebody with an account and no role, and somebody who has not signed in.
NOBODY, SIGNED_OUT = "nobody", "signed out"
Who = Role | str

PEOPLE: tuple[Role, ...] = tuple(role for role in Role if role != Role.SERVICE_ACCOUNT)
LEADERS = {OWNER, DELEGATE}
ANSWERING = LEADERS | {MEMBER}
COMPANY = ANSWERING | {PROVIDER}
DESK = {COUNTY, ASSESSOR, OFFICER, AUDITOR}
STAFF = {*DESK, STEWARD, ADMINISTRATOR}
READERS = COMPANY | DESK
SIGNED_IN: set[Who] = {*PEOPLE, NOBODY}
EVERYBODY: set[Who] = SIGNED_IN | {SIGNED_OUT}


@dataclass(frozen=True)
class Group:
    """Addresses that let in exactly these; names are parted by spaces."""

    what: str
    who: set[Role] | set[Who]
    get: str = ""
    post: str = ""


GROUPS = (
    # Open to all, and one's own account
    Group(
        "the way in, help and health",
        EVERYBODY,
        "start help live ready api:schema api:docs account_login account_signup account_reset_password "
        "account_reset_by_phone account_reset_password_done account_reset_password_from_key "
        "account_reset_password_from_key_done account_confirm_email account_email_verification_sent "
        "account_inactive account_logout",
        "set_language account_login account_signup account_reset_password account_reset_by_phone "
        "account_reset_password_from_key account_confirm_email account_email_verification_sent account_logout",
    ),
    Group(
        "one's own account",
        SIGNED_IN,
        "account_settings account_email account_change_password account_set_password account_change_phone "
        "account_verify_phone account_confirm_login_code account_reauthenticate mfa_index mfa_authenticate "
        "mfa_reauthenticate mfa_activate_totp mfa_generate_recovery_codes usersessions_list accounts:notices "
        "accounts:purpose assessments:own_data assessments:delete_own_data assessments:provider_home",
        "account_settings account_forget_phone account_email account_change_password account_set_password "
        "account_change_phone account_verify_phone account_confirm_login_code account_reauthenticate "
        "mfa_authenticate mfa_reauthenticate mfa_activate_totp mfa_generate_recovery_codes "
        "usersessions_list accounts:read_notices accounts:purpose assessments:own_data_file "
        "assessments:delete_own_data",
    ),
    # One company's assessment
    Group(
        "answers and results",
        READERS,
        "assessments:home assessments:questions assessments:section assessments:answer assessments:changes "
        "assessments:colleagues assessments:check assessments:scoring assessments:result assessments:way_up "
        "assessments:plan assessments:result_workbook assessments:chart_picture assessments:chart_workbook "
        "assessments:report assessments:receipt assessments:receipt_document assessments:reopened",
        "assessments:order_report",
    ),
    Group("answering", COMPANY | {OFFICER}, post="assessments:section assessments:answer"),
    Group("answering as in the round before", COMPANY, post="assessments:confirm"),
    Group(
        "evidence",
        ANSWERING,
        post="assessments:evidence assessments:remove_evidence assessments:restore_evidence",
    ),
    Group("submitting", LEADERS | {PROVIDER, OFFICER}, post="assessments:submit"),
    Group(
        "leading the company's work",
        LEADERS,
        "assessments:withdraw",
        "assessments:withdraw assessments:colleagues assessments:assign assessments:end_access "
        "assessments:revoke_invitation assessments:save_plan",
    ),
    Group("the company's own profile", LEADERS | {OFFICER}, "assessments:profile", "assessments:profile"),
    Group("giving up one's own role", COMPANY, "assessments:leave", "assessments:leave"),
    Group("messages", READERS - {PROVIDER}, "assessments:messages", "assessments:withdraw_message"),
    Group(
        "writing messages",
        READERS - {PROVIDER, AUDITOR},
        post="assessments:messages assessments:settle_messages",
    ),
    # The cohort
    Group(
        "the cohort in figures",
        DESK | {STEWARD},
        "cohort:overview cohort:panel_file cohort:companies cohort:costs",
        "cohort:view_save",
    ),
    Group(
        "single companies of the cohort",
        DESK,
        "cohort:differences cohort:messages cohort:company cohort:contacts cohort:timeline cohort:papers "
        "cohort:company_messages",
    ),
    Group("setting the profile right", {OFFICER}, "cohort:profile", "cohort:profile"),
    Group("writing down contacts", DESK - {AUDITOR}, post="cohort:contacts"),
    Group("lists to take along", {COUNTY, OFFICER}, "cohort:ledger", "cohort:ledger cohort:order_packet"),
    Group("one's own file of the cohort", {OFFICER}, "cohort:file", "cohort:load_file"),
    Group("files of the cohort", {OFFICER}, "cohort:files cohort:file_template", "cohort:files"),
    Group(
        "acting on many companies",
        {OFFICER},
        "cohort:bulk cohort:bulk_runs cohort:bulk_run cohort:bulk_progress",
    ),
    Group(
        "a company's place in the programme",
        {OFFICER},
        "cohort:roster",
        "cohort:roster_rename cohort:roster_merge cohort:roster_leave cohort:roster_return cohort:roster_extend",
    ),
    Group("what steps cost", {OFFICER}, "cohort:cost", "cohort:cost"),
    # The review desk
    Group("the desk", DESK, "cohort:queue cohort:flags cohort:flag cohort:samples cohort:sample"),
    Group("saying what came of a hint", DESK - {AUDITOR}, post="cohort:flag"),
    Group("drawing a sample", {OFFICER}, post="cohort:samples"),
    Group("checking", {COUNTY}, "cohort:check", "cohort:check"),
    Group("visiting", {ASSESSOR}, "cohort:visit", "cohort:visit cohort:finish"),
    Group("what an acceptance asks for", DESK, "cohort:acceptance"),
    Group(
        "accepting",
        {OFFICER},
        "",
        "cohort:acceptance cohort:accept cohort:documents cohort:batches cohort:batch",
    ),
    Group("batches", DESK - {COUNTY}, "cohort:batches cohort:batch cohort:batch_table"),
    # Briefings: the county's reviewers read those of their own area
    Group("the list of briefings", DESK, "cohort:briefing"),
    Group(
        "the city's briefing",
        DESK - {COUNTY},
        "cohort:briefing_page cohort:briefing_companies cohort:briefing_paper",
    ),
    Group(
        "editing briefings",
        {OFFICER},
        "cohort:edit_briefing",
        "cohort:draft_briefings cohort:edit_briefing cohort:approve_briefing",
    ),
    # The programme
    Group(
        "the programme, its rounds and lists",
        STAFF,
        "cohort:programme cohort:lists cohort:round cohort:round_progress cohort:instruments cohort:instrument "
        "cohort:instrument_difference",
        "cohort:programme_switch",
    ),
    Group(
        "running the programme",
        {OFFICER},
        "cohort:programme_edit cohort:round_open",
        "cohort:programme_edit cohort:round_open cohort:round_times cohort:round_freeze cohort:round_reopen "
        "cohort:round_add",
    ),
    Group(
        "the lists of areas and trades",
        {OFFICER, ADMINISTRATOR},
        "cohort:list_add cohort:list_entry",
        "cohort:list_add cohort:list_entry",
    ),
    Group(
        "programmes and questionnaires",
        {ADMINISTRATOR},
        "cohort:programme_create",
        "cohort:programme_create cohort:instrument_publish",
    ),
    # The model
    Group(
        "the model",
        {OFFICER, STEWARD, AUDITOR},
        "benchmarks:overview benchmarks:work benchmarks:facilities benchmarks:release assessments:drift "
        "assessments:comparison",
    ),
    Group(
        "training and putting into use",
        {STEWARD},
        "benchmarks:load benchmarks:template",
        "benchmarks:load benchmarks:train benchmarks:propose benchmarks:withdraw assessments:confirm_release "
        "assessments:roll_back_release",
    ),
    # Administration
    Group(
        "people, keys and feeds",
        {ADMINISTRATOR},
        "people:list people:invite people:person keys:list webhooks:list webhooks:detail webhooks:delete",
        "people:invite keys:list webhooks:list webhooks:detail webhooks:act webhooks:delete",
    ),
    Group(
        "the audit log",
        {ADMINISTRATOR, AUDITOR},
        "audit_log:list audit_log:retention",
        "audit_log:export",
    ),
    Group(
        "what nobody reaches here, for want of what it needs: a link, a code, a stored file, a visit, a view of "
        "one's own; the tests of each page reach it",
        set(),
        "assessments:join mfa_deactivate_totp mfa_view_recovery_codes mfa_download_recovery_codes "
        "accounts:notice assessments:evidence_file assessments:evidence_thumbnail "
        "assessments:report_file assessments:verification "
        "assessments:plan_workbook cohort:marked_file cohort:ledger_file cohort:document cohort:grade "
        "cohort:view_delete",
        "accounts:notice assessments:join cohort:bulk_start cohort:grade cohort:view_delete "
        "keys:withdraw people:change",
    ),
)

BY_KEY = {
    "get": "api:cohort-list api:cohort-detail api:instrument-list api:instrument-detail "
    "api:programme-list api:programme-detail api:round-list api:round-detail api:company-list "
    "api:company-detail api:assessment-list api:assessment-detail api:submission-list api:submission-detail "
    "api:score-list api:score-detail api:score-plan api:facility-list api:facility-detail api:release-list "
    "api:release-detail api:job-list api:job-detail api:event-list api:event-detail api:webhook-list "
    "api:webhook-detail api:webhook-deliveries api:export-scores api:export-answers",
    "post": "api:company-list api:submission-list api:submission-bulk api:job-cancel api:preview "
    "api:preview-batch api:webhook-list api:webhook-disable api:webhook-enable api:webhook-replay "
    "api:webhook-replay-one api:webhook-rotate-secret",
    "patch": "api:company-detail api:assessment-answers api:webhook-detail",
    "delete": "api:webhook-detail",
    "put": "",
}
