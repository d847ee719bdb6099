import type { Operation } from '../domain/operations.ts';
import { activateUser } from './activate-user.ts';
import { createUser } from './create-user.ts';
import type { Process } from './process.ts';
import { registerPortal } from './register-portal.ts';
import { resendActivation } from './resend-activation.ts';
import { updatePortal } from './update-portal.ts';

/** The process of each operation. */
export const processes: Record<Operation, Process> = {
  'create-admins': createUser,
  'create-panelists': createUser,
  'activate-admins': activateUser,
  'activate-panelists': activateUser,
  'resend-to-admins': resendActivation,
  'resend-to-panelists': resendActivation,
  'register-portals': registerPortal,
  'update-portals': updatePortal,
};
