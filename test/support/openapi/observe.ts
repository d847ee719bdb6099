import { createJudge } from './judge.ts';

/** For a simulator that is a process of its own, and that Portage calls: `--observer` names this module. */
export const observe = createJudge({ requests: 'all' });
