import { useState } from 'react'
import { write } from '../api/client'
import { kindsByPlural } from '../kinds'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { Dialog, DialogActions } from '../ui/Dialog'
import { Segmented } from '../ui/Segmented'
import { SelectField, TextField } from '../ui/TextField'
import { words } from '../words'
import { Secret } from './Secret'
import styles from './Settings.module.css'
import { readText, useForm } from './useForm'

const DAY_MS = 86_400_000
const RIGHTS = ['read', 'write'] as const

/** Makes an API key, and shows its secret once. */
export function MakeKeyDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [isLimited, setLimited] = useState(false)
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set(['leads:write']))
  const [secret, setSecret] = useState<string>()
  const { apiKeys } = words
  const form = useForm(async (sent) => {
    const days = Number(sent.get('days'))
    const expiresAt = days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 19) + 'Z' : null
    const body = { name: readText(sent, 'name'), scopes: isLimited ? [...scopes] : null, expiresAt }
    const { data } = await write<{ secret: string }>('keys/', { method: 'POST', body })
    onDone()
    setSecret(data.secret)
  })
  if (secret !== undefined) return <NewSecret secret={secret} onClose={onClose} />
  const toggle = (scope: string) =>
    setScopes((now) => {
      const next = new Set(now)
      if (!next.delete(scope)) next.add(scope)
      return next
    })
  return (
    <Dialog title={apiKeys.make} onClose={onClose}>
      <form onSubmit={form.submit}>
        <div className={styles.dialogBody}>
          <TextField label={apiKeys.name} name="name" required autoFocus maxLength={100} hint={apiKeys.nameHint} error={form.errorOf('name')} />
          <SelectField label={apiKeys.expires} name="days" error={form.errorOf('expiresAt')}>
            {Object.entries(apiKeys.expiries).map(([days, text]) => (
              <option key={days} value={days}>
                {text}
              </option>
            ))}
          </SelectField>
          <Segmented
            label={apiKeys.scopes}
            value={isLimited ? 'chosen' : 'everything'}
            choices={[
              { value: 'everything', label: `${apiKeys.scopes} ${apiKeys.everything}` },
              { value: 'chosen', label: `${apiKeys.scopes} ${apiKeys.chosen}` },
            ]}
            onChoose={(value) => setLimited(value === 'chosen')}
          />
          {isLimited && <Scopes scopes={scopes} toggle={toggle} />}
        </div>
        <DialogActions>
          <Button onClick={onClose}>{words.common.cancel}</Button>
          <Button look="primary" type="submit" disabled={form.busy || (isLimited && scopes.size === 0)}>
            {apiKeys.make}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function Scopes({ scopes, toggle }: { scopes: ReadonlySet<string>; toggle: (scope: string) => void }) {
  return (
    <div className={styles.scopes}>
      {Object.values(kindsByPlural).map((kind) => [
        <span key={kind.plural}>{kind.Many}</span>,
        ...RIGHTS.map((right) => {
          const scope = `${kind.plural}:${right}`
          return <Checkbox key={scope} checked={scopes.has(scope)} onChange={() => toggle(scope)} label={<span>{words.apiKeys[right]}<span className="sr"> {kind.many}</span></span>} />
        }),
      ])}
    </div>
  )
}

function NewSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { apiKeys } = words
  const curl = `curl ${location.origin}/api/leads/ -H "Authorization: Bearer ${secret}"`
  return (
    <Dialog title={apiKeys.secretTitle} description={apiKeys.secretText} onClose={onClose}>
      <div className={styles.dialogBody}>
        <Secret text={secret} />
        <p className="muted">{apiKeys.try}</p>
        <Secret text={curl} />
      </div>
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          {apiKeys.done}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
