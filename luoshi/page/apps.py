from django.apps import AppConfig


class PageConfig(AppConfig):
    name = "luoshi.page"
    label = "page"
    verbose_name = "页面"
