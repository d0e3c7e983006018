# One image for every container of docker-compose.yaml: Airflow's parts, the commands, the sandbox.
# No secret is in it: addresses and keys come by the environment.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONPATH=/opt/marketsync/include:/opt/marketsync/plugins:/opt/marketsync \
    AIRFLOW_HOME=/opt/marketsync/var/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/marketsync/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/marketsync/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    MARKETSYNC_VAR=/opt/marketsync/var

WORKDIR /opt/marketsync

# The lock file alone decides this layer. Every package comes as a wheel, so no compiler is needed.
COPY requirements.txt .
RUN pip install --no-cache-dir uv==0.13.9 \
    && uv pip sync --system --no-cache --only-binary :all: --compile-bytecode --require-hashes requirements.txt

COPY include include
COPY plugins plugins
COPY dags dags
COPY sandbox sandbox

# A volume that is mounted empty takes the owner of the folder that it covers.
RUN useradd --system --uid 10001 --home-dir /opt/marketsync/var marketsync \
    && mkdir -p var/airflow \
    && chown -R marketsync var
USER marketsync
VOLUME /opt/marketsync/var
