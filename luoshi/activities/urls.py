from django.urls import path

from luoshi.activities.views import acts, files, imports, ledger, many, record

app_name = "activities"

urlpatterns = [
    path("", ledger.ledger, name="ledger"),
    path("record/", record.record, name="record"),
    path("record/roster/", record.roster, name="roster"),
    path("many/", many.many, name="many"),
    path("import/", imports.imports, name="import"),
    path("confirm/", acts.confirm_several, name="confirm"),
    path("<int:pk>/", ledger.activity, name="activity"),
    path("<int:pk>/correct/", record.correct, name="correct"),
    path("<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("<int:pk>/return/", acts.send_back, name="return"),
    path("<int:pk>/answer/", acts.answer, name="answer"),
    path("<int:pk>/files/", files.attach, name="attach"),
    path("<int:pk>/files/<int:file>/", files.download, name="file"),
    path("<int:pk>/files/<int:file>/remove/", files.remove, name="remove-file"),
]
