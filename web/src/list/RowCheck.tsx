import { Check } from 'lucide-react'
import styles from './Row.module.css'

/** The check of a row. The row itself tells whether it is selected. */
export function RowCheck({ isChecked }: { isChecked: boolean }) {
  return (
    <div role="gridcell" className={styles.check} data-check>
      <span className={styles.box}>{isChecked && <Check aria-hidden />}</span>
    </div>
  )
}
