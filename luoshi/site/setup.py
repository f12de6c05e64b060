"""What stands between an empty folder and a product that answers: the tables, and the first data."""

from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from luoshi.demo.loading import begun


def unapplied_migrations() -> list[str]:
    """The steps that this database lacks, in order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def bring_up_to_date() -> int:
    """Apply the missing steps; how many there were."""
    missing = unapplied_migrations()
    if missing:
        call_command("migrate", verbosity=0, interactive=False)
    return len(missing)


def is_empty() -> bool:
    """Whether nobody could sign in yet, which is so only before the first data."""
    return not get_user_model()._default_manager.exists()


def is_half_loaded() -> bool:
    """Whether a demo was begun here that never came to its end."""
    return begun() is not None


def has_demo() -> bool:
    return "demo" in get_commands()
