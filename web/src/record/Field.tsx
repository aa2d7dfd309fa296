import { Pencil } from 'lucide-react'
import { useId } from 'react'
import type { AnyRecord } from '../api/types'
import type { FieldSpec, KindSpec } from '../kinds'
import { Checkbox } from '../ui/Checkbox'
import { words } from '../words'
import { Editor } from './Editor'
import { FieldLink, isLinked } from './FieldLink'
import { FieldValue } from './FieldValue'
import styles from './Fields.module.css'
import { isOpen } from './fieldState'
import { OwnerField } from './OwnerField'
import { ScoreField } from './ScoreField'
import { useFlash } from './useFlash'
import type { FieldEditing } from './useFieldEditing'

export interface FieldProps {
  kind: KindSpec
  record: AnyRecord
  spec: FieldSpec
  editing: FieldEditing
}

/** A field of a record: its label, and its value or the editor of its value. */
export function Field({ editable, ...props }: FieldProps & { editable: boolean }) {
  const { spec, record, editing } = props
  const id = useId()
  const state = editing.stateOf(spec.name)
  const changed = useFlash(record[spec.name], state.at !== 'reading')
  return (
    <div className={styles.field} data-type={spec.type}>
      <dt id={`${id}-label`}>{spec.label}</dt>
      <dd data-changed={changed || undefined}>
        {!editable ? <ReadOnlyValue {...props} /> : isOpen(state) ? <Editor {...props} state={state} /> : <Value {...props} id={id} focus={state.focus} />}
      </dd>
    </div>
  )
}

function ReadOnlyValue(props: FieldProps) {
  return <span className={styles.readOnly}>{isLinked(props) ? <FieldLink {...props} /> : <FieldValue {...props} />}</span>
}

function Value({ id, focus, ...props }: FieldProps & { id: string; focus: boolean }) {
  const { spec, record, editing } = props
  if (spec.type === 'owner') return <OwnerField {...props} labelId={`${id}-label`} />
  if (spec.type === 'score') return <ScoreField {...props} labelId={`${id}-label`} />
  if (spec.type === 'flag') return <Checkbox checked={record[spec.name] === true} onChange={(checked) => editing.choose(spec, checked)} label={<span className="sr">{spec.label}</span>} />
  if (isLinked(props)) {
    return (
      <span className={styles.linked}>
        <FieldLink {...props} />
        <button type="button" className={styles.pencil} aria-label={words.record.editField(spec.label)} autoFocus={focus} onClick={() => editing.edit(spec)}>
          <Pencil aria-hidden />
        </button>
      </span>
    )
  }
  return (
    <button type="button" className={styles.value} aria-labelledby={`${id}-label ${id}-value`} autoFocus={focus} onClick={() => editing.edit(spec)}>
      <span id={`${id}-value`} className={spec.type === 'lines' ? styles.lines : styles.text}>
        <FieldValue {...props} />
      </span>
    </button>
  )
}
