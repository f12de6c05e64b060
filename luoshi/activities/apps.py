from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "luoshi.activities"
    label = "activities"
    verbose_name = "学习活动"
