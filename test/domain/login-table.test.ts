import { LoginTable } from '../../src/domain/login-table.ts';

test('a login is found as Okta compares it, with its first owner', () => {
  const table = new LoginTable();
  table.add('Jürgen@Example.com', { source: 1, id: 7 });
  table.add('jurgen@example.com', { source: 2, id: 8 });
  expect(table.find('JURGEN@example.com')).toEqual({ source: 1, id: 7 });
  expect(table.find('jorgen@example.com')).toBeNull();
  expect(table.size).toBe(1);
});

test('a hundred thousand people are all found, and nobody else', () => {
  const table = new LoginTable();
  for (let id = 1; id <= 100_000; id += 1) table.add(`p${id}@example.com`, { source: id % 3, id });
  expect(table.size).toBe(100_000);
  for (let id = 1; id <= 100_000; id += 997) {
    expect(table.find(`P${id}@example.com`)).toEqual({ source: id % 3, id });
    expect(table.find(`q${id}@example.com`)).toBeNull();
  }
});
