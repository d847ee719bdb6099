/** An error as Okta words it; the error id is given when it is sent. Okta, error codes. */
export interface OktaError {
  readonly status: number;
  readonly code: string;
  readonly summary: string;
  readonly causes: readonly string[];
}

export interface ErrorAnswer {
  readonly kind: 'error';
  readonly error: OktaError;
  /** For the WWW-Authenticate header. */
  readonly challenge?: string;
}

/** A value, or the error to answer with instead. */
export type Checked<T> = { readonly kind: 'ok'; readonly value: T } | ErrorAnswer;

export function ok<T>(value: T): Checked<T> {
  return { kind: 'ok', value };
}

export function validationFailed(what: string, causes: readonly string[]): ErrorAnswer {
  return error(400, 'E0000001', `Api validation failed: ${what}`, causes);
}

export function notFound(id: string, type: 'User' | 'UserGroup' | 'UserSchema' | 'UserType'): ErrorAnswer {
  return error(404, 'E0000007', `Not found: Resource not found: ${id} (${type})`);
}

export function illegalArgument(what: string): ErrorAnswer {
  return error(400, 'E0000002', `The request was not valid: ${what}`);
}

export const notWellFormed = error(400, 'E0000003', 'The request body was not well-formed.');
export const invalidSession = error(403, 'E0000005', 'Invalid session');
export const noPermission = error(
  403,
  'E0000006',
  'You do not have permission to perform the requested action',
);
export const pathNotFound = error(404, 'E0000008', 'The requested path was not found');
export const internalError = error(500, 'E0000009', 'Internal Server Error');
export const readOnlyMode = error(503, 'E0000010', 'Service is in read only mode');
export const invalidToken = error(401, 'E0000011', 'Invalid token provided');
export const credentialsFailed = error(403, 'E0000014', 'Update of credentials failed');
export const alreadyActive = error(403, 'E0000016', 'Activation failed because the user is already active');
export const methodNotSupported = error(
  405,
  'E0000022',
  'The endpoint does not support the provided HTTP method',
);
export const parameterMissing = error(400, 'E0000028', 'The request is missing a required parameter.');
export const invalidPaging = error(400, 'E0000029', 'Invalid paging request.', ['Invalid cursor.']);
/** INFERRED, that a bad `filter` is answered this and not E0000053, as the log answers it. */
export const invalidSearch = error(400, 'E0000031', 'Invalid search criteria.');
export const notLockedOut = error(403, 'E0000032', 'Unlock is not allowed for this user.', [
  'The user is not locked out.',
]);
export const statusForbids = error(
  403,
  'E0000038',
  "This operation is not allowed in the user's current status.",
);
export const credentialsForbidden = error(
  400,
  'E0000041',
  'Credentials should not be set on this resource based on the scheme.',
);
export const rateLimited = error(429, 'E0000047', 'API call exceeded rate limit due to too many requests.');
export const stillActivating = error(
  409,
  'E0000112',
  'Cannot update this user because they are still being activated. Please try again in a few minutes.',
);
export const duplicateGroup = error(409, 'E0000055', 'Duplicate group.');
export const unsupported = error(501, 'E0000060', 'Unsupported operation.');
export const tooManyTargets = error(400, 'E0000093', 'Target count limit exceeded');

export const expiryNeedsPassword = error(
  400,
  'E0000124',
  'Could not create user. To create a user and expire their password immediately, a password must be specified',
);
export const expiryNeedsActivation = error(
  400,
  'E0000125',
  'Could not create user. To create a user and expire their password immediately, "activate" must be true',
);
/** INFERRED, the code. Okta, API basics: a POST or PUT without a body has to say so. */
export const lengthRequired = error(411, 'E0000020', 'Bad request.');
/** INFERRED, the code: no source tells what a stale If-Match is answered, beside the status. */
export const preconditionFailed = error(412, 'E0000020', 'Bad request.');

const FAILURES: Readonly<Record<number, readonly [code: string, summary: string]>> = {
  401: ['E0000011', 'Invalid token provided'],
  403: ['E0000006', 'You do not have permission to perform the requested action'],
  409: [
    'E0000112',
    'Cannot update this user because they are still being activated. Please try again in a few minutes.',
  ],
  423: ['E0000239', 'Policy priorities are being reconciled. Please try again later.'],
  503: ['E0000010', 'Service is in read only mode'],
};

/** The error for a status that a test asked for; what has no code of its own reads as an internal error. */
export function failureOf(status: number): ErrorAnswer {
  const [code, summary] = FAILURES[status] ?? ['E0000009', 'Internal Server Error'];
  return error(status, code, summary);
}

function error(status: number, code: string, summary: string, causes: readonly string[] = []): ErrorAnswer {
  return { kind: 'error', error: { status, code, summary, causes } };
}
