import { ArrowLeftRight, Globe, Mail, Phone } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AnyRecord } from '../api/types'
import { type KindSpec, textOf } from '../kinds'
import { runCommand } from '../state/commands'
import { Avatar } from '../ui/Avatar'
import { Button, buttonClass } from '../ui/Button'
import { words } from '../words'
import { ConvertedLinks } from './ConvertedLinks'
import { phoneAddress, webAddress } from './FieldLink'
import styles from './RecordPanel.module.css'

/** Whose record it is, and what one does with it most. */
export function RecordHead({ kind, record }: { kind: KindSpec; record: AnyRecord }) {
  const name = kind.titleOf(record)
  const subtitle = kind.subtitleOf(record)
  return (
    <>
      <div className={styles.head}>
        <Avatar name={name} size="large" />
        <div className={styles.names}>
          <h2>{name}</h2>
          {subtitle !== '' && subtitle !== name && <p className="muted">{subtitle}</p>}
        </div>
      </div>
      {isConverted(record) ? <ConvertedLinks record={record} /> : <Actions kind={kind} record={record} />}
    </>
  )
}

function Actions({ kind, record }: { kind: KindSpec; record: AnyRecord }) {
  const [email, phone, website] = ['email', 'phone', 'website'].map((field) => textOf(record, field))
  const canConvert = kind.plural === 'leads'
  if (!canConvert && !email && !phone && !website) return null
  return (
    <div className={styles.actions}>
      {canConvert && (
        <Button look="primary" keys="c" onClick={() => runCommand('record.convert')}>
          <ArrowLeftRight aria-hidden />
          {words.record.convert}
        </Button>
      )}
      {email && <ActionLink href={`mailto:${email}`} icon={<Mail aria-hidden />} label={words.record.mail} />}
      {phone && <ActionLink href={phoneAddress(phone)} icon={<Phone aria-hidden />} label={words.record.call} />}
      {website && <ActionLink href={webAddress(website)} icon={<Globe aria-hidden />} label={words.record.site} newTab />}
    </div>
  )
}

function ActionLink({ href, icon, label, newTab = false }: { href: string; icon: ReactNode; label: string; newTab?: boolean }) {
  return (
    <a className={buttonClass()} href={href} target={newTab ? '_blank' : undefined} rel={newTab ? 'noreferrer' : undefined}>
      {icon}
      {label}
    </a>
  )
}

function isConverted(record: AnyRecord): boolean {
  return typeof record.convertedAt === 'string'
}
