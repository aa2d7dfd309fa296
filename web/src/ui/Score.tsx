import { words } from '../words'
import styles from './Score.module.css'

const HIGH_SCORE = 8

/** A score of 0 to 10 with a bar. */
export function Score({ value }: { value: number | null }) {
  if (value === null) return <span className="faint">{words.common.none}</span>
  return (
    <span className={`${styles.score} num`} data-high={value >= HIGH_SCORE || undefined}>
      <meter className={styles.bar} min={0} max={10} value={value} aria-hidden />
      {value}
    </span>
  )
}
