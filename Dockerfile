# Pointsman as the official HAProxy image behaves: it reads /usr/local/etc/haproxy/haproxy.cfg, stays in the foreground,
# runs as the unprivileged user haproxy, and SIGUSR1 (docker stop) lets running requests finish.
FROM node:22-slim AS packages
WORKDIR /opt/pointsman
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts
COPY bin bin
COPY scripts scripts
COPY src src
RUN bin/bun scripts/bundle.ts

FROM debian:12-slim
RUN groupadd --gid 99 --system haproxy \
  && useradd --uid 99 --gid haproxy --system --home-dir /var/lib/haproxy --create-home --shell /usr/sbin/nologin haproxy \
  && mkdir -p /usr/local/etc/haproxy
COPY --from=packages /opt/pointsman/node_modules /opt/pointsman/node_modules
COPY --from=packages /opt/pointsman/dist /opt/pointsman/dist
COPY package.json LICENSE /opt/pointsman/
COPY bin /opt/pointsman/bin
COPY packaging/docker-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
RUN ln -s /opt/pointsman/bin/pointsman /usr/local/bin/pointsman \
  && ln -s pointsman /usr/local/bin/haproxy
USER haproxy
WORKDIR /var/lib/haproxy
STOPSIGNAL SIGUSR1
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
