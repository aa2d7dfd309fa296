import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { ask, Problem } from '../api/client'
import { Button } from '../ui/Button'
import { TextField } from '../ui/TextField'
import { words } from '../words'
import styles from './Login.module.css'

/** Signing in with e-mail address and password. The session is a cookie that scripts cannot read. */
export function Login() {
  const navigate = useNavigate()
  const cache = useQueryClient()
  const { to } = useSearch({ strict: false }) as { to?: string }
  const [refusal, setRefusal] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [waitSeconds, setWaitSeconds] = useState(0)
  const password = useRef<HTMLInputElement>(null)

  useEffect(() => {
    if (waitSeconds <= 0) return
    const timer = setTimeout(() => setWaitSeconds(waitSeconds - 1), 1000)
    return () => clearTimeout(timer)
  }, [waitSeconds])

  const signIn = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setRefusal(undefined)
    try {
      await ask('auth/session/', { method: 'POST', body: { email: form.get('email'), password: form.get('password') } })
      cache.clear()
      await navigate({ href: isOwnAddress(to) ? to : '/' })
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error))
      if (error instanceof Problem && error.status === 429) setWaitSeconds(error.retryAfterSeconds)
      setBusy(false)
      password.current?.select()
    }
  }

  const shown = waitSeconds > 0 ? `${refusal ?? ''} ${words.login.waitSeconds(waitSeconds)}` : refusal
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={(event) => void signIn(event)}>
        <img src="/icon.svg" width="44" height="44" alt="" />
        <h1>{words.login.title}</h1>
        <TextField label={words.login.email} name="email" type="email" autoComplete="username" required autoFocus />
        <TextField ref={password} label={words.login.password} name="password" type="password" autoComplete="current-password" required error={shown} />
        <Button look="primary" type="submit" disabled={busy || waitSeconds > 0}>
          {busy ? words.login.signingIn : words.login.signIn}
        </Button>
      </form>
    </main>
  )
}

/** True for an address of this app: a link must not lead a person who signs in to another site. */
export function isOwnAddress(to: string | undefined): to is string {
  return to !== undefined && to.startsWith('/') && !/^\/[/\\]/.test(to)
}
