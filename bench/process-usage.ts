import { readFileSync } from 'node:fs';

/** Linux counts a process' time in hundredths of a second, whatever the machine. */
const TICK_MS = 10;

/** Memory that the process holds now; 0 when it has ended. Linux only. */
export function rssMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, 'status'))?.[1];
  return Number(kb ?? 0) / 1_024;
}

/** What the process has computed for since it started, in all of its threads. Linux only. */
export function cpuMs(pid: number): number {
  // Behind the name, which may hold anything: state is the third field, user and system time are 14 and 15.
  const fields = readProc(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS;
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
