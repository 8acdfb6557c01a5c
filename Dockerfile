# Two images of one code: `light` for processes without the network, `torch` for those that judge and learn.
FROM python:3.13-slim AS light
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HAMLET_HOME=/var/lib/hamlet HAMLET_CACHE=/var/cache/hamlet HAMLET_LOG_FORMAT=json
RUN useradd --system --create-home hamlet \
 && install -d -o hamlet -g hamlet /var/lib/hamlet /var/cache/hamlet
WORKDIR /opt/hamlet
COPY requirements.txt ./
RUN pip install --no-deps --require-hashes -r requirements.txt
COPY . .
RUN pip install --no-deps --no-build-isolation -e .
USER hamlet

FROM light AS torch
USER root
RUN pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu
USER hamlet
