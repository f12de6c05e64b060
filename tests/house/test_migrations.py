"""The tables are as the models say, and migrations are what makes them so."""

import os
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration():
    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out, stderr=out)
    except SystemExit:
        pytest.fail(out.getvalue())


def test_the_deployment_checks_are_silent_behind_https(tmp_path):
    variables = {
        "LUOSHI_HOME": str(tmp_path / "home"),
        "LUOSHI_HTTPS": "1",
        "LUOSHI_HOSTS": "luoshi.example",
        "LUOSHI_DATABASE_URL": "",
    }
    done = subprocess.run(
        [sys.executable, "-m", "luoshi", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env={**os.environ, **variables, "DJANGO_SETTINGS_MODULE": "luoshi.site.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
