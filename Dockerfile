# hadolint global ignore=DL3008
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/readiness
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
# The dependencies come first, so that a change of code does not install them again. The editable install
# only writes the path of platform/ and of the root, which is the same in the final stage.
COPY requirements.txt constraints.txt pyproject.toml ./
RUN mkdir platform && pip install -r requirements.txt

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="liuzhou-readiness" \
    org.opencontainers.image.version="0.2.0"
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/srv/readiness/var \
    STATIC_ROOT=/srv/readiness/static-collected
RUN groupadd --system --gid 10001 readiness \
    && useradd --system --uid 10001 --gid readiness --home-dir /srv/readiness --shell /usr/sbin/nologin readiness
WORKDIR /srv/readiness
COPY --from=build /opt/venv /opt/venv
COPY . .
RUN SECRET_KEY=build python manage.py messages --compile \
    && SECRET_KEY=build python manage.py collectstatic --noinput \
    && mkdir -p var && chown readiness:readiness var
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--access-logfile", "-"]
