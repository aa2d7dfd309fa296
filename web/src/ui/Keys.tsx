import { describeKeys } from '../state/commands'
import styles from './Keys.module.css'

/** The keys of a command, one cap a key. Readers of the screen hear the label of the button only. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className={styles.keys} aria-hidden>
      {describeKeys(keys).map((key, at) => (
        <kbd key={at}>{key}</kbd>
      ))}
    </span>
  )
}
