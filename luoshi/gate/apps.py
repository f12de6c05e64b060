from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "luoshi.gate"
    label = "gate"
    verbose_name = "权限"

    def ready(self) -> None:
        from luoshi.gate import checks  # noqa: F401 registers the system checks
