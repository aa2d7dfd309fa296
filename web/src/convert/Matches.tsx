import { Button } from '../ui/Button'
import { words } from '../words'
import styles from './Convert.module.css'

const SHOWN = 3

interface Match {
  id: string
  name: string
  /** What tells it from others of the same name. */
  detail?: string
  reasons: readonly (keyof typeof words.convert.reasons)[]
}

interface Props {
  matches: readonly Match[]
  chosenId: string | null
  onChoose: (match: Match) => void
}

/** The records that the lead may be already: why the chosen one may be, or else a button to use each. */
export function Matches({ matches, chosenId, onChoose }: Props) {
  if (matches.length === 0) return null
  const chosen = matches.find(({ id }) => id === chosenId)
  if (chosen !== undefined) return <p className={styles.chosen}>{describeChosen(chosen, matches.length - 1)}</p>
  return (
    <ul className={styles.matches}>
      {matches.slice(0, SHOWN).map((match) => (
        <li key={match.id} className={styles.match}>
          <span className={styles.reason}>{describeReasons(match)}</span>
          <Button className={styles.use} onClick={() => onChoose(match)}>
            <span className="ellipsis">{words.convert.use(match.name)}</span>
          </Button>
          {match.detail !== undefined && <span className="faint ellipsis">{match.detail}</span>}
        </li>
      ))}
    </ul>
  )
}

function describeChosen(match: Match, others: number): string {
  const found = [describeReasons(match), match.detail].filter(Boolean).join(' · ')
  return others === 0 ? found : `${found} · ${words.convert.othersMatch(others)}`
}

function describeReasons(match: Match): string {
  return match.reasons.map((reason) => words.convert.reasons[reason]).join(', ')
}
