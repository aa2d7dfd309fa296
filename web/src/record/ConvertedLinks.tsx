import { useQuery } from '@tanstack/react-query'
import { ArrowRight } from 'lucide-react'
import { recordOptions } from '../api/records'
import type { AnyRecord, HistoryEntry, Plural } from '../api/types'
import { kindsByPlural } from '../kinds'
import { words } from '../words'
import { listEntries, useHistory } from './history'
import { RecordLink } from './RecordLink'
import styles from './RecordPanel.module.css'

const BECAME: readonly [string, Plural][] = [
  ['convertedContactId', 'contacts'],
  ['convertedAccountId', 'accounts'],
  ['convertedOpportunityId', 'opportunities'],
]

/** What a converted lead became. */
export function ConvertedLinks({ record }: { record: AnyRecord }) {
  const entries = listEntries(useHistory('leads', record.id).data)
  return (
    <nav className={styles.converted} aria-label={words.record.became}>
      {BECAME.map(([field, plural]) => {
        const id = record[field] ?? findWritten(entries, field)
        return typeof id === 'string' && <Became key={field} plural={plural} id={id} />
      })}
    </nav>
  )
}

function Became({ plural, id }: { plural: Plural; id: string }) {
  const { data } = useQuery({ ...recordOptions(plural, id), retry: false })
  const kind = kindsByPlural[plural]
  return (
    <RecordLink plural={plural} id={id} className={styles.became}>
      <span className="faint">{kind.One}</span>
      <span className="ellipsis grow">{data === undefined ? '' : kind.titleOf(data.record)}</span>
      <ArrowRight aria-hidden />
    </RecordLink>
  )
}

/** The value that the history has for a field that the record does not show. */
function findWritten(entries: readonly HistoryEntry[], field: string): unknown {
  return entries.find((entry) => field in entry.changes)?.changes[field]?.[1]
}
