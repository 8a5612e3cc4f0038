"""Sets up sign-in, sessions, rate limits and the security headers of every answer."""

from datetime import timedelta
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import Security
from flask_talisman import Talisman
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session, scoped_session

from processes.access.accounts import PASSWORD_PROFILE
from web.settings import Settings
from web.sign_in.users import SignInForm, build_datastore

#: Everything comes from our own origin; no inline script or style, no plug-ins, no framing.
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self'",
    "object-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
}

#: A working day; whoever leaves a browser open over night signs in again.
SESSION_LIFETIME = timedelta(hours=12)

#: Attempts to sign in, per address and user name, and per address (an office shares one address).
SIGN_IN_LIMITS = ("5 per minute; 30 per hour", "60 per minute")


def install(app: Flask, settings: Settings, sessions: "scoped_session[Session]") -> None:
    """Configure Flask-Security, Flask-WTF, Flask-Limiter and Flask-Talisman."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        PERMANENT_SESSION_LIFETIME=SESSION_LIFETIME,
        SESSION_COOKIE_NAME="sauro",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open as long as the session lives
        WTF_CSRF_SSL_STRICT=settings.https,
        RATELIMIT_STORAGE_URI="memory://",
        RATELIMIT_HEADERS_ENABLED=False,
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_SALT=settings.secret_key,
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__time_cost": PASSWORD_PROFILE.time_cost,
            "argon2__memory_cost": PASSWORD_PROFILE.memory_cost,
            "argon2__parallelism": PASSWORD_PROFILE.parallelism,
        },
        SECURITY_PASSWORD_NORMALIZE_FORM="NFC",
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"username": {"mapper": str.lower, "case_insensitive": False}}],
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_LOGIN_USER_TEMPLATE="sign_in/sign_in.html",
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_JOIN_USER_ROLES=False,  # they are loaded with the user
        SECURITY_STATIC_FOLDER_URL="/assets/sign-in",
    )
    CSRFProtect(app)
    Security(app, build_datastore(sessions), login_form=SignInForm)
    limiter = Limiter(get_remote_address, app=app, default_limits=[], strategy="fixed-window")
    sign_in: Any = app.view_functions["security.login"]  # the limiter's types allow async views
    sign_in = limiter.limit(SIGN_IN_LIMITS[0], key_func=_address_and_name, methods=["POST"])(sign_in)
    app.view_functions["security.login"] = limiter.limit(SIGN_IN_LIMITS[1], methods=["POST"])(sign_in)
    Talisman(
        app,
        force_https=settings.https,
        strict_transport_security=settings.https,
        session_cookie_secure=settings.https,
        content_security_policy=CONTENT_SECURITY_POLICY,
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy={"camera": "()", "geolocation": "()", "microphone": "()", "payment": "()"},
    )


def _address_and_name() -> str:
    return f"{get_remote_address()} {request.form.get('username', '').strip().lower()[:64]}"
