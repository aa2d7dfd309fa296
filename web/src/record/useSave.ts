import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { changeRecord, Conflict } from '../api/changes'
import { Offline, Problem } from '../api/client'
import { getLink } from '../api/live'
import { usePeople } from '../api/records'
import type { Values } from '../api/types'
import { findField, type KindSpec } from '../kinds'
import { tellRefusal } from '../ui/toast'
import { tellDone } from '../undo/undo'
import { words } from '../words'
import { forgetConflict, noteConflict } from './conflicts'
import { valueText } from './FieldValue'

export type Save = (id: string, values: Values) => Promise<Problem | undefined>

/**
 * Makes the function that saves fields of a record and tells what became of it, with a way back.
 *
 * The page shows the values at once. The function answers the refusal if the server refused a value, for the field to
 * show. If somebody changed the same field meanwhile, the record shows both values.
 */
export function useSave(kind: KindSpec): Save {
  const cache = useQueryClient()
  const navigate = useNavigate()
  const people = usePeople()
  return async (id, values) => {
    if (getLink() === 'offline') {
      tellRefusal(words.common.notSaved, new Error(words.common.offlineChange))
      return undefined
    }
    try {
      const { operationId } = await changeRecord(cache, kind.plural, id, values)
      forgetConflict(id)
      if (operationId !== null) tellDone(cache, describeChange(kind, values, people), operationId)
      return undefined
    } catch (error) {
      if (error instanceof Conflict) {
        noteConflict(id, error)
        tellRefusal(words.common.notSaved, error, {
          label: words.common.look,
          run: () => void navigate({ href: `/${kind.plural}/${id}${location.search}` }),
        })
        return undefined
      }
      const fields = Object.keys(values)
      if (error instanceof Problem && fields.some((field) => error.messageFor(field) !== undefined)) return error
      tellRefusal(words.common.notSaved, error instanceof Offline ? new Error(words.common.offlineChange) : error)
      return undefined
    }
  }
}

/** What was changed, in a few words: Status: Qualified. */
function describeChange(kind: KindSpec, values: Values, people: ReturnType<typeof usePeople>): string {
  return Object.entries(values)
    .map(([field, value]) => {
      const label = findField(kind, field)?.label ?? field
      const text = valueText(kind, field, value, people)
      return `${label}: ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`
    })
    .join(', ')
}
