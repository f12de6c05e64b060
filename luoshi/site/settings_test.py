"""Settings of the test runs: a throw-away home, and the database that LUOSHI_TEST_DATABASE names (SQLite otherwise)."""

import atexit
import os
import shutil
import tempfile

if "LUOSHI_HOME" not in os.environ:
    os.environ["LUOSHI_HOME"] = tempfile.mkdtemp(prefix="luoshi-test-")
    atexit.register(shutil.rmtree, os.environ["LUOSHI_HOME"], ignore_errors=True)
os.environ["LUOSHI_DATABASE_URL"] = os.environ.get("LUOSHI_TEST_DATABASE", "")

from luoshi.site.settings import *  # noqa: F403
from luoshi.site.settings import DATABASES, LUOSHI_HOME

if not os.environ["LUOSHI_DATABASE_URL"]:
    # A file, not memory: threads that write at once meet the same locks as in the product.
    DATABASES["default"]["TEST"] = {"NAME": str(LUOSHI_HOME / "test.db")}
    # Durability is nothing that tests test, as on PostgreSQL (luoshi/testing/postgresql.py); the flushes cost a third of their time.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
DATABASES["default"]["CONN_MAX_AGE"] = 0

LUOSHI_TIMING = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
