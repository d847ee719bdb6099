import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { findServer } from './processes.mjs';
import { Refusal, say } from './say.mjs';
import { startServer } from './server.mjs';

export const findRedis = () => findServer(['redis-server', 'valkey-server']);

/** Checks the Redis that the environment names. */
export async function checkRedis(url) {
  const startedMs = performance.now();
  if (!URL.canParse(url)) throw new Refusal('REDIS_URL is no URL, such as redis://127.0.0.1:6379.');
  const { host } = new URL(url);
  const answer = await ping(new URL(url)).catch((error) => error.message);
  if (answer !== 'PONG')
    throw new Refusal(`REDIS_URL names ${host}, where no Redis answers a PING: ${answer}`);
  say('redis', `uses REDIS_URL, ${host}`, startedMs);
  return url;
}

/** Starts a Redis of our own, as BullMQ wants it: nothing is evicted. Its data outlive the run. */
export async function startRedis(life, slot) {
  const startedMs = performance.now();
  const binary = findRedis();
  const cwd = join(slot, 'redis');
  mkdirSync(cwd, { recursive: true, mode: 0o700 });
  const { port, pid } = await startServer(life, {
    name: 'redis',
    binary,
    args: redisArgs,
    cwd,
    slot,
    isReady: async (ownPort) => (await ping(new URL(`redis://127.0.0.1:${ownPort}`))) === 'PONG',
  });
  say('redis', `started ${basename(binary)} on port ${port}, pid ${pid}`, startedMs);
  return `redis://127.0.0.1:${port}`;
}

function redisArgs(port) {
  const options = {
    port: String(port),
    bind: '127.0.0.1',
    daemonize: 'no',
    dir: '.',
    appendonly: 'yes',
    save: '',
    'maxmemory-policy': 'noeviction',
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}

/** Speaks the protocol by hand: no package may be installed yet. Resolves to PONG or to Redis's refusal. */
function ping(url) {
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'rediss:' ? connectTls : connect;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket = open({ host, port: Number(url.port || 6379), servername: host });
    let answer = '';
    socket.setTimeout(3000, () => socket.destroy(new Error('no answer within 3 s')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    socket.on('data', (data) => {
      answer += data;
      const reply = /\+(PONG)\r\n|-(.*)\r\n/.exec(answer);
      if (reply) {
        resolve(reply[1] ?? reply[2]);
        socket.destroy();
      }
    });
    socket.write(`${login(url)}${encode(['PING'])}`);
  });
}

function login({ username, password }) {
  const words = [username, password].filter(Boolean).map(decodeURIComponent);
  return password ? encode(['AUTH', ...words]) : '';
}

const encode = (words) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
