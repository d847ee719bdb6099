import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server that a test can shut. */
export interface Door {
  /** The server's address with the door's host and port. */
  url: string;
  /** Connections that were tried, in all. */
  tried(): number;
  /** Cuts every connection, and each new one. */
  shut(): void;
  open(): void;
  /** Lets nothing more pass on the connections that there are, as a host that is gone; new ones are let through. */
  silence(): void;
  close(): Promise<void>;
}

export async function createDoor(to: string): Promise<Door> {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  let isOpen = true;
  let tried = 0;
  const server = createServer((outer) => {
    tried += 1;
    outer.on('error', () => {});
    if (!isOpen) return void outer.destroy();
    const inner = connect(Number(port), hostname);
    for (const [one, other] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(to);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as { port: number }).port);
  const shut = () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    tried: () => tried,
    shut,
    open: () => {
      isOpen = true;
    },
    silence() {
      for (const socket of sockets) socket.unpipe().resume();
    },
    async close() {
      shut();
      server.close();
      await once(server, 'close');
    },
  };
}
