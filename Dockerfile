# One image for web, worker and beat. Static files and translations are made at build time.
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app DJANGO_SETTINGS_MODULE=ntbportal.settings VAR_DIR=/data
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN mkdir -p var/log /data \
    && python -c "from ntbportal.launcher import frontend, translations; frontend.install(); translations.compile_all()" \
    && SECRET_KEY=only-for-the-build-only-for-the-build-only-for-the-build FIELD_KEYS=x BLIND_INDEX_KEYS=x \
       DATABASE_URL=postgres://build REDIS_URL=redis://build python manage.py collectstatic --noinput -v 0 \
    && rm -rf node_modules && useradd --system portal && chown -R portal /data var
USER portal
EXPOSE 8000
CMD ["granian", "--interface", "asginl", "ntbportal.server:application", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--respawn-failed-workers", "--no-ws", "--http1-header-read-timeout", "10000"]
