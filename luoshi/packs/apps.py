from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "luoshi.packs"
    label = "packs"
    verbose_name = "活动包"
