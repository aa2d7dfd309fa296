import { usePeople } from '../api/records'
import type { KindSpec } from '../kinds'
import { Avatar } from '../ui/Avatar'
import type { Choice } from '../ui/Menu'
import { StatusIcon } from '../ui/StatusIcon'
import { words } from '../words'

/** The value that stands for nobody: a menu has texts only. */
export const NOBODY = ''

/** The statuses that a record can be given. A lead becomes converted by being converted. */
export function statusChoices(kind: KindSpec): Choice[] {
  return kind.statuses.filter(({ value }) => value !== 'converted').map(({ value, label }) => ({ value, label, icon: <StatusIcon kind={kind} value={value} /> }))
}

/** Nobody, and everybody whom a record can be given to. */
export function useOwnerChoices(): Choice[] {
  const people = [...usePeople().values()].filter((person) => person.active)
  const named = people.map(({ id, name }) => ({ value: id, label: name ?? words.common.somebody })).sort((one, other) => one.label.localeCompare(other.label))
  return [{ value: NOBODY, label: words.common.nobody }, ...named].map((choice) => ({ ...choice, icon: <Avatar name={choice.value === NOBODY ? '' : choice.label} size="tiny" /> }))
}
