import { create, stopAll } from '../simulator/support.ts';
import { allOf, judged, refusalOf, startOrg } from './support.ts';

afterEach(stopAll);

const aMinuteAgo = () => new Date(Date.now() - 60_000).toISOString();
const inAMinute = () => new Date(Date.now() + 60_000).toISOString();

judged('the bounded log is read to its end, page by page', async (connect) => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com', true);
  const events = await allOf(
    connect(org).systemLogApi.listLogEvents({
      since: aMinuteAgo(),
      until: inAMinute(),
      filter: `target.id eq "${id}"`,
      limit: 1,
    }),
  );
  expect(events.map(({ eventType }) => eventType)).toEqual(
    expect.arrayContaining(['user.lifecycle.create', 'user.lifecycle.activate']),
  );
  expect(events[0]).toMatchObject({
    severity: 'INFO',
    outcome: { result: 'SUCCESS' },
    target: [{ id, type: 'User', alternateId: 'ada@example.com' }],
  });
  expect(events[0]?.published).toBeInstanceOf(Date);
});

judged('a list without an end is read until its first empty page', async (connect) => {
  const org = await startOrg();
  for (let i = 0; i < 3; i += 1) await create(org, `user-${i}@example.com`);
  const filter = 'eventType eq "user.lifecycle.create"';
  const since = aMinuteAgo();
  expect(await allOf(connect(org).systemLogApi.listLogEvents({ since, filter, limit: 2 }))).toHaveLength(3);
});

judged('a subscription is told what happens after it began', async (connect) => {
  const org = await startOrg();
  await create(org, 'ada@example.com');
  const collection = await connect(org).systemLogApi.listLogEvents({
    since: aMinuteAgo(),
    filter: 'eventType eq "user.lifecycle.create"',
  });
  const logins: (string | undefined)[] = [];
  await new Promise<void>((resolve, reject) => {
    const subscription = collection.subscribe({
      interval: 20,
      async next({ target }) {
        logins.push(target?.[0]?.alternateId);
        if (logins.length === 1) await create(org, 'bob@example.com');
        else subscription.unsubscribe();
      },
      error: reject,
      complete: resolve,
    });
  });
  expect(logins).toEqual(['ada@example.com', 'bob@example.com']);
});

judged('what lies behind the retention is refused', async (connect) => {
  const client = connect(await startOrg());
  const refusal = refusalOf(allOf(client.systemLogApi.listLogEvents({ since: '2018-01-25T00:00:00Z' })));
  expect(await refusal).toMatchObject({ status: 400, errorCode: 'E0000053' });
});
