from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "luoshi.campaigns"
    label = "campaigns"
    verbose_name = "专项活动"

    def ready(self) -> None:
        from luoshi.campaigns.derive import follow_units
        from luoshi.campaigns.tallies import follow_changes
        from luoshi.gate.operation import followers

        followers.append(follow_units)
        followers.append(follow_changes)  # after it: what units owe may have followed from their change
