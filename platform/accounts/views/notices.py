"""The list of what the site has told a person."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Notice, User
from accounts.notice_messages import build_notice_message
from accounts.notices import mark_all_read

PAGE_SIZE = 20


@login_required
@require_safe
def list_notices(request: HttpRequest) -> HttpResponse:
    """List the person's notices, the newest first."""
    user = cast(User, request.user)
    own = Notice.objects.visible_to(user)
    page = Paginator(own, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "nav": "notices",
        "page": page,
        "rows": [(notice, build_notice_message(notice)) for notice in page],
    }
    return render(request, "accounts/notices.html", context)


@login_required
@require_POST
def open_notice(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    notice = get_object_or_404(Notice.objects.visible_to(cast(User, request.user)), pk=pk)
    notice.mark_read()
    return redirect(notice.link)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all notices as read."""
    mark_all_read(user=cast(User, request.user))
    return redirect("accounts:notices")
