/** Work put off, that can be dropped for good so that nothing outlives the server. */
export interface Delays {
  later(ms: number, work: () => void): void;
  drop(): void;
}

export function createDelays(): Delays {
  const timers = new Set<NodeJS.Timeout>();
  let dropped = false;
  return {
    later(ms, work) {
      if (dropped) return;
      if (ms <= 0) return work();
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, ms);
      timers.add(timer);
    },
    drop() {
      dropped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
