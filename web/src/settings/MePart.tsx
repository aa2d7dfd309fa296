import { useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { write } from '../api/client'
import { useMe } from '../api/records'
import type { Me } from '../api/types'
import { type Density, density, singleKeys, type Theme, theme } from '../state/preferences'
import { useStore } from '../state/store'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { Segmented } from '../ui/Segmented'
import { TextField } from '../ui/TextField'
import { tell } from '../ui/toast'
import { words } from '../words'
import styles from './Settings.module.css'
import { readText, useForm } from './useForm'

/** The person's own settings: name, password, and the look of this browser. */
export function MePart() {
  const me = useMe()
  if (me === undefined) return null
  return (
    <>
      <Names me={me} />
      <Password />
      <Look />
    </>
  )
}

function Names({ me }: { me: Me }) {
  const cache = useQueryClient()
  const { settings } = words
  const form = useForm(async (sent) => {
    const body = { firstName: readText(sent, 'firstName'), lastName: readText(sent, 'lastName') }
    const { data } = await write<Me>('me/', { method: 'PATCH', body })
    cache.setQueryData(['me'], data)
    void cache.invalidateQueries({ queryKey: ['people'] })
    tell(settings.saved)
  })
  return (
    <section className={styles.section}>
      <h2>{settings.names}</h2>
      <form className={styles.form} onSubmit={form.submit}>
        <div className={styles.pair}>
          <TextField label={settings.firstName} name="firstName" defaultValue={me.user.firstName ?? ''} autoComplete="given-name" error={form.errorOf('firstName')} />
          <TextField label={settings.lastName} name="lastName" defaultValue={me.user.lastName ?? ''} autoComplete="family-name" error={form.errorOf('lastName')} />
        </div>
        <TextField label={settings.email} value={me.user.email ?? ''} readOnly hint={settings.emailHint} />
        <Button type="submit" disabled={form.busy}>
          {words.common.save}
        </Button>
      </form>
    </section>
  )
}

function Password() {
  const element = useRef<HTMLFormElement>(null)
  const { settings } = words
  const form = useForm(async (sent) => {
    const body = { currentPassword: sent.get('currentPassword'), password: sent.get('password') }
    await write('me/', { method: 'PATCH', body })
    element.current?.reset()
    tell(settings.passwordChanged)
  })
  return (
    <section className={styles.section}>
      <h2>{settings.password}</h2>
      <p className="muted">{settings.passwordText}</p>
      <form ref={element} className={styles.form} onSubmit={form.submit}>
        <TextField label={settings.currentPassword} name="currentPassword" type="password" autoComplete="current-password" required error={form.errorOf('currentPassword')} />
        <TextField label={settings.newPassword} name="password" type="password" autoComplete="new-password" required error={form.errorOf('password')} />
        <Button type="submit" disabled={form.busy}>
          {settings.changePassword}
        </Button>
      </form>
    </section>
  )
}

function Look() {
  const { settings, shell } = words
  const themes: [Theme, string][] = [
    ['light', shell.themeLight],
    ['dark', shell.themeDark],
    ['system', shell.themeSystem],
  ]
  const densities: [Density, string][] = [
    ['comfortable', settings.comfortable],
    ['compact', settings.compact],
  ]
  return (
    <section className={styles.section}>
      <h2>{settings.look}</h2>
      <p className="muted">{settings.lookText}</p>
      <Segmented label={shell.theme} value={useStore(theme)} choices={themes.map(([value, label]) => ({ value, label }))} onChoose={theme.set} />
      <Segmented label={settings.density} value={useStore(density)} choices={densities.map(([value, label]) => ({ value, label }))} onChoose={density.set} />
      <Checkbox checked={useStore(singleKeys)} onChange={singleKeys.set} label={settings.singleKeys} />
    </section>
  )
}
