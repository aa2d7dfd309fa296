/** A record of any kind: its fields, what was done to it, and what one can do with it. */
export const record = {
  find: (kind: string) => `Find ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`,
  takeAway: 'Take away',
  showChoices: 'Show choices',
} as const
