"""Joins the product's users to Flask-Security."""

from typing import Any, cast

from flask import current_app
from flask_security import SQLAlchemySessionUserDatastore, UserMixin
from flask_security.forms import LoginForm
from sqlalchemy.orm import Session, scoped_session
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from processes.access import tables


class SignedInUser(tables.User, UserMixin):  # type: ignore[misc]  # Flask-Security is untyped here
    """A user as Flask-Security sees one: the same table, no column of its own."""


class SignInForm(LoginForm):
    """Asks for user name and password; which of the two was wrong is never said."""

    email = StringField()  # not shown; Flask-Security makes its errors as vague as those of the others
    remember = None
    username = StringField(validators=[InputRequired(), Length(max=64)])

    def validate(self, **kwargs: Any) -> bool:
        """Look the user up by name, then let Flask-Security check the password."""
        self.ifield = self.username
        name = (self.username.data or "").strip().lower()
        self.user = current_app.extensions["security"].datastore.find_user(username=name) if name else None
        return bool(super().validate(**kwargs))


def build_datastore(sessions: "scoped_session[Session]") -> SQLAlchemySessionUserDatastore:
    """Return a datastore over the request's reading session."""
    return SQLAlchemySessionUserDatastore(sessions, SignedInUser, cast(Any, tables.UserRole))
