"""Files of an activity: attach, hand out to whoever may see the activity, remove with a reason."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from luoshi.activities.files import accept_upload
from luoshi.activities.forms import FileForm, ReasonForm
from luoshi.activities.models import Attachment
from luoshi.activities.operations import attach_file, remove_file
from luoshi.activities.views.found import activity_or_404
from luoshi.campaigns.scope import ScopedRequest
from luoshi.gate.policy import may

# A browser must not look into what was uploaded, whatever it takes it for.
SEALED = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}


@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: ScopedRequest, pk: int) -> HttpResponse:
    activity = activity_or_404(request, pk)
    if not may(request.actor, "activity.attach", activity.place()):
        raise PermissionDenied(_("Your role does not allow this."))
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        with form.refusals():
            accepted = accept_upload(form.cleaned_data["file"])
            attach_file(request.actor, activity, file=accepted, key=form.key, at=request.now)
            messages.success(request, _("The file was attached."))
            return redirect(activity)
    return render(request, "activities/attach.html", {"form": form, "activity": activity}, status=form.status)


def attachment_or_404(request: ScopedRequest, pk: int, file: int) -> Attachment:
    activity = activity_or_404(request, pk)
    return get_object_or_404(Attachment, pk=file, activity=activity, removed_on__isnull=True)


@require_GET
def download(request: ScopedRequest, pk: int, file: int) -> HttpResponseBase:
    attachment = attachment_or_404(request, pk, file)
    if not default_storage.exists(attachment.path):
        raise Http404(_("The bytes of this file are no longer in the store."))
    return FileResponse(
        default_storage.open(attachment.path),
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.media_type,
        headers=SEALED,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: ScopedRequest, pk: int, file: int) -> HttpResponse:
    attachment = attachment_or_404(request, pk, file)
    activity = attachment.activity
    if not may(request.actor, "activity.attach", activity.place()):
        raise PermissionDenied(_("Your role does not allow this."))
    form = ReasonForm(request.POST if request.method == "POST" else None, version=attachment.version)
    if form.is_valid():
        with form.refusals():
            reason = form.cleaned_data["reason"]
            remove_file(request.actor, attachment, reason=reason, seen=form.version, key=form.key, at=request.now)
            messages.success(request, _("The file was removed. Its name and checksum stay in the history."))
            return redirect(activity)
    context = {"form": form, "activity": activity, "attachment": attachment}
    return render(request, "activities/remove_file.html", context, status=form.status)
