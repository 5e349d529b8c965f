# The product in one image: web, workers, scheduler and commands differ by their command line only.
#
#   docker build -t tech4value .

FROM python:3.12-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
ENV PATH="/venv/bin:$PATH"
# Before the sources: dependencies change less often. Nothing is compiled: every one is a wheel, and must be that named.
COPY deploy/requirements.lock /build/requirements.lock
RUN pip install --only-binary :all: --require-hashes -r /build/requirements.lock
COPY . /app
WORKDIR /app
RUN python -m tech4value.translations compile \
    && DEBUG=1 python manage.py collectstatic --no-input \
    && python -m compileall -q /app

FROM python:3.12-slim-trixie
LABEL org.opencontainers.image.title="Tech4Value"
# Pango draws the PDFs; PostgreSQL's client of the server's version (docker-compose.yml) takes the backups; Java reads the
# plans of other programs (.mpp, Primavera…).
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        default-jre-headless libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 tech4value \
    && useradd --system --uid 10001 --gid tech4value --home-dir /var/lib/tech4value --shell /usr/sbin/nologin tech4value \
    && install -d -o tech4value -g tech4value -m 0700 \
        /var/lib/tech4value /var/lib/tech4value/files /var/lib/tech4value/backups
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH="/venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=tech4value.settings \
    STATE_DIR=/var/lib/tech4value MEDIA_ROOT=/var/lib/tech4value/files \
    FONTCONFIG_FILE=/var/lib/tech4value/fonts.conf
WORKDIR /app
USER tech4value
# The packaged typeface only, its cache made now; a PDF that cannot be drawn stops the build, not the first customer.
RUN python -c "from pathlib import Path; from tech4value.embedded.libraries import fontconfig_file as f; \
f(Path('/var/lib/tech4value'))" \
    && python -c "from weasyprint import HTML; HTML(string='<p>Dossier de Copil').write_pdf('/tmp/built.pdf')" \
    && rm /tmp/built.pdf
EXPOSE 8000
VOLUME ["/var/lib/tech4value/files"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 CMD ["python", "deploy/health.py", "web"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "tech4value.wsgi"]
