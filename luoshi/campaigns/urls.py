from django.urls import path

from luoshi.campaigns.views import duties, notices, plan

app_name = "campaigns"

urlpatterns = [
    path("", plan.plan, name="plan"),
    path("publish/", plan.publish, name="publish"),
    path("close/", plan.close, name="close"),
    path("zero/", duties.zero, name="report-zero"),
    path("zero/<int:pk>/", duties.zero_report, name="zero"),
    path("zero/<int:pk>/withdraw/", duties.withdraw, name="withdraw-zero"),
    path("notices/", notices.index, name="notices"),
    path("notices/issue/", notices.issue, name="issue"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/sign/", notices.sign, name="sign"),
    path("<slug:campaign>/<slug:code>/", duties.requirement, name="requirement"),
    path("<slug:campaign>/<slug:code>/end/", plan.end, name="end"),
    path("<slug:campaign>/<slug:code>/waive/", duties.excuse, name="waive"),
    path("<slug:campaign>/<slug:code>/waivers/", duties.waivers, name="waivers"),
    path("<slug:campaign>/<slug:code>/waivers/withdraw/", duties.take_back, name="withdraw-waivers"),
    path("<slug:campaign>/<slug:code>/remind/", duties.reminding, name="remind"),
]
