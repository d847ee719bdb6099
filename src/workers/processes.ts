import type { Operation } from '../domain/operations.ts';
import { createUser } from './create-user.ts';
import type { Process } from './process.ts';

/** The process of each operation. */
export const processes: Record<Operation, Process> = {
  'create-admins': createUser,
  'create-panelists': createUser,
};
