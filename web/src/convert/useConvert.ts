import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { writeAndRefresh } from '../api/changes'
import { Offline, Problem } from '../api/client'
import { refreshRecord } from '../api/news'
import type { LoadedRecord } from '../api/records'
import type { Plural } from '../api/types'
import { tellDone } from '../undo/undo'
import { words } from '../words'
import { makeBody, type Plan } from './plan'

const CHANGED: readonly Plural[] = ['leads', 'contacts', 'accounts', 'opportunities']

interface Conversion {
  /** Converts the lead. Then the dialog closes, and a toast has the way back. */
  convert: (plan: Plan) => Promise<void>
  converting: boolean
  /** The server's last refusal. */
  refusal: Problem | undefined
  /** What was wrong, unless a field of the form says it. */
  message: string | undefined
}

export function useConvert({ record, etag }: LoadedRecord, name: string, onClose: () => void): Conversion {
  const cache = useQueryClient()
  const [converting, setConverting] = useState(false)
  const [error, setError] = useState<Error>()

  const convert = async (plan: Plan) => {
    if (converting) return
    setConverting(true)
    setError(undefined)
    try {
      const request = { method: 'POST' as const, body: makeBody(plan), headers: { 'If-Match': etag } }
      const { operationId } = await writeAndRefresh(cache, `leads/${record.id}/convert/`, request, CHANGED, record.id)
      refreshRecord(cache, 'leads', record.id)
      onClose()
      tellDone(cache, words.convert.done(name), operationId, describeOutcome(plan))
    } catch (caught) {
      refreshRecord(cache, 'leads', record.id)
      void cache.invalidateQueries({ queryKey: ['leads', 'conversion', record.id] })
      setError(caught instanceof Error ? caught : new Error(String(caught)))
    } finally {
      setConverting(false)
    }
  }
  return { convert, converting, refusal: error instanceof Problem ? error : undefined, message: describeError(error) }
}

function describeError(error: Error | undefined): string | undefined {
  if (error instanceof Offline) return words.common.offlineChange
  if (!(error instanceof Problem)) return error?.message
  if (error.status === 412) return words.convert.changedMeanwhile
  return error.body.errors?.some(({ field }) => SHOWN_FIELDS.has(field)) ? words.convert.notConverted : error.message
}

const SHOWN_FIELDS = new Set(['contactId', 'accountId', 'accountName', 'opportunityName', 'opportunityValue', 'opportunityStage', 'opportunityCloseDate', 'opportunityAssignedTo'])

/** What is there now, in a sentence: Contact, account and opportunity are there. */
function describeOutcome(plan: Plan): string {
  const { convert } = words
  return convert.areThere(plan.account !== 'none', plan.makesOpportunity)
}
