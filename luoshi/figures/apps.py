from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "luoshi.figures"
    label = "figures"
    verbose_name = "数字"

    def ready(self) -> None:
        from luoshi.figures.tally import follow
        from luoshi.gate.operation import followers

        followers.append(follow)
