/** What a signature, an address, or a `mailto:` link says of a person. */
export interface Signature {
  firstName?: string
  lastName?: string
  email?: string
  phone?: string
  company?: string
  title?: string
  website?: string
}

const EMAIL = /[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/u
const PHONE = /\+?\(?\d[\d\s().\/-]{5,}\d/
const WEBSITE = /\b(?:https?:\/\/|www\.)[^\s,;|]+/i
const COMPANY = /\b(?:Inc|LLC|Ltd|Limited|GmbH|AG|SE|KG|AB|A\/S|ApS|AS|Oy|BV|B\.V|NV|SA|SAS|SARL|S\.A|SpA|S\.r\.l|Srl|SL|PLC|Corp|Corporation|Company|Co|Group|Holding|Labs)\b\.?/
const TITLE = /\b(?:manager|director|head|chief|officer|president|founder|owner|engineer|developer|consultant|sales|marketing|buyer|lead|partner|assistant|analyst|C[EFOTM]O|VP)\b/i
const LABEL = /^(?:e-?mail|mail|phone|tel(?:efon|ephone)?|mobile|mob|cell|office|direct|web(?:site)?|[tmpew])\s*[.:]\s*/i
const GREETING = /^(?:--+|best|kind|warm|with|many|best wishes|regards|cheers|thanks|thank you|sincerely|yours|mit freundlichen|viele)\b|^-+$/i
const NAME = /^\p{Lu}[\p{L}'’.-]*(?:\s+[\p{L}'’.-]+){1,3}$/u
const SEPARATORS = /\s*[|·•]\s*|\s{3,}|\t/

/** Reads a pasted text. Undefined if the text is no more than a name or a word, which is pasted as it is. */
export function readSignature(text: string): Signature | undefined {
  const trimmed = text.trim()
  if (/^mailto:/i.test(trimmed)) return readMailto(trimmed)
  const email = EMAIL.exec(trimmed)?.[0]
  const lines = splitLines(trimmed)
  if (email === undefined && lines.length < 3) return undefined
  const found: Signature = { email, ...findName(lines, email) }
  for (const line of lines) readLine(found, line)
  return dropEmpty(found)
}

function readMailto(text: string): Signature | undefined {
  const [address = ''] = text.slice('mailto:'.length).split('?')
  return readSignature(decode(address))
}

function splitLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .flatMap((line) => line.split(SEPARATORS))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !GREETING.test(line))
}

function findName(lines: readonly string[], email: string | undefined): Signature {
  for (const line of lines) {
    const name = line.split(/[<(,]/)[0]?.replaceAll('"', '').trim() ?? ''
    if (NAME.test(name) && !COMPANY.test(name) && !TITLE.test(name)) return splitName(name)
  }
  return email === undefined ? {} : nameOfAddress(email)
}

function splitName(name: string): Signature {
  const [firstName = '', ...rest] = name.split(/\s+/)
  return { firstName, lastName: rest.join(' ') }
}

/** The names in an address such as `omar.moreau@`; none if it has another form. */
function nameOfAddress(email: string): Signature {
  const parts = /^(\p{L}{2,})\.(\p{L}{2,})@/u.exec(email)
  if (parts === null) return {}
  return { firstName: capitalize(parts[1] ?? ''), lastName: capitalize(parts[2] ?? '') }
}

function readLine(found: Signature, line: string): void {
  const said = line.replace(LABEL, '')
  const website = WEBSITE.exec(said)?.[0]
  if (website !== undefined) found.website ??= website
  if (website !== undefined || EMAIL.test(said)) return
  const phone = PHONE.exec(said)?.[0].trim()
  if (phone !== undefined) found.phone ??= phone
  if (phone !== undefined || isName(found, said)) return
  if (COMPANY.test(said)) found.company ??= afterComma(said)
  else if (TITLE.test(said)) found.title ??= said
}

function isName(found: Signature, text: string): boolean {
  return text === [found.firstName, found.lastName].filter(Boolean).join(' ')
}

/** The company of `Head of Sales, Ridge Education AB`. */
function afterComma(text: string): string {
  return text.split(/\s*,\s+/).findLast((part) => COMPANY.test(part) && part.includes(' ')) ?? text
}

function dropEmpty(found: Signature): Signature | undefined {
  const entries = Object.entries(found).filter(([, value]) => value !== undefined && value !== '')
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
