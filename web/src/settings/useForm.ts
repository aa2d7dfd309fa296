import { type SubmitEvent, useState } from 'react'
import { Problem } from '../api/client'
import { tellRefusal } from '../ui/toast'
import { words } from '../words'

/** The state of a form that the server checks: what it refused, and whether an answer is awaited. */
export function useForm(send: (form: FormData) => Promise<void>) {
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    setBusy(true)
    setProblem(undefined)
    try {
      await send(new FormData(form))
    } catch (error) {
      if (error instanceof Problem && (error.body.errors?.length ?? 0) > 0) setProblem(error)
      else tellRefusal(words.common.notSaved, error)
    } finally {
      setBusy(false)
    }
  }
  return { busy, submit: (event: SubmitEvent<HTMLFormElement>) => void submit(event), errorOf: (field: string) => problem?.messageFor(field) }
}

/** A field of a form as text; null if nothing was typed. */
export function readText(form: FormData, name: string): string | null {
  const value = form.get(name)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}
