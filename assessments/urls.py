"""Pages of one assessment, as a company sees them."""

from __future__ import annotations

from django.urls import path

from assessments.views import answers, home, questions, results, sections, submissions

app_name = "assessments"

urlpatterns = [
    path("assessments/<uuid:pk>/", home.home, name="home"),
    path("assessments/<uuid:pk>/questions/", questions.questions, name="questions"),
    path("assessments/<uuid:pk>/sections/<slug:code>/", sections.section, name="section"),
    path("assessments/<uuid:pk>/answers/<slug:item>/", answers.answer, name="answer"),
    path("assessments/<uuid:pk>/check/", submissions.check, name="check"),
    path("assessments/<uuid:pk>/submit/", submissions.submit, name="submit"),
    path("assessments/<uuid:pk>/scoring/", submissions.scoring, name="scoring"),
    path("assessments/<uuid:pk>/result/", results.result, name="result"),
    path("submissions/<uuid:pk>/", submissions.receipt, name="receipt"),
]
