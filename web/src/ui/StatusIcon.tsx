import { findStatus, type KindSpec, type StatusShape } from '../kinds'
import { nameOfValue } from '../words'
import styles from './StatusIcon.module.css'

/** The shape of a status in its colour. It says nothing to readers of the screen: the name stands beside it. */
export function StatusIcon({ kind, value, size = 14 }: { kind: KindSpec; value: unknown; size?: number }) {
  const status = findStatus(kind, value)
  if (status === undefined) return null
  return (
    <svg className={styles.icon} width={size} height={size} viewBox="0 0 16 16" aria-hidden data-color={status.color}>
      {SHAPES[status.shape]}
    </svg>
  )
}

/** A status with its shape and name. */
export function StatusText({ kind, value }: { kind: KindSpec; value: unknown }) {
  return (
    <span className={styles.text}>
      <StatusIcon kind={kind} value={value} />
      <span className="ellipsis">{findStatus(kind, value)?.label ?? nameOfValue(String(value ?? ''))}</span>
    </span>
  )
}

const RING = <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.8" />
const DISC = <circle cx="8" cy="8" r="6.9" fill="currentColor" />
const MARK = { fill: 'none', stroke: 'var(--surface)', strokeWidth: 1.8, strokeLinecap: 'round', strokeLinejoin: 'round' } as const

const SHAPES: Readonly<Record<StatusShape, React.ReactNode>> = {
  ring: RING,
  quarter: (
    <>
      {RING}
      <path d="M8 8V4.6A3.4 3.4 0 0 1 11.4 8Z" fill="currentColor" />
    </>
  ),
  half: (
    <>
      {RING}
      <path d="M8 4.6a3.4 3.4 0 0 1 0 6.8Z" fill="currentColor" />
    </>
  ),
  dashed: (
    <>
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.8" strokeDasharray="2.6 2.1" />
      <path d="M8 4.6a3.4 3.4 0 0 1 0 6.8Z" fill="currentColor" />
    </>
  ),
  'three-quarters': (
    <>
      {RING}
      <path d="M8 8V4.6A3.4 3.4 0 1 1 4.6 8Z" fill="currentColor" />
    </>
  ),
  check: (
    <>
      {DISC}
      <path d="m5 8.2 2.1 2.1L11 6.2" {...MARK} />
    </>
  ),
  bar: (
    <>
      {DISC}
      <path d="M5 8h6" {...MARK} />
    </>
  ),
  cross: (
    <>
      {DISC}
      <path d="m5.7 5.7 4.6 4.6m0-4.6-4.6 4.6" {...MARK} />
    </>
  ),
}
