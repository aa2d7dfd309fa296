import { type KeyboardEvent, useRef, useState } from 'react'
import type { AnyRecord } from '../api/types'
import { findStatus, type KindSpec } from '../kinds'
import { useCommands } from '../state/commands'
import { StatusIcon, StatusText } from '../ui/StatusIcon'
import { words } from '../words'
import styles from './StatusSegments.module.css'
import { useSave } from './useSave'

/** How many names have room side by side. Of more, the current one alone is named. */
const MAX_NAMED = 6

/** The status of a record among those it can have. S, then arrows or a first letter, then Enter chooses by keyboard. */
export function StatusSegments({ kind, record }: { kind: KindSpec; record: AnyRecord }) {
  const save = useSave(kind)
  const group = useRef<HTMLDivElement>(null)
  const cameFrom = useRef<Element | null>(null)
  const [choosing, setChoosing] = useState(false)
  const current = record[kind.statusField]
  const isConverted = current === 'converted'
  const choices = kind.statuses.filter((status) => status.value !== 'converted')

  const listSegments = () => [...(group.current?.querySelectorAll<HTMLElement>('[role=radio]') ?? [])]
  const start = () => {
    cameFrom.current = document.activeElement
    setChoosing(true)
    const at = choices.findIndex((status) => status.value === current)
    listSegments()[Math.max(0, at)]?.focus()
  }
  const goBack = () => {
    setChoosing(false)
    if (choosing && cameFrom.current instanceof HTMLElement) cameFrom.current.focus()
  }
  const choose = (value: string) => {
    goBack()
    if (value !== current) void save(record.id, { [kind.statusField]: value })
  }
  const move = (event: KeyboardEvent) => {
    const segments = listSegments()
    const at = segments.findIndex((one) => one === document.activeElement)
    const to = event.key === 'Escape' ? -1 : findTarget(event, at, choices.map((status) => status.label), choosing)
    if (to === undefined) return
    event.preventDefault()
    if (to === -1) goBack()
    else segments[to]?.focus()
  }
  useCommands(isConverted ? [] : [{ id: 'record.status', label: words.record.setStatus(kind.statusField), keys: 's', group: words.record.group, run: start }])
  if (isConverted) return <ConvertedStatus kind={kind} record={record} />
  return (
    <div
      ref={group}
      className={styles.segments}
      role="radiogroup"
      aria-label={words.fields[kind.statusField]}
      data-many={choices.length > MAX_NAMED || undefined}
      data-choosing={choosing || undefined}
      onKeyDown={move}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setChoosing(false)}
    >
      {choices.map((status) => (
        <button
          key={status.value}
          type="button"
          role="radio"
          className={styles.segment}
          aria-checked={status.value === current}
          aria-label={status.label}
          title={status.label}
          tabIndex={status.value === current || findStatus(kind, current) === undefined ? 0 : -1}
          onClick={() => choose(status.value)}
        >
          <StatusIcon kind={kind} value={status.value} size={15} />
          <span className={styles.name}>{status.label}</span>
        </button>
      ))}
    </div>
  )
}

/** A converted lead keeps its status. */
function ConvertedStatus({ kind, record }: { kind: KindSpec; record: AnyRecord }) {
  return (
    <p className={styles.converted}>
      <StatusText kind={kind} value={record[kind.statusField]} />
    </p>
  )
}

/** The segment that a key leads to, undefined if it leads nowhere. Letters count only while somebody chooses. */
function findTarget(event: KeyboardEvent, at: number, labels: readonly string[], choosing: boolean): number | undefined {
  const count = labels.length
  if (event.key === 'ArrowRight' || event.key === 'ArrowDown') return (at + 1) % count
  if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') return (at + count - 1) % count
  if (!choosing || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.key === ' ') return undefined
  const letter = event.key.toLowerCase()
  const order = labels.map((_, step) => (at + 1 + step) % count)
  return order.find((one) => labels[one]?.toLowerCase().startsWith(letter)) ?? at
}
