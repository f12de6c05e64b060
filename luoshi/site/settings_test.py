"""Settings of the test runs: a throw-away home, and the database that LUOSHI_TEST_DATABASE names (SQLite otherwise)."""

import os
import tempfile

os.environ.setdefault("LUOSHI_HOME", tempfile.mkdtemp(prefix="luoshi-test-"))
if os.environ.get("LUOSHI_TEST_DATABASE"):
    os.environ["LUOSHI_DATABASE_URL"] = os.environ["LUOSHI_TEST_DATABASE"]

from luoshi.site.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
