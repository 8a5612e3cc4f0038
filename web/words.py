"""People, and what they do to many, as pages and the command line name them."""

from collections.abc import Mapping

from web.language import gettext

#: Keys of people who act at the machine itself begin so.
_TYPED = "cli:"


def person_in_words(names: Mapping[str, str], key: str, on_behalf_of: str | None = None) -> str:
    """Return the name of whoever acted, and of the person in whose place: *Lê Văn Bình, thay mặt Trần Thị An*.

    Args:
        names: names by actor key; the key stands for whom it lacks.
    """
    name = names.get(key, key)
    if key.startswith(_TYPED):
        name = gettext("%(name)s at the command line", name=key.removeprefix(_TYPED))
    if on_behalf_of is None:
        return name
    return gettext("%(who)s, on behalf of %(person)s", who=name, person=names.get(on_behalf_of, on_behalf_of))


def command_in_words(tag: str) -> str:
    """Return what a batch of that command does: *Suspend processes*."""
    match tag.rpartition(".")[0]:
        case "retry_incident":
            return gettext("Try failed steps again")
        case "suspend_instance":
            return gettext("Suspend processes")
        case "resume_instance":
            return gettext("Let processes go on")
        case "cancel_instance":
            return gettext("End processes")
        case "migrate_instance":
            return gettext("Move processes to another version")
        case "recompute_due_dates":
            return gettext("Compute due dates again")
        case "reassign_candidates":
            return gettext("Give tasks to another unit")
        case "set_variables":
            return gettext("Correct values")
        case "move_token":
            return gettext("Move processes to another step")
        case "assign_user_task":
            return gettext("Assign tasks")
        case "claim_user_task":
            return gettext("Let tasks be claimed")
        case "release_user_task":
            return gettext("Give tasks back")
        case "delegate_user_task":
            return gettext("Delegate tasks")
        case "return_user_task":
            return gettext("Return delegated tasks")
        case "receive_signal":
            return gettext("Send a signal to processes")
        case "skip_service_task":
            return gettext("Skip failed steps")
        case _:
            return gettext("Change in bulk")
