# Millrace, which serves the workflows in /workflows: see docs/deployment.md
#
#   docker build --tag millrace .

FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY . .
# The way of the README: installs what the lockfile says, and builds.
RUN npm run setup
# What runs, with what it needs by the lockfile, and nothing else: TypeScript is a peer that is never loaded.
RUN npx --yes pnpm@10.34.9 --filter=millrace --prod --config.inject-workspace-packages=true deploy /opt/millrace \
  && rm -r /opt/millrace/node_modules/.pnpm/typescript@* /opt/millrace/node_modules/.pnpm/@typescript+*

FROM node:20-bookworm-slim
# The first process ends others properly and leaves none behind.
RUN apt-get update && apt-get install --yes --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/millrace /opt/millrace
RUN ln -s /opt/millrace/bin/millrace.js /usr/local/bin/millrace
RUN mkdir /workflows /journal && chown node:node /workflows /journal
ENV NODE_ENV=production
USER node
WORKDIR /workflows
VOLUME ["/workflows", "/journal"]
EXPOSE 7373
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:7373/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "millrace"]
# Without a token (MILLRACE_TOKEN, or --token-file) it refuses to start, since others can reach it.
CMD ["serve", "/workflows", "--journal", "/journal", "--listen", "0.0.0.0"]
