"""An installation's settings and its secret key."""

import stat

import pytest

from engine.database import DatabaseSettings
from web.settings import Settings, secret_key_in


def test_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path):
    first = secret_key_in(tmp_path)
    assert len(first) >= 60
    assert secret_key_in(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_state_lives_under_home_unless_a_database_is_named(tmp_path):
    settings = Settings.from_environment({"SAURO_HOME": str(tmp_path / "state")})
    assert settings.database_url == f"sqlite:///{tmp_path / 'state' / 'sauro.db'}"
    named = Settings.from_environment(
        {"SAURO_HOME": str(tmp_path), "SAURO_DATABASE_URL": "postgresql+psycopg://db/sauro"}
    )
    assert named.database_url == "postgresql+psycopg://db/sauro"


def test_secrets_do_not_show_in_a_printed_setting(tmp_path):
    settings = Settings.from_environment({"SAURO_HOME": str(tmp_path), "SAURO_SMTP_PASSWORD": "hush-hush"})
    assert "hush-hush" not in repr(settings)
    assert settings.secret_key not in repr(settings)


@pytest.mark.parametrize("values", [{"SAURO_SMTP_PORT": "many"}, {"SAURO_HTTPS": "perhaps"}])
def test_unreadable_setting_is_refused_by_name(tmp_path, values):
    with pytest.raises(ValueError, match=next(iter(values))):
        Settings.from_environment({"SAURO_HOME": str(tmp_path), **values})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POOL_SIZE", "0"),
        ("POOL_SIZE", "many"),
        ("POOL_SIZE", "1001"),
        ("POOL_OVERFLOW", "-1"),
        ("POOL_TIMEOUT", "0"),
        ("CONNECT_TIMEOUT", "0"),
        ("STATEMENT_TIMEOUT", "1.5"),
        ("LOCK_TIMEOUT", "0"),
        ("IDLE_TIMEOUT", "86401"),
        ("KEEPALIVE", "7201"),
        ("APPLICATION_NAME", "x" * 64),
        ("APPLICATION_NAME", "two\nlines"),
        ("UPGRADE", "perhaps"),
    ],
)
def test_a_database_setting_out_of_bounds_is_refused_by_name(tmp_path, name, value):
    values = {"SAURO_HOME": str(tmp_path), f"SAURO_DATABASE_{name}": value}
    with pytest.raises(ValueError, match=f"SAURO_DATABASE_{name}"):
        Settings.from_environment(values)


def test_database_settings_are_read_and_have_defaults(tmp_path):
    home = {"SAURO_HOME": str(tmp_path)}
    assert Settings.from_environment(home).database == DatabaseSettings()
    read = Settings.from_environment(
        {**home, "SAURO_DATABASE_POOL_SIZE": "4", "SAURO_DATABASE_IDLE_TIMEOUT": "0"}
    )
    assert read.database == DatabaseSettings(pool_size=4, idle_timeout=0)
    assert read.database.most_connections == 14


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, True),
        ({"SAURO_DATABASE_URL": "postgresql+psycopg://db/sauro"}, False),
        ({"SAURO_DATABASE_URL": "postgresql+psycopg://db/sauro", "SAURO_DATABASE_UPGRADE": "1"}, True),
        ({"SAURO_DATABASE_UPGRADE": "0"}, False),
    ],
)
def test_only_a_database_of_its_own_is_upgraded_without_being_told(tmp_path, values, expected):
    assert Settings.from_environment({"SAURO_HOME": str(tmp_path), **values}).upgrades_itself is expected


@pytest.mark.parametrize("address", ["garbage", "sqlite//x", "://", ""])
def test_what_is_no_database_address_is_refused_by_name(tmp_path, address):
    values = {"SAURO_HOME": str(tmp_path), "SAURO_DATABASE_URL": address}
    if not address:
        assert Settings.from_environment(values).database_url.startswith("sqlite:///")
        return
    with pytest.raises(ValueError, match="SAURO_DATABASE_URL"):
        Settings.from_environment(values)


def test_a_home_that_cannot_be_made_is_refused_by_name(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for home in (tmp_path / "file", tmp_path / "file" / "home"):
        with pytest.raises(ValueError, match="SAURO_HOME"):
            Settings.from_environment({"SAURO_HOME": str(home)})


def test_archive_and_figures_are_settings(tmp_path):
    usual = Settings.from_environment({"SAURO_HOME": str(tmp_path)})
    assert usual.archive_folder == tmp_path / "archive"
    assert (usual.keep_byproducts_days, usual.metrics_token, usual.metrics_port) == (365, None, 0)
    values = {
        "SAURO_HOME": str(tmp_path),
        "SAURO_ARCHIVE": str(tmp_path / "elsewhere"),
        "SAURO_KEEP_BYPRODUCTS_DAYS": "7",
        "SAURO_METRICS_TOKEN": "hush-hush",
        "SAURO_METRICS_PORT": "9101",
    }
    chosen = Settings.from_environment(values)
    assert chosen.archive_folder == tmp_path / "elsewhere"
    assert (chosen.keep_byproducts_days, chosen.metrics_token, chosen.metrics_port) == (7, "hush-hush", 9101)
    assert "hush-hush" not in repr(chosen)


@pytest.mark.parametrize(
    "values",
    [
        {"SAURO_KEEP_BYPRODUCTS_DAYS": "6"},
        {"SAURO_KEEP_BYPRODUCTS_DAYS": "ever"},
        {"SAURO_METRICS_PORT": "70000"},
    ],
)
def test_a_number_out_of_bounds_is_refused_by_name(tmp_path, values):
    with pytest.raises(ValueError, match=next(iter(values))):
        Settings.from_environment({"SAURO_HOME": str(tmp_path), **values})
