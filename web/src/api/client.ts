import { formatQuery } from './query'
import type { ProblemBody } from './types'

/** An answer with what its headers say. `seq` is the newest operation that the answer knows of, 0 if it does not say. */
export interface Answer<T> {
  data: T
  etag: string
  seq: number
  operationId: string | null
}

/** A refusal by the server (RFC 9457). Its message is the server's `detail`, which says what to do. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly body: ProblemBody & Record<string, unknown>,
    readonly retryAfterSeconds: number,
  ) {
    super(body.detail)
  }

  get code(): string {
    return this.body.code
  }

  /** The message for one field, undefined if the field was not refused. */
  messageFor(field: string): string | undefined {
    return this.body.errors?.find((error) => error.field === field)?.message
  }
}

/** The server did not answer. */
export class Offline extends Error {
  constructor() {
    super('The server does not answer. Leadline tries again by itself.')
  }
}

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  query?: Readonly<Record<string, string | number | undefined>>
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Sends one request, with the session's cookie. Throws `Problem`, `Offline`, or an AbortError. */
export async function ask<T>(path: string, { method = 'GET', query = {}, body, headers = {}, signal }: Ask = {}): Promise<Answer<T>> {
  const response = await send(`/api/${path}${formatQuery(query)}`, {
    method,
    signal,
    headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  if (!response.ok) throw await readProblem(response)
  return {
    data: (response.status === 204 ? undefined : await response.json()) as T,
    etag: response.headers.get('ETag') ?? '',
    seq: Number(response.headers.get('Log-Seq') ?? 0),
    operationId: response.headers.get('Operation-Id'),
  }
}

/** Sends a write that is made once, even if it has to be sent again because the answer was lost. */
export async function write<T>(path: string, request: Ask): Promise<Answer<T>> {
  const headers = { ...request.headers, 'Idempotency-Key': makeKey() }
  try {
    return await ask<T>(path, { ...request, headers })
  } catch (error) {
    const waitMs = waitBeforeResend(error)
    if (waitMs === undefined) throw error
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    return ask<T>(path, { ...request, headers })
  }
}

let onSignedOut: () => void = () => {}

/** Sets what happens when the server no longer knows the session. */
export function setSignedOutHandler(handler: () => void): void {
  onSignedOut = handler
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Offline()
  }
}

async function readProblem(response: Response): Promise<Problem | Offline> {
  const retryAfter = Number(response.headers.get('Retry-After') ?? 0)
  let body: ProblemBody & Record<string, unknown>
  try {
    body = await response.json()
  } catch {
    return new Offline() // a proxy's page, not Leadline's answer
  }
  if (response.status === 401 && !response.url.includes('/api/auth/')) onSignedOut()
  return new Problem(response.status, body, retryAfter)
}

function waitBeforeResend(error: unknown): number | undefined {
  if (error instanceof Offline) return 700
  if (error instanceof Problem && error.status === 503) return Math.min(8, error.retryAfterSeconds || 1) * 1000
  return undefined
}

/** A random key. `crypto.randomUUID` is missing on plain HTTP. */
function makeKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
