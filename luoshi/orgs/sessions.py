"""Sessions that know whose they are, so that a person can see and end his own, and freezing an account ends them all.

The setting SESSION_ENGINE names this module.
"""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from luoshi.orgs.models import Session

DEVICE = "device"


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        user = data.get(SESSION_KEY)
        row.user_id = int(user) if user else None
        row.device = str(data.get(DEVICE, ""))[:80]
        row.used_at = timezone.now()
        return row
