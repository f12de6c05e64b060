from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "luoshi.site"
    label = "site"
    verbose_name = "站点"
