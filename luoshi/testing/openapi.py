"""`make openapi` — tests/api/openapi.json, the API as it was last agreed on; a test says what has changed since.

python -m luoshi.testing.openapi        write it
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import django
from django.utils import translation

SNAPSHOT = Path(__file__).resolve().parent.parent.parent / "tests" / "api" / "openapi.json"


def described() -> dict[str, Any]:
    """What the API says of itself now, in English."""
    from luoshi.site.api import api  # the rooms need Django to be set up

    with translation.override("en"):
        text = json.dumps(api.get_openapi_schema(path_prefix="/api/"), default=str)
    found: dict[str, Any] = json.loads(text)
    return found


def rendered() -> str:
    return json.dumps(described(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.site.settings_test")
    django.setup()
    SNAPSHOT.write_text(rendered(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
