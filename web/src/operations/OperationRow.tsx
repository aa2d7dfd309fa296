import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { KeyRound, Undo2 } from 'lucide-react'
import type { Query } from '../api/query'
import type { OperationItem } from '../api/types'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { takeBack } from '../undo/undo'
import { words } from '../words'
import { formatAge, formatFullTime } from '../words/format'
import styles from './Operations.module.css'
import { actorName, describeDeed } from './sentences'

/** One operation as a sentence, with its undo. */
export function OperationRow({ operation, open, query }: { operation: OperationItem; open: boolean; query: Query }) {
  const cache = useQueryClient()
  const who = actorName(operation)
  const deed = describeDeed(operation, operation.size ?? 1)
  return (
    <li className={styles.row} data-open={open || undefined}>
      <Link to="/operations/$id" params={{ id: operation.id }} search={query} className={styles.sentence} aria-current={open || undefined}>
        {operation.key === null ? <Avatar name={who} /> : <KeyRound className={styles.key} aria-hidden />}
        <span className="ellipsis grow">
          <b>{who}</b> {deed}
        </span>
        <time className="faint num" dateTime={operation.at} title={formatFullTime(operation.at)}>
          {formatAge(operation.at)}
        </time>
      </Link>
      {canTakeBack(operation.kind) && (
        <Button look="quiet" onClick={() => void takeBack(cache, operation.id)} aria-label={`${words.common.undo}: ${who} ${deed}`}>
          <Undo2 aria-hidden />
          <span className={styles.undoText}>{words.common.undo}</span>
        </Button>
      )}
    </li>
  )
}

/** True for operations on records; those on people, keys and sessions are not taken back. */
export function canTakeBack(kind: string): boolean {
  return /^(lead|contact|account|opportunity|operation)\./.test(kind)
}
