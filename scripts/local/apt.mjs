import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { command } from './command.mjs';
import { locked } from './lock.mjs';
import { findBinary } from './processes.mjs';
import { say } from './say.mjs';

/**
 * One shell, so that the policy file goes with it whatever happens to us.
 *
 * 101 forbids a package to start its service. mariadb-server-core is the server without a service, and far less to
 * install (client-core has what mariadb-install-db calls); older releases have no packages of these names.
 */
const INSTALL = `
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update || echo 'apt-get update failed: trying with the lists that are here'
packages=
for package in "$@"; do
  if [ "$package" = mariadb-server ] && apt-cache show mariadb-server-core > /dev/null 2>&1; then
    package='mariadb-server-core mariadb-client-core'
  fi
  packages="$packages $package"
done
apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 $packages
`;

/** Installs Debian packages when we may; false when this is no Debian or we are neither root nor a sudoer. */
export async function aptInstall(life, root, packages, isDone) {
  const startedMs = performance.now();
  const prefix = findBinary(['apt-get']) && rootPrefix();
  if (!prefix) return false;
  await locked(join(root, '.local', 'apt.lock'), 'apt', async () => {
    if (isDone()) return;
    say('apt', `installs ${packages.join(' and ')}`);
    const [file, ...args] = [...prefix, 'sh', '-c', INSTALL, 'install', ...packages];
    await command(life, 'apt-get install', file, args);
  });
  say('apt', `installed ${packages.join(' and ')}`, startedMs);
  return true;
}

function rootPrefix() {
  if (process.getuid?.() === 0) return ['env'];
  const sudo = findBinary(['sudo']);
  return sudo && spawnSync(sudo, ['-n', 'true']).status === 0 ? [sudo, '-n'] : undefined;
}
