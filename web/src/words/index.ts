import { board } from './en/board'
import { common } from './en/common'
import { convert } from './en/convert'
import { create } from './en/create'
import { fields } from './en/fields'
import { filter } from './en/filter'
import { home } from './en/home'
import { kinds } from './en/kinds'
import { list } from './en/list'
import { deeds, operations, otherKinds } from './en/operations'
import { record } from './en/record'
import { reports } from './en/reports'
import { apiKeys, people, settings, workspace } from './en/settings'
import { login, palette, shell } from './en/shell'
import { sources, statuses } from './en/statuses'

/** Every word that people read, by screen. */
export const words = {
  apiKeys,
  board,
  common,
  convert,
  create,
  deeds,
  fields,
  filter,
  home,
  kinds,
  list,
  login,
  operations,
  otherKinds,
  palette,
  people,
  record,
  reports,
  settings,
  shell,
  sources,
  statuses,
  workspace,
}

/** The name of a status, stage or source; a word of the team's own is shown as a sentence begins. */
export function nameOfValue(value: string): string {
  const known: Readonly<Record<string, string>> = { ...sources, ...statuses }
  const text = value.replaceAll('_', ' ')
  return known[value] ?? text.charAt(0).toUpperCase() + text.slice(1)
}
