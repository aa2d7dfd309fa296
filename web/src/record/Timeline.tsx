import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMe, usePeople } from '../api/records'
import type { HistoryEntry } from '../api/types'
import type { KindSpec } from '../kinds'
import { Bone } from '../ui/Bone'
import { Button } from '../ui/Button'
import { LoadError } from '../ui/LoadError'
import { takeBack } from '../undo/undo'
import { words } from '../words'
import { formatAge, formatFullTime } from '../words/format'
import { listEntries, useHistory, useTakenBack } from './history'
import { describeEntry } from './sentences'
import styles from './Timeline.module.css'
import { useActorName } from './useActorName'

const { history: texts } = words.record

/** What was done to a record, newest first, each with a way back. */
export function Timeline({ kind, id }: { kind: KindSpec; id: string }) {
  const history = useHistory(kind.plural, id)
  const takenBack = useTakenBack(id)
  return (
    <section className={styles.timeline} aria-label={texts.title}>
      <h3>{texts.title}</h3>
      {history.isPending && <Bone />}
      {history.isError && <LoadError error={history.error} retry={() => void history.refetch()} />}
      <ol>
        {listEntries(history.data).map((entry) => (
          <Entry key={entry.operationId} kind={kind} entry={entry} isTakenBack={takenBack.has(entry.operationId)} />
        ))}
      </ol>
      {history.hasNextPage && (
        <Button look="quiet" disabled={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          {texts.older}
        </Button>
      )}
    </section>
  )
}

function Entry({ kind, entry, isTakenBack }: { kind: KindSpec; entry: HistoryEntry; isTakenBack: boolean }) {
  const cache = useQueryClient()
  const people = usePeople()
  const me = useMe()?.user
  const nameActor = useActorName()
  const isMine = me !== undefined && entry.user.id === me.id && entry.key === null
  const mayUndo = !isTakenBack && (isMine || me?.role === 'admin')
  return (
    <li className={styles.entry} data-taken-back={isTakenBack || undefined}>
      <span className={styles.dot} data-operation={entry.kind.split('.')[1]} aria-hidden />
      <p className={styles.sentence}>
        <b>{nameActor(entry)}</b>{' '}
        {describeEntry(kind, entry, people).map(({ text, tone }, at) => (
          <span key={at} className={tone === undefined ? undefined : styles[tone]}>
            {text}
          </span>
        ))}
        {isTakenBack && <span className={styles.faint}> · {texts.takenBack}</span>}
      </p>
      <div className={styles.end}>
        <Link to="/operations/$id" params={{ id: entry.operationId }} className={styles.time}>
          <time className="num" dateTime={entry.at} title={formatFullTime(entry.at)}>
            {formatAge(entry.at)}
          </time>
        </Link>
        {mayUndo && (
          <button type="button" className={styles.undo} onClick={() => void takeBack(cache, entry.operationId)}>
            {words.common.undo}
          </button>
        )}
      </div>
    </li>
  )
}
