import type { FocusEvent, KeyboardEvent } from 'react'
import { inputClass } from '../ui/TextField'
import type { FieldProps } from './Field'
import type { FieldState } from './fieldState'

export type EditorProps = FieldProps & { state: Extract<FieldState, { at: 'editing' | 'refused' }> }

/** What every input of an editor has: its name, the focus, and whether its value was refused. */
export function shareProps({ spec, state, editing }: EditorProps) {
  return {
    className: inputClass,
    autoFocus: state.at === 'editing' || !editing.isOtherOpen(spec.name),
    'aria-label': spec.label,
    'aria-invalid': state.at === 'refused',
    'aria-describedby': `${spec.name}-error`,
  }
}

/** Enter saves, Tab saves and goes on, Esc gives up. */
export function handleKey(event: KeyboardEvent, props: EditorProps): void {
  const { spec, editing } = props
  if (event.nativeEvent.isComposing) return
  if (event.key === 'Escape') return giveUp(event, props)
  if (event.key === 'Tab') {
    event.preventDefault()
    return editing.commit(spec, event.shiftKey ? 'previous' : 'next')
  }
  if (event.key !== 'Enter' || (spec.type === 'lines' && !event.ctrlKey && !event.metaKey)) return
  event.preventDefault()
  editing.commit(spec, 'stay')
}

/** True if the focus goes to something outside of the box that listens. */
export function leavesBox(event: FocusEvent): boolean {
  return event.relatedTarget !== null && !event.currentTarget.contains(event.relatedTarget)
}

/** Closes the editor. The key is used up: the record stays open. */
export function giveUp(event: KeyboardEvent, { spec, editing }: EditorProps): void {
  event.preventDefault()
  event.stopPropagation()
  editing.giveUp(spec)
}
