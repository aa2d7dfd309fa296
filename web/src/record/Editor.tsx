import type { ComponentProps, KeyboardEvent } from 'react'
import { textOf } from '../kinds'
import { words } from '../words'
import { AddressEditor } from './AddressEditor'
import { type EditorProps, giveUp, handleKey, leavesBox, shareProps } from './editing'
import styles from './Fields.module.css'
import { RecordPicker } from './RecordPicker'
import { SourceEditor } from './SourceEditor'

/** The editor of a field's value. Enter, Tab and leaving save, Esc gives up; in several lines Ctrl+Enter saves. */
export function Editor(props: EditorProps) {
  const { spec, record, editing, state } = props
  const message = state.at === 'refused' ? state.message : undefined
  if (spec.type === 'reference' && spec.refersTo !== undefined) {
    return (
      <div onKeyDown={(event) => event.key === 'Escape' && giveUp(event, props)} onBlur={(event) => leavesBox(event) && editing.commit(spec, 'leave')}>
        <RecordPicker
          plural={spec.refersTo}
          value={typeof state.draft === 'string' && state.draft !== '' ? state.draft : null}
          valueName={state.draft === record[spec.name] && spec.nameField !== undefined ? textOf(record, spec.nameField) : ''}
          label={spec.label}
          showLabel={false}
          autoFocus
          error={message}
          onChoose={(id) => {
            editing.change(spec, id ?? '')
            editing.commit(spec, 'stay')
          }}
        />
      </div>
    )
  }
  return (
    <div className={styles.editor}>
      <TypedEditor {...props} />
      <p id={`${spec.name}-error`} className={styles.error} role={message === undefined ? undefined : 'alert'}>
        {message}
      </p>
      {spec.type === 'tags' && <p className={styles.hint}>{words.record.tagsHint}</p>}
    </div>
  )
}

function TypedEditor(props: EditorProps) {
  const { spec, editing, state } = props
  if (spec.type === 'address') return <AddressEditor {...props} />
  if (spec.type === 'source') return <SourceEditor {...props} />
  const shared = {
    ...shareProps(props),
    value: String(state.draft),
    onChange: (event: { target: { value: string } }) => editing.change(spec, event.target.value),
    onBlur: () => editing.commit(spec, 'leave'),
    onKeyDown: (event: KeyboardEvent) => handleKey(event, props),
  }
  if (spec.type === 'lines') return <textarea rows={5} {...shared} />
  return <input {...INPUTS[spec.type]} {...shared} />
}

const INPUTS: Readonly<Partial<Record<string, ComponentProps<'input'>>>> = {
  email: { type: 'email', inputMode: 'email', autoComplete: 'off' },
  phone: { type: 'tel', autoComplete: 'off' },
  web: { type: 'text', inputMode: 'url', autoComplete: 'off' },
  amount: { type: 'text', inputMode: 'decimal' },
  day: { type: 'date' },
}
