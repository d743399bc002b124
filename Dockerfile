# One image for every process of the desk: docker-compose.yml says which one runs.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 UV_PROJECT_ENVIRONMENT=/opt/venv STATIC_FOLDER=/desk/static_served PATH=/opt/venv/bin:$PATH
RUN useradd --create-home --uid 1000 desk && pip install --no-cache-dir uv
WORKDIR /desk
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache
COPY . .
RUN SECRET_KEY=not-used-here python manage.py messages --compile \
    && SECRET_KEY=not-used-here python manage.py collectstatic --no-input && mkdir -p var && chown -R desk var $STATIC_FOLDER
USER desk
EXPOSE 8000
CMD ["python", "-m", "daphne", "-e", "tcp:port=8000:interface=0.0.0.0:backlog=4096", "-v", "0", "--no-server-name", "--websocket_timeout", "-1", "--websocket-max-message-size", "65536", "--websocket-max-frame-size", "65536", "supportdesk.asgi:application"]
