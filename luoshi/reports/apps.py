from django.apps import AppConfig
from django.utils.translation import gettext

from luoshi.reports.textcheck.speech import speak_with


class ReportsConfig(AppConfig):
    name = "luoshi.reports"
    label = "reports"
    verbose_name = "报告"

    def ready(self) -> None:
        speak_with(gettext)  # textcheck itself does not know Django
