"""What an installation can set, read once from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from engine.archive.byproducts import SHORTEST
from engine.database import DATABASE_BOUNDS, DatabaseSettings

#: The name of the file under ``SAURO_HOME`` that holds the key for cookies.
SECRET_KEY_FILE = "secret.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """Where e-mail leaves; without a host no e-mail is sent.

    Attributes:
        port: TCP port of the relay.
        starttls: ask the relay for encryption before anything is said.
    """

    host: str | None = None
    port: int = 25
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    sender: str = "sauro@localhost"
    starttls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one installation.

    Attributes:
        home: folder that keeps everything this installation writes.
        database_url: ``sqlite:///PATH`` or ``postgresql+psycopg://…``.
        secret_key: signs cookies; kept in ``home``, readable by the owner only.
        database: pool, timeouts and name of the connections.
        upgrades_itself: a command may bring the schema of a database in use up to date before it begins.
        https: the site is reached through HTTPS only; cookies are marked and HSTS is sent.
        archive: folder of the archive files; ``archive`` in ``home`` if it is not set.
        keep_byproducts_days: calendar days that messages which have left and notifications that were read stay.
        metrics_token: opens ``/metrics``; without one it answers this machine only.
        metrics_port: where a worker serves its health and metrics; 0 for nowhere.
    """

    home: Path
    database_url: str
    secret_key: str = field(repr=False)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    upgrades_itself: bool = True
    mail: MailSettings = field(default_factory=MailSettings)
    https: bool = False
    archive: Path | None = None
    keep_byproducts_days: int = 365
    metrics_token: str | None = field(default=None, repr=False)
    metrics_port: int = 0

    @property
    def archive_folder(self) -> Path:
        """The folder of the archive files."""
        return self.archive or self.home / "archive"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read ``SAURO_*``; creates ``SAURO_HOME`` and the secret key on first use.

        Raises:
            ValueError: a number or an address cannot be read.
        """
        values = os.environ if environment is None else environment
        home = Path(values.get("SAURO_HOME") or "./var").absolute()
        database_url = values.get("SAURO_DATABASE_URL") or f"sqlite:///{home / 'sauro.db'}"
        try:
            shared = make_url(database_url).get_backend_name() != "sqlite"
        except ArgumentError as error:
            raise ValueError(
                "Expected SAURO_DATABASE_URL to be sqlite:///PATH or postgresql+psycopg://…, but it is no address"
            ) from error
        try:
            home.mkdir(parents=True, exist_ok=True)
            secret_key = secret_key_in(home)
        except OSError as error:
            raise ValueError(
                f"Expected SAURO_HOME to be a folder that can be written to, but {home} is not: {error.strerror}"
            ) from error
        return cls(
            home=home,
            database_url=database_url,
            secret_key=secret_key,
            database=_database_settings(values),
            upgrades_itself=_truth(values, "SAURO_DATABASE_UPGRADE", default=not shared),
            mail=MailSettings(
                host=values.get("SAURO_SMTP_HOST") or None,
                port=_number(values, "SAURO_SMTP_PORT", 25),
                username=values.get("SAURO_SMTP_USERNAME") or None,
                password=values.get("SAURO_SMTP_PASSWORD") or None,
                sender=values.get("SAURO_SMTP_SENDER") or "sauro@localhost",
                starttls=_truth(values, "SAURO_SMTP_STARTTLS"),
            ),
            https=_truth(values, "SAURO_HTTPS"),
            archive=Path(values["SAURO_ARCHIVE"]).absolute() if values.get("SAURO_ARCHIVE") else None,
            keep_byproducts_days=_within(values, "SAURO_KEEP_BYPRODUCTS_DAYS", 365, SHORTEST.days, 36_500),
            metrics_token=values.get("SAURO_METRICS_TOKEN") or None,
            metrics_port=_within(values, "SAURO_METRICS_PORT", 0, 0, 65_535),
        )


def secret_key_in(home: Path) -> str:
    """Return the key kept in ``home``; makes one, readable by the owner only, if there is none."""
    path = home / SECRET_KEY_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key + "\n")
    return key


def _database_settings(values: Mapping[str, str]) -> DatabaseSettings:
    """Read ``SAURO_DATABASE_*``; the names are those of the fields."""
    defaults = DatabaseSettings()
    numbers = {}
    for name, (least, most) in DATABASE_BOUNDS.items():
        variable = f"SAURO_DATABASE_{name.upper()}"
        numbers[name] = _number(values, variable, getattr(defaults, name))
        if not least <= numbers[name] <= most:
            raise ValueError(f"Expected {variable} to be from {least} to {most}, but it is {numbers[name]}")
    try:
        return DatabaseSettings(
            **numbers,
            application_name=values.get("SAURO_DATABASE_APPLICATION_NAME") or defaults.application_name,
        )
    except ValueError as error:
        raise ValueError(
            "Expected SAURO_DATABASE_APPLICATION_NAME to be a name of up to 63 bytes, but it is not"
        ) from error


def _number(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"Expected {name} to be a number, but it is '{text}'")
    return int(text)


def _within(values: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    number = _number(values, name, default)
    if not least <= number <= most:
        raise ValueError(f"Expected {name} to be {least} to {most}, but it is '{number}'")
    return number


def _truth(values: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    text = (values.get(name) or str(int(default))).strip().lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ValueError(f"Expected {name} to be 1 or 0, but it is '{text}'")
