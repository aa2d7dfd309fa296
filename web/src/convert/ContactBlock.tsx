import { UserRound } from 'lucide-react'
import { personName } from '../kinds'
import { RecordPicker } from '../record/RecordPicker'
import { Segmented } from '../ui/Segmented'
import { words } from '../words'
import { Block, type BlockProps } from './Block'
import styles from './Convert.module.css'
import { Matches } from './Matches'

const { convert } = words

/** The contact: a new one, or one that exists. */
export function ContactBlock({ plan, preview, email, onChange, errorOf }: BlockProps & { email: string }) {
  const matches = preview.contacts.map((contact) => ({ ...contact, name: contact.name ?? contact.email, detail: contact.email }))
  return (
    <Block
      icon={<UserRound />}
      title={words.kinds.contact.One}
      choice={
        <Segmented
          label={convert.contactOf}
          value={plan.linksContact ? 'existing' : 'new'}
          choices={[
            { value: 'new', label: convert.makeNew },
            { value: 'existing', label: convert.existing },
          ]}
          onChoose={(choice) => onChange({ linksContact: choice === 'existing' })}
        />
      }
    >
      {plan.linksContact ? (
        <RecordPicker
          plural="contacts"
          label={convert.findContact}
          showLabel={false}
          value={plan.contactId}
          valueName={plan.contactName}
          error={errorOf('contactId')}
          onChoose={(id, record) => onChange({ contactId: id, contactName: record === null ? '' : personName(record) })}
        />
      ) : (
        <p className={styles.plain}>
          {preview.defaults.contactName ?? email} <span className="faint">· {email}</span>
        </p>
      )}
      <Matches matches={matches} chosenId={plan.linksContact ? plan.contactId : null} onChoose={({ id, name }) => onChange({ linksContact: true, contactId: id, contactName: name })} />
    </Block>
  )
}
