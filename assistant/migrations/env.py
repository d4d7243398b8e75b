"""Runs the migrations on the connection the store hands over, inside its transaction."""

from alembic import context

from assistant.tables_store import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
