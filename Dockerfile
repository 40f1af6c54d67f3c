# The dashboard of docker-compose.yml.
FROM python:3.12-slim-bookworm

RUN apt-get update \
 && apt-get install --yes --no-install-recommends socat \
 && rm -rf /var/lib/apt/lists/*

COPY . /src
RUN pip install --no-cache-dir /src && rm -rf /src

RUN useradd --create-home vinculo && mkdir /data && chown vinculo /data
USER vinculo
ENV VINCULO_HOME=/data NUMBA_CACHE_DIR=/data/cache/numba
VOLUME /data
EXPOSE 8502

# The dashboard listens on the loopback only, here too; socat lets in what Docker hands over, and that is the host's loopback.
CMD ["sh", "-c", "socat TCP-LISTEN:8502,fork,reuseaddr TCP:127.0.0.1:8501 & exec python -m vinculo.dashboard.launch --port 8501 --no-browser"]
