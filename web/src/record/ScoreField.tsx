import { ChoiceMenu } from '../ui/Menu'
import { words } from '../words'
import type { FieldProps } from './Field'
import { FieldValue } from './FieldValue'
import styles from './Fields.module.css'

const SCORES = [...Array(11).keys()].reverse().map((score) => ({ value: String(score), label: String(score) }))
const NO_SCORE = { value: '', label: words.record.noScore }

/** A score, chosen from a menu of 10 to 0 and none. */
export function ScoreField({ labelId, ...props }: FieldProps & { labelId: string }) {
  const { spec, record, editing } = props
  return (
    <ChoiceMenu
      label={spec.label}
      value={String(record[spec.name] ?? '')}
      choices={[...SCORES, NO_SCORE]}
      onChoose={(value) => editing.choose(spec, value === '' ? null : Number(value))}
      trigger={
        <button type="button" className={styles.value} aria-labelledby={`${labelId} ${labelId}-value`}>
          <span id={`${labelId}-value`}>
            <FieldValue {...props} />
          </span>
        </button>
      }
    />
  )
}
