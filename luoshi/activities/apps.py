from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "luoshi.activities"
    label = "activities"
    verbose_name = "学习活动"

    def ready(self) -> None:
        from luoshi.activities.fulfilling import fulfilling_activities
        from luoshi.campaigns.derive import record_sources

        record_sources.append(fulfilling_activities)
