import { useState } from 'react'
import type { AnyRecord } from '../api/types'
import { findStatus, type KindSpec } from '../kinds'
import { useSave } from '../record/useSave'
import { openDialog } from '../state/dialogs'
import { tellRefusal } from '../ui/toast'
import { words } from '../words'

const CONVERTED = 'converted'
const MAX_MOVED = 30

export interface Moves {
  /** The records that were moved, newest last. */
  movedIds: readonly string[]
  move: (record: AnyRecord, status: string) => void
}

/** Makes the function that moves a record to another column. A lead becomes converted in the dialog only. */
export function useMoves(kind: KindSpec): Moves {
  const save = useSave(kind)
  const [movedIds, setMovedIds] = useState<readonly string[]>([])
  const move = async (record: AnyRecord, status: string) => {
    if (record[kind.statusField] === status) return
    if (isFixed(kind, record)) return tellFixed()
    if (isConversion(kind, status)) return openDialog({ name: 'convert', id: record.id })
    const refusal = await save(record.id, { [kind.statusField]: status })
    if (refusal !== undefined) tellRefusal(words.board.notMoved, refusal)
    // Only now: before, the record would be read as it was.
    else setMovedIds((now) => [...now.filter((id) => id !== record.id), record.id].slice(-MAX_MOVED))
  }
  return { movedIds, move: (record, status) => void move(record, status) }
}

/** True for a record that keeps its status: a converted lead. */
export function isFixed(kind: KindSpec, record: AnyRecord): boolean {
  return isConversion(kind, String(record[kind.statusField]))
}

/** True if a record comes to the status by a conversion alone. */
export function isConversion(kind: KindSpec, status: string): boolean {
  return kind.plural === 'leads' && status === CONVERTED && findStatus(kind, status) !== undefined
}

/** Tells why a converted lead stays where it is. */
export function tellFixed(): void {
  tellRefusal(words.board.notMoved, new Error(words.board.convertedStays))
}
