import { Keys } from '../ui/Keys'
import { words } from '../words'
import { formatNumber } from '../words/format'
import styles from './List.module.css'
import type { RowRange } from './scrolling'

const { list } = words
const HINTS = [
  ['j', list.keysMove],
  ['Enter', list.keysOpen],
  ['s', list.keysStatus],
  ['a', list.keysOwner],
  ['x', list.keysSelect],
  ['(\\?)', list.keysAll],
] as const

/** Which rows are seen, of how many, and the keys that are used most. */
export function Foot({ rows, count }: { rows: RowRange; count: number | undefined }) {
  const first = Math.min(rows.first + 1, rows.last)
  return (
    <footer className={styles.foot}>
      <span className="num">{count !== undefined && list.range(formatNumber(first), formatNumber(rows.last), formatNumber(count))}</span>
      <span className={styles.hints} aria-hidden>
        {HINTS.map(([keys, label]) => (
          <span key={keys} className={styles.hint}>
            <Keys keys={keys} />
            {keys === 'j' && <Keys keys="k" />}
            {label}
          </span>
        ))}
      </span>
    </footer>
  )
}
