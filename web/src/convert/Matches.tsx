import { Button } from '../ui/Button'
import { words } from '../words'
import styles from './Convert.module.css'

interface Match {
  id: string
  name: string
  /** What tells it from others of the same name. */
  detail?: string
  reasons: readonly (keyof typeof words.convert.reasons)[]
}

/** The records that the lead may be already, each with its reasons and a button to use it. */
export function Matches({ matches, chosenId, onChoose }: { matches: readonly Match[]; chosenId: string | null; onChoose: (match: Match) => void }) {
  if (matches.length === 0) return null
  return (
    <ul className={styles.matches}>
      {matches.map((match) => (
        <li key={match.id}>
          {match.id === chosenId ? (
            <p className={styles.match} data-chosen>
              <span className={styles.reason}>{describeReasons(match)}</span>
              {match.detail !== undefined && <span className="ellipsis">{match.detail}</span>}
            </p>
          ) : (
            <p className={styles.match}>
              <span className={styles.reason}>{describeReasons(match)}</span>
              <Button look="plain" className={styles.use} onClick={() => onChoose(match)}>
                <span className="ellipsis">{words.convert.use(match.name)}</span>
              </Button>
              {match.detail !== undefined && <span className="faint ellipsis">{match.detail}</span>}
            </p>
          )}
        </li>
      ))}
    </ul>
  )
}

function describeReasons(match: Match): string {
  return match.reasons.map((reason) => words.convert.reasons[reason]).join(', ')
}
