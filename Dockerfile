# Builds mbe from this tree as tools/package does, and runs it in an image that holds the package
# alone: no compiler, no source, no root. The home, with memory and keys, is the volume.
#   docker build -t mbe .
#   docker run --rm -p 127.0.0.1:8000:8000 -v mbe:/var/lib/mbe mbe --insecure-http
# Inside, the server must listen on every address, so it asks for consent: --insecure-http where the
# port is published to this machine alone, --behind-proxy where a proxy with TLS stands before it.
FROM debian:12-slim AS build
WORKDIR /source
# What is made once, before the sources, which change: built again when one of these files changes.
COPY tools tools
COPY web/package.json web/package-lock.json web/.npmrc web/
RUN MBE_PORTABLE=ON tools/setup
COPY . .
RUN tools/package

FROM debian:12-slim
COPY --from=build /source/dist/*.deb /tmp/package/
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates /tmp/package/*.deb \
 && rm -rf /tmp/package /var/lib/apt/lists/* \
 && install -d -m 700 -o mbe -g mbe /var/lib/mbe
USER mbe
ENV MBE_HOME=/var/lib/mbe
VOLUME /var/lib/mbe
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8000; printf 'GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3; read -r line <&3; [[ $line == *' 200 '* ]]"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["mbe", "serve", "--host", "0.0.0.0"]
