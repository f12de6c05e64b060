from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "luoshi.sheets"
    label = "sheets"
    verbose_name = "表格"
