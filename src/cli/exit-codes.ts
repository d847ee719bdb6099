/** What a command's end means, for scripts; `allDone` covers nothing to do as well. */
export const EXIT = { allDone: 0, refused: 1, usage: 2, unreachable: 3, waits: 4, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For the help of every command that asks the API. */
export const API_HELP = `

Environment:
  PORTAGE_API_URL  where the API is, http://127.0.0.1:3000 by default
  PORTAGE_API_KEY  a key of the API
  NO_COLOR         no colours, whatever it is set to

On a terminal it prints text, otherwise one JSON object a line, as the API has it; --json and --text choose.

Exit codes:
  0    done; followed to its end: nobody has failed
  1    refused; somebody has failed; the pre-flight has found an error; settings differ
  2    wrong usage: nothing was done
  3    the API cannot be reached, or cannot answer now: try again
  4    followed: it is held or paused until somebody resumes it
  130  interrupted; what was started goes on`;

export const examples = (...lines: string[]) => `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
