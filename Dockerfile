# A tag may point to another image tomorrow. `docker buildx imagetools inspect node:24-bookworm-slim` shows the digest of
# today's; build with it: docker build --build-arg BASE=node:24-bookworm-slim@sha256:… .
ARG BASE=node:24-bookworm-slim

# Build stage: all dependencies, compile TypeScript, then keep only what runs.
FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM ${BASE}
ENV NODE_ENV=production TZ=Asia/Shanghai GUOSHEN_DATA_DIR=/app/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY knowledge ./knowledge
COPY intents ./intents
COPY public ./public
# Screenshots are read; `-e GUOSHEN_READ_PICTURES=false` turns it off, for containers of less than a gigabyte. A second
# opinion: `-e GUOSHEN_MODEL_URL=… -e GUOSHEN_MODEL_NAME=…`, and `-e GUOSHEN_MODEL_KEY_FILE=…` where it wants a key.
# The image's own user `node` has uid 1000.
RUN mkdir data && chown node:node data
USER node
VOLUME /app/data
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "dist/cli/admin.js", "--health"]
CMD ["node", "dist/main.js"]
