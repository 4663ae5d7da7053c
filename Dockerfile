# Builds the server with Swift's own libraries inside, and runs it as an ordinary user with PostgreSQL beside it.
#
#   docker build -t martlet .
#   docker run -p 127.0.0.1:8080:8080 -p 127.0.0.1:2575:2575 -v martlet-data:/var/lib/martlet martlet

FROM swift:6.3-bookworm AS build
WORKDIR /src
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpq-dev libxml2-dev libssl-dev zlib1g-dev libxxhash-dev libcurl4-openssl-dev libpango1.0-dev libpng-dev \
        libqrencode-dev libargon2-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
# Dependencies change less often than sources, so they get a layer of their own.
COPY Package.swift ./
RUN swift package resolve
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --product martlet --static-swift-stdlib \
    && install -D "$(swift build -c release --show-bin-path)/martlet" /out/bin/martlet \
    && find "$(swift build -c release --show-bin-path)" -maxdepth 1 -name '*.resources' -exec cp -r {} /out/bin/ \; \
    && strip /out/bin/martlet

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-common ca-certificates \
    && echo 'create_main_cluster = false' >> /etc/postgresql-common/createcluster.conf \
    && apt-get install -y --no-install-recommends \
        postgresql libpq5 libxml2 libssl3 zlib1g libxxhash0 libcurl4 libpangocairo-1.0-0 libqrencode4 libpng16-16 \
        libargon2-1 fonts-dejavu-core fonts-lohit-deva tzdata curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/martlet --create-home martlet
COPY --from=build /out/bin/ /usr/local/bin/
USER martlet
WORKDIR /var/lib/martlet
VOLUME /var/lib/martlet
EXPOSE 8080 2575
ENV MARTLET_HOST=0.0.0.0 MARTLET_MLLP_HOST=0.0.0.0 MARTLET_DATA_DIR=/var/lib/martlet/data
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD curl --fail --silent --output /dev/null http://127.0.0.1:8080/health/ready || exit 1
# The server finishes what is in flight before it ends.
STOPSIGNAL SIGTERM
ENTRYPOINT ["martlet"]
CMD ["serve"]
