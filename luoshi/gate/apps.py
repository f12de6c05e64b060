from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "luoshi.gate"
    label = "gate"
    verbose_name = "权限"
