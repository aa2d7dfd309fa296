import { sources, statuses } from './en/statuses'

export * as words from './all'

/** The name of a status, stage or source; a word of the team's own is shown as a sentence begins. */
export function nameOfValue(value: string): string {
  const known: Readonly<Record<string, string>> = { ...sources, ...statuses }
  const text = value.replaceAll('_', ' ')
  return known[value] ?? text.charAt(0).toUpperCase() + text.slice(1)
}
