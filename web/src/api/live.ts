import { createStore, useStore } from '../state/store'
import type { KindName } from './types'

export type Link = 'connecting' | 'live' | 'offline'

/** What an operation did to one record. */
export interface Touched {
  kind: KindName | string
  id: string
}
/** One operation of the log, as the stream tells it. */
export interface News {
  operationId: string
  seq: number
  touched: Touched[]
}
type Heard = { link: Link; cursor: string | null; news: News[] }

const LEASE_NAME = 'leadline.stream'
const LEASE_MS = 4000
const FIRST_RETRY_MS = 400
/** The server sends a comment after 15 quiet seconds. After three of them are missing, the connection is dead. */
const LONGEST_SILENCE_MS = 50_000
const LAST_RETRY_MS = 8000

const link = createStore<Link>('connecting')
export const useLink = () => useStore(link)
export const getLink = () => link.get()

/**
 * Follows the change stream until the answered function is called.
 *
 * One tab of the browser holds the stream and tells the others, since a browser has six connections to a host for all
 * its tabs. The tab has a lease in localStorage; a visible tab takes the lease over. `after` is the newest operation
 * that the page knows of.
 */
export function followChanges(after: number, tell: (news: News[]) => void, reconnected: () => void): () => void {
  const tab = Array.from(crypto.getRandomValues(new Uint32Array(2))).join('-')
  const channel = new BroadcastChannel('leadline.changes')
  let cursor: string | null = after > 0 ? String(after) : null
  let stream: AbortController | undefined

  const hear = (heard: Heard) => {
    cursor = heard.cursor ?? cursor
    const wasOffline = link.get() === 'offline'
    link.set(heard.link)
    if (heard.news.length > 0) tell(heard.news)
    if (wasOffline && heard.link === 'live') reconnected()
  }
  const open = () => {
    if (stream !== undefined) return
    stream = new AbortController()
    void readForever(() => cursor, stream.signal, (heard) => {
      hear(heard)
      channel.postMessage(heard)
    })
  }
  const close = () => {
    stream?.abort()
    stream = undefined
  }
  const renew = () => {
    const lease = readLease()
    if (lease.tab === tab) {
      takeLease(tab)
      open()
      return
    }
    close()
    if (lease.until > Date.now()) return
    takeLease(tab)
    setTimeout(() => readLease().tab === tab && open(), 60) // two tabs may take it at once: the last one has it
  }
  const takeOver = () => {
    if (document.visibilityState !== 'visible' || readLease().tab === tab) return
    takeLease(tab)
    channel.postMessage('renew')
    renew()
  }
  const leave = () => {
    if (readLease().tab === tab) localStorage.removeItem(LEASE_NAME)
    close()
    channel.postMessage('renew')
  }

  channel.onmessage = ({ data }: MessageEvent<Heard | 'renew' | 'ask'>) => {
    if (data === 'renew') renew()
    else if (data === 'ask') stream !== undefined && channel.postMessage({ link: link.get(), cursor, news: [] } satisfies Heard)
    else hear(data)
  }
  renew()
  channel.postMessage('ask')
  const timer = setInterval(renew, LEASE_MS / 2)
  document.addEventListener('visibilitychange', takeOver)
  window.addEventListener('pagehide', leave)
  window.addEventListener('pageshow', renew)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', takeOver)
    window.removeEventListener('pagehide', leave)
    window.removeEventListener('pageshow', renew)
    leave()
    channel.close()
  }
}

function readLease(): { tab: string; until: number } {
  const [tab = '', until = '0'] = (localStorage.getItem(LEASE_NAME) ?? '').split(' ')
  return { tab, until: Number(until) }
}

function takeLease(tab: string): void {
  localStorage.setItem(LEASE_NAME, `${tab} ${Date.now() + LEASE_MS}`)
}

async function readForever(cursor: () => string | null, signal: AbortSignal, hear: (heard: Heard) => void): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const attempt = new AbortController()
    const giveUp = () => attempt.abort()
    window.addEventListener('offline', giveUp)
    try {
      await readStream(cursor(), attempt, AbortSignal.any([signal, attempt.signal]), (heard) => {
        failures = 0
        hear(heard)
      })
    } catch {
      // the server is away, or a proxy cut the stream
    }
    window.removeEventListener('offline', giveUp)
    if (signal.aborted) return
    failures += 1
    if (failures > 1) hear({ link: 'offline', cursor: null, news: [] })
    await new Promise((resolve) => setTimeout(resolve, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1))))
  }
}

/** Reads one stream of server-sent events to its end, and gives it up if even the server's comments stay away. */
async function readStream(cursor: string | null, attempt: AbortController, signal: AbortSignal, hear: (heard: Heard) => void): Promise<void> {
  const response = await fetch(`/api/changes/stream/${cursor === null ? '' : `?after=${cursor}`}`, { signal })
  if (!response.ok || response.body === null) throw new Error(`The stream was refused: ${response.status}.`)
  hear({ link: 'live', cursor: null, news: [] })
  let rest = ''
  let silence: ReturnType<typeof setTimeout> | undefined
  for await (const text of readTexts(response.body)) {
    clearTimeout(silence)
    silence = setTimeout(() => attempt.abort(), LONGEST_SILENCE_MS)
    const events = (rest + text).split('\n\n')
    rest = events.pop() ?? ''
    const parsed = events.map(parseEvent)
    const newest = parsed.findLast((event) => event.id !== null)?.id ?? null
    const news = parsed.flatMap((event) => (event.data === '' ? [] : [readNews(event.data)]))
    if (newest !== null || news.length > 0) hear({ link: 'live', cursor: newest, news })
  }
}

async function* readTexts(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    yield decoder.decode(value, { stream: true })
  }
}

/** Reads one event (https://html.spec.whatwg.org/multipage/server-sent-events.html). Comments have neither id nor data. */
export function parseEvent(text: string): { id: string | null; data: string } {
  let id: string | null = null
  const data: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('id:')) id = line.slice(3).trim()
    else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
  }
  return { id, data: data.join('\n') }
}

function readNews(data: string): News {
  const operation = JSON.parse(data) as { id: string; seq: number; changes: Touched[] }
  return { operationId: operation.id, seq: operation.seq, touched: operation.changes.map(({ kind, id }) => ({ kind, id })) }
}
