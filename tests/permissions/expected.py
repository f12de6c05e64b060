"""Who may do what, written down from the description of the work, not from luoshi/gate/rules.py.

One line an operation, by the name of its function. Three columns: the roles that may do it at the very unit of their grant, at a
unit below it, and at any other unit (above, beside, in another city). "–" is nobody. Operations that have no place (one's own
account, the installation) have one column.
"""

RECORDERS = "liaison secretary delegate office"
ANSWERABLE = "liaison secretary office"
TOP_DOWN = "office liaison system_admin"

AT_A_PLACE = {
    # Units are reorganised from above; the system administrator prepares them, but moves nothing.
    "create_unit": ("office system_admin", "office system_admin", "system_admin"),
    "change_unit": ("office system_admin", "office system_admin", "system_admin"),
    "describe_branch": (ANSWERABLE, "office", "–"),
    "move_unit": ("–", "office", "–"),
    "merge_units": ("–", "office", "–"),
    "close_unit": ("–", "office", "–"),
    "create_units": ("office", "office", "–"),
    # The unit keeps its own roster; only transfers, imports, posts and erasure are also for the office above.
    "create_person": (RECORDERS, "–", "–"),
    "receive_floating": (RECORDERS, "–", "–"),
    "change_person": (RECORDERS, "–", "–"),
    "change_membership": (RECORDERS, "–", "–"),
    "end_membership": (RECORDERS, "–", "–"),
    "create_persons": (ANSWERABLE, "office", "–"),
    "transfer_person": (ANSWERABLE, "office", "–"),
    "reveal_person": (ANSWERABLE, "office", "–"),
    "erase_person": ("office", "office", "–"),
    "give_post": (ANSWERABLE, "office", "–"),
    "end_post": (ANSWERABLE, "office", "–"),
    # Accounts come from above, never from one's own unit; freezing is the security administrator's.
    "create_user": ("system_admin", TOP_DOWN, "system_admin"),
    "reset_user": ("system_admin", TOP_DOWN, "system_admin"),
    "hand_over": ("system_admin", TOP_DOWN, "system_admin"),
    "freeze_user": ("security_admin", "office liaison security_admin", "security_admin"),
    "thaw_user": ("security_admin", "office liaison security_admin", "security_admin"),
    "give_grant": ("office security_admin", "office security_admin", "security_admin"),
    "end_grant": ("office security_admin", "office security_admin", "security_admin"),
    # Nobody above fills in for a unit, unless the unit itself says so.
    "give_mandate": (ANSWERABLE, "–", "–"),
    "end_mandate": (ANSWERABLE, "–", "–"),
    "create_token": ("office liaison", "–", "–"),
    "end_token": ("office liaison security_admin", "security_admin", "security_admin"),
    # A campaign is led by an office; the unit answers for itself.
    "install_pack": ("office", "office", "–"),
    "publish_requirement": ("office", "office", "–"),
    "end_requirement": ("office", "office", "–"),
    "report_zero": (RECORDERS, "–", "–"),
    "withdraw_zero": (ANSWERABLE, "–", "–"),
    "waive": ("office", "office", "–"),
    "withdraw_waivers": ("office", "office", "–"),
    "remind": ("office", "office", "–"),
    "close_period": ("office", "office", "–"),
    "issue_notice": ("office", "office", "–"),
    "sign_notice": (RECORDERS, "–", "–"),
    # The unit itself records and corrects; those above may only send back.
    "record_activity": (RECORDERS, "–", "–"),
    "correct_activity": (RECORDERS, "–", "–"),
    "attach_file": (RECORDERS, "–", "–"),
    "remove_file": (RECORDERS, "–", "–"),
    "withdraw_activity": (ANSWERABLE, "–", "–"),
    "return_activity": ("–", "office reviewer supervisor", "–"),
    "answer_activity": (ANSWERABLE, "–", "–"),
    "import_activities": (ANSWERABLE, "–", "–"),
    "declare_figure": ("office liaison", "–", "–"),
    "correct_declaration": ("office liaison", "–", "–"),
    "generate_report": ("office liaison", "–", "–"),
    "finish_report": ("office liaison", "–", "–"),
    "give_up_report": ("office liaison", "–", "–"),
    "seal_report": ("office liaison", "–", "–"),
    "file_report": ("office liaison", "–", "–"),
    "discard_report": ("office liaison", "–", "–"),
    "correct_report": ("office liaison", "–", "–"),
    "remember_match": ("office liaison", "office liaison", "–"),
}

# Every account on itself, and what concerns the installation as a whole.
EVERYBODY = "everybody"
WITHOUT_A_PLACE = {
    "create_accounts": TOP_DOWN,  # the operation goes through the units one by one itself
    "activate_user": EVERYBODY,
    "change_password": EVERYBODY,
    "set_preferences": EVERYBODY,
    "note_login": EVERYBODY,
    "recount_figures": "system_admin",
    "rebuild": "system_admin",
    "first_grant": "system_admin",
    "create_root": "system_admin",
    "create_sectors": "system_admin",
    "load_units": "system_admin",
    "load_roster": "system_admin",
    "load_week": "system_admin",
    "load_declarations": "system_admin",
}
