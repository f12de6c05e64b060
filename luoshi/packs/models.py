"""活动包 — every version of a pack that was installed, with the file as it was."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from luoshi.campaigns.models import Campaign
from luoshi.gate.ledgered import Ledgered


class Installed(Ledgered):
    """活动包 — one version of a campaign's pack, known by the sha256 of its file; the newest one is in force."""

    ledger_code = "pack"
    owner_path = "campaign__unit"
    see_action = "campaign.see"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="packs", verbose_name=_("campaign"))
    pack_version = models.CharField(_("version"), max_length=20)
    sha256 = models.CharField(_("sha256 of the file"), max_length=64)
    source = models.TextField(_("file"))
    installed_on = models.DateField(_("installed on"))
    installed_by = models.CharField(_("installed by"), max_length=40)

    class Meta(Ledgered.Meta):
        verbose_name = _("installed pack")
        verbose_name_plural = _("installed packs")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "pack_version"],
                name="pack_version_is_installed_once",
                violation_error_message=_(
                    "This version was installed already. Give the changed pack a higher version."
                ),
            ),
            models.CheckConstraint(condition=~Q(sha256="") & ~Q(source=""), name="installed_pack_keeps_its_file"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.pack_version}"
