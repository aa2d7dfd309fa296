import { Bone } from '../ui/Bone'
import { words } from '../words'
import styles from './RecordPanel.module.css'

const LINES = 8

/** The shape of a record while it is read. */
export function RecordBones() {
  return (
    <div className={styles.bones} role="status" aria-label={words.common.loading}>
      {[...Array(LINES).keys()].map((line) => (
        <Bone key={line} width={line % 3 === 0 ? 'wide' : 'medium'} />
      ))}
    </div>
  )
}
