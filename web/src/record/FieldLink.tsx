import { useQuery } from '@tanstack/react-query'
import { recordOptions } from '../api/records'
import type { AnyRecord, Plural } from '../api/types'
import { type FieldSpec, kindsByPlural, textOf } from '../kinds'
import { RecordLink } from './RecordLink'

interface Props {
  record: AnyRecord
  spec: FieldSpec
}

/** True if the value leads somewhere: a mail program, a phone, a site, another record. */
export function isLinked({ record, spec }: Props): boolean {
  return textOf(record, spec.name) !== '' && ['email', 'phone', 'web', 'reference'].includes(spec.type)
}

/** A value as the link that it is. */
export function FieldLink({ record, spec }: Props) {
  const value = textOf(record, spec.name)
  switch (spec.type) {
    case 'email':
      return <a href={`mailto:${value}`}>{value}</a>
    case 'phone':
      return <a href={phoneAddress(value)}>{value}</a>
    case 'web':
      return (
        <a href={webAddress(value)} target="_blank" rel="noreferrer">
          {value}
        </a>
      )
    default:
      return <ReferenceLink record={record} spec={spec} />
  }
}

/** The address that calls a phone number. */
export function phoneAddress(number: string): string {
  return `tel:${number.replaceAll(/[^+\d]/g, '')}`
}

function ReferenceLink({ record, spec }: Props) {
  const id = textOf(record, spec.name)
  if (spec.refersTo === undefined) return <>{id}</>
  const name = spec.nameField === undefined ? '' : textOf(record, spec.nameField)
  return name === '' ? <NamedLink plural={spec.refersTo} id={id} /> : <RecordLink plural={spec.refersTo} id={id}>{name}</RecordLink>
}

/** A link to a record whose name has to be asked for. */
export function NamedLink({ plural, id }: { plural: Plural; id: string }) {
  const { data } = useQuery(recordOptions(plural, id))
  const kind = kindsByPlural[plural]
  return (
    <RecordLink plural={plural} id={id}>
      {data === undefined ? kind.One : kind.titleOf(data.record)}
    </RecordLink>
  )
}

/** The address of a site. What is typed without a scheme is a name; a scheme that runs code is none for a link. */
export function webAddress(text: string): string {
  return /^https?:\/\//i.test(text) ? text : `https://${text.replace(/^[a-z][a-z\d+.-]*:(?!\d)\/*/i, '')}`
}
