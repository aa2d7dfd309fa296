import { usePeople } from '../api/records'
import { findField, type KindSpec } from '../kinds'
import { Button } from '../ui/Button'
import { words } from '../words'
import { forgetConflict, useConflict } from './conflicts'
import styles from './ConflictBox.module.css'
import { valueText } from './FieldValue'
import { useSave } from './useSave'

const { conflict: texts } = words.record

/** What I wrote and what others wrote meanwhile, to choose from. Nothing is shown while there is no conflict. */
export function ConflictBox({ kind, id }: { kind: KindSpec; id: string }) {
  const conflict = useConflict(id)
  const people = usePeople()
  const save = useSave(kind)
  if (conflict === undefined) return null
  const { mine, theirs } = conflict
  const useMine = () => {
    forgetConflict(id)
    void save(id, mine)
  }
  return (
    <section className={styles.box} role="alert" aria-label={texts.title}>
      <h3>{texts.title}</h3>
      {Object.entries(mine).map(([field, value]) => (
        <dl key={field} className={styles.values}>
          <dt>{findField(kind, field)?.label ?? field}</dt>
          <dd>
            <span className={styles.whose}>{texts.mine}</span>
            {valueText(kind, field, value, people)}
          </dd>
          <dd>
            <span className={styles.whose}>{texts.theirs}</span>
            {valueText(kind, field, theirs.record[field], people)}
          </dd>
        </dl>
      ))}
      <div className={styles.actions}>
        <Button onClick={useMine}>{texts.useMine}</Button>
        <Button onClick={() => forgetConflict(id)}>{texts.keepTheirs}</Button>
      </div>
    </section>
  )
}
