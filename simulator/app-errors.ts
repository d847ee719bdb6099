import type { ErrorAnswer } from './errors.ts';

/** Missing things that only apps have. Okta, error codes: E0000007. */
export function missing(
  id: string,
  type: 'AppInstance' | 'AppUser' | 'ApplicationGroupAssignment' | 'OAuth2ClientSecret' | 'GroupRule',
): ErrorAnswer {
  return refusal(404, 'E0000007', `Not found: Resource not found: ${id} (${type})`);
}

export const labelTaken = refusal(
  400,
  'E0000040',
  'The application label must not be the same as another existing application label.',
);

/** Recorded on DELETE of an active app. */
export const mustBeInactive = refusal(403, 'E0000056', 'Delete application forbidden.', [
  'The application must be deactivated before deletion.',
]);

/** Reported in the wild, with this cause. */
export const assignedByGroup = refusal(403, 'E0000046', 'Deactivate application for user forbidden.', [
  'The application cannot be unassigned from the user while their group memberships require that they have access to the app.',
]);

export const alreadyAssigned = refusal(
  409,
  'E0000062',
  'The given user is already assigned to the application.',
);

/** Recorded on apps that know no provisioning. */
export const noProvisioning = refusal(
  400,
  'E0000001',
  'Api validation failed: Provisioning is not supported.',
  ['Provisioning is not supported.'],
);

/** Recorded on GET /apps with an unknown `expand`. */
export const badExpand = refusal(400, 'E0000001', 'Api validation failed: RequestParams', [
  'Expand query is malformed.',
]);

function refusal(status: number, code: string, summary: string, causes: readonly string[] = []): ErrorAnswer {
  return { kind: 'error', error: { status, code, summary, causes } };
}
