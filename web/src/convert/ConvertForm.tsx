import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { LoadedRecord } from '../api/records'
import type { ConversionPreview } from '../api/types'
import { kindsByPlural } from '../kinds'
import { Button } from '../ui/Button'
import { DialogActions } from '../ui/Dialog'
import { words } from '../words'
import { AccountBlock } from './AccountBlock'
import { AlreadyConverted } from './AlreadyConverted'
import type { BlockProps } from './Block'
import { ContactBlock } from './ContactBlock'
import styles from './Convert.module.css'
import { OpportunityBlock } from './OpportunityBlock'
import { describePlan, findGap, makePlan } from './plan'
import { useConvert } from './useConvert'

/** The form of a conversion: contact, account, opportunity, and in words what will happen. Ctrl+Enter converts. */
export function ConvertForm({ lead, preview, onClose }: { lead: LoadedRecord; preview: ConversionPreview; onClose: () => void }) {
  const name = kindsByPlural.leads.titleOf(lead.record)
  const [plan, setPlan] = useState(() => makePlan(preview))
  const [tried, setTried] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const { convert, converting, refusal, message } = useConvert(lead, name, onClose)
  // The dialog opened before the form was there, so it could not put the focus in.
  useEffect(() => form.current?.querySelector<HTMLElement>('[role=radio][aria-checked=true]')?.focus(), [])
  if (refusal?.code === 'already_converted') return <AlreadyConverted name={name} problem={refusal} onClose={onClose} />

  const submit = () => {
    setTried(true)
    if (findGap(plan) === undefined) void convert(plan)
  }
  const pressKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    submit()
  }
  const errorOf = (field: string) => refusal?.messageFor(field) ?? (tried && findGap(plan) === field ? words.convert.choose : undefined)
  const block: BlockProps = { plan, preview, errorOf, onChange: (changes) => setPlan((now) => ({ ...now, ...changes })) }

  return (
    <form
      ref={form}
      className={styles.form}
      noValidate
      onKeyDown={pressKey}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        submit()
      }}
    >
      <ContactBlock {...block} email={String(lead.record.email ?? '')} />
      <AccountBlock {...block} />
      <OpportunityBlock {...block} personName={name} />
      <DialogActions>
        <p className={styles.summary} role="status" data-refused={message === undefined ? undefined : true}>
          {message ?? describePlan(plan)}
        </p>
        <Button look="quiet" onClick={onClose}>
          {words.common.cancel}
        </Button>
        <Button type="submit" look="primary" keys="$mod+Enter" disabled={converting}>
          {converting ? words.convert.converting : words.convert.convert}
        </Button>
      </DialogActions>
    </form>
  )
}
