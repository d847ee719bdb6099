import type { TestFleet } from './fleet.ts';

/** Both ends to the row: what was invented, what EFS references, what Okta has. */
export async function expectComplete(fleet: TestFleet): Promise<void> {
  const ends = await fleet.ends();
  const { admin, panelist } = fleet.plan;
  expect(ends.agreement.disagreements).toEqual([]);
  expect(ends.duplicates).toEqual({ oktaUsers: 0, references: 0 });
  expect([ends.admins.skipped, ends.panelists.skipped]).toEqual([admin.skipped, panelist.skipped]);
  expect([ends.admins.failed + ends.panelists.failed]).toEqual([admin.failed + panelist.failed]);
  expect(ends.okta.users).toBe(ends.admins.referenced + ends.panelists.referenced);
}
