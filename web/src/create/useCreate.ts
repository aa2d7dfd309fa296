import { useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { writeAndRefresh } from '../api/changes'
import { Offline, Problem } from '../api/client'
import type { AnyRecord } from '../api/types'
import type { KindSpec } from '../kinds'
import { tellRefusal } from '../ui/toast'
import { tellDone } from '../undo/undo'
import { words } from '../words'
import { type Draft, makeBody } from './draft'

interface Creation {
  /** Adds the record. Then another form begins, or the dialog closes and the list shows the record. */
  add: (draft: Draft, another: boolean) => Promise<void>
  adding: boolean
  /** The last refusal that names fields of the form. */
  refusal: Problem | undefined
}

export function useCreate(kind: KindSpec, onClose: () => void, onAnother: () => void): Creation {
  const cache = useQueryClient()
  const navigate = useNavigate()
  const { pathname, searchStr } = useLocation()
  const [adding, setAdding] = useState(false)
  const [refusal, setRefusal] = useState<Problem>()

  const add = async (draft: Draft, another: boolean) => {
    if (adding) return
    setAdding(true)
    setRefusal(undefined)
    try {
      const { data, operationId } = await writeAndRefresh<AnyRecord>(cache, `${kind.plural}/`, { method: 'POST', body: makeBody(kind, draft) }, [kind.plural])
      tellDone(cache, words.create.added(kind.titleOf(data)), operationId)
      if (another) return onAnother()
      onClose()
      if (isListOf(kind, pathname)) void navigate({ href: `/${kind.plural}/${data.id}${searchStr}` })
    } catch (error) {
      if (namesField(kind, error)) setRefusal(error)
      else tellRefusal(words.create.notAdded, error instanceof Offline ? new Error(words.common.offlineChange) : error)
    } finally {
      setAdding(false)
    }
  }
  return { add, adding, refusal }
}

function isListOf(kind: KindSpec, pathname: string): boolean {
  return pathname === `/${kind.plural}` || pathname.startsWith(`/${kind.plural}/`)
}

function namesField(kind: KindSpec, error: unknown): error is Problem {
  return error instanceof Problem && kind.createFields.some((field) => error.messageFor(field) !== undefined)
}
