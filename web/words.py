"""People as pages name them."""

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
