"""Runs revisions on the connection that :func:`processes.schema.upgrade` hands over."""

from alembic import context

from processes.schema import all_metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=all_metadata(),
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,
)
context.run_migrations()
