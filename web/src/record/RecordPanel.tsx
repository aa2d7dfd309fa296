import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { findCached } from '../api/changes'
import { Problem } from '../api/client'
import type { Query } from '../api/query'
import { recordOptions } from '../api/records'
import type { AnyRecord } from '../api/types'
import type { KindSpec } from '../kinds'
import { LoadError } from '../ui/LoadError'
import { ConflictBox } from './ConflictBox'
import { Fields } from './Fields'
import { GoneRecord } from './GoneRecord'
import { RecordBar } from './RecordBar'
import { RecordBones } from './RecordBones'
import { RecordHead } from './RecordHead'
import styles from './RecordPanel.module.css'
import { Related } from './Related'
import { StatusSegments } from './StatusSegments'
import { Timeline } from './Timeline'
import { useFollowMerged } from './useFollowMerged'
import { useCloseCommand, useRecordCommands } from './useRecordCommands'

interface Props {
  kind: KindSpec
  id: string
}

/** A record beside the list of its kind, or as a page of its own if the address says `full=1`. */
export function RecordPanel({ kind, id }: Props) {
  const query: Query = useSearch({ strict: false })
  const isFull = query.full === '1'
  const cache = useQueryClient()
  const loaded = useQuery(recordOptions(kind.plural, id))
  const record = loaded.data?.record ?? findCached(cache, kind.plural, id)
  const isGone = loaded.error instanceof Problem && loaded.error.status === 404
  useFollowMerged(kind, id, loaded.data?.record)
  useCloseCommand(kind)
  return (
    <div role={isFull ? 'main' : 'complementary'} className={styles.panel} data-full={isFull || undefined} aria-label={record === undefined ? kind.One : kind.titleOf(record)}>
      {isFull && <h1 className="sr">{kind.Many}</h1>}
      <RecordBar kind={kind} isGone={isGone} />
      {isGone ? <GoneRecord kind={kind} id={id} /> : record !== undefined ? <RecordBody kind={kind} record={record} /> : <Missing error={loaded.error} retry={() => void loaded.refetch()} />}
    </div>
  )
}

function Missing({ error, retry }: { error: Error | null; retry: () => void }) {
  return error === null ? <RecordBones /> : <LoadError error={error} retry={retry} />
}

/** It comes after the list, so that its keys win over those of the list. */
function RecordBody({ kind, record }: { kind: KindSpec; record: AnyRecord }) {
  useRecordCommands(kind, record)
  return (
    <div className={styles.body}>
      <div className={styles.main}>
        <RecordHead kind={kind} record={record} />
        <ConflictBox kind={kind} id={record.id} />
        <StatusSegments kind={kind} record={record} />
        <Fields kind={kind} record={record} />
      </div>
      <div className={styles.beside}>
        <Related kind={kind} record={record} />
        <Timeline kind={kind} id={record.id} />
      </div>
    </div>
  )
}
