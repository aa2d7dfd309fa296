import { type ComponentProps, useId } from 'react'
import styles from './TextField.module.css'

interface Shape {
  label: string
  error?: string
  hint?: string
}

/** A labelled field of one line. The error stands under it and is read aloud with it. */
export function TextField({ label, error, hint, id, ...rest }: Shape & ComponentProps<'input'>) {
  const made = useId()
  const fieldId = id ?? made
  return (
    <div className={styles.field}>
      <label htmlFor={fieldId}>{label}</label>
      <input id={fieldId} className={styles.input} aria-invalid={error !== undefined} aria-describedby={`${fieldId}-note`} {...rest} />
      <FieldNote id={`${fieldId}-note`} error={error} hint={hint} />
    </div>
  )
}

/** A labelled field of several lines. */
export function TextArea({ label, error, hint, id, ...rest }: Shape & ComponentProps<'textarea'>) {
  const made = useId()
  const fieldId = id ?? made
  return (
    <div className={styles.field}>
      <label htmlFor={fieldId}>{label}</label>
      <textarea id={fieldId} rows={3} className={styles.input} aria-invalid={error !== undefined} aria-describedby={`${fieldId}-note`} {...rest} />
      <FieldNote id={`${fieldId}-note`} error={error} hint={hint} />
    </div>
  )
}

/** A labelled native list of choices. */
export function SelectField({ label, error, hint, id, children, ...rest }: Shape & ComponentProps<'select'>) {
  const made = useId()
  const fieldId = id ?? made
  return (
    <div className={styles.field}>
      <label htmlFor={fieldId}>{label}</label>
      <select id={fieldId} className={styles.input} aria-invalid={error !== undefined} aria-describedby={`${fieldId}-note`} {...rest}>
        {children}
      </select>
      <FieldNote id={`${fieldId}-note`} error={error} hint={hint} />
    </div>
  )
}

/** The class of an input that stands without a label of its own. */
export const inputClass = styles.input ?? ''

function FieldNote({ id, error, hint }: { id: string; error?: string; hint?: string }) {
  return (
    <p id={id} className={error === undefined ? styles.hint : styles.error} role={error === undefined ? undefined : 'alert'}>
      {error ?? hint}
    </p>
  )
}
