from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "luoshi.journal"
    label = "journal"
    verbose_name = "日志"
