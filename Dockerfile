# Node runs the TypeScript as it is: there is no build step.
FROM node:24-slim AS node
WORKDIR /app
ENV NODE_ENV=production

# The Okta double: `docker build --target simulator .` It uses no packages.
FROM node AS simulator
COPY package.json ./
COPY simulator simulator
USER node
EXPOSE 8080
ENTRYPOINT ["node", "simulator/main.ts"]

FROM node AS portage
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
COPY bin bin
COPY src src
USER node
EXPOSE 3000
ENTRYPOINT ["bin/portage"]
