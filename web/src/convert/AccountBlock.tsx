import { Building2 } from 'lucide-react'
import { textOf } from '../kinds'
import { RecordPicker } from '../record/RecordPicker'
import { Segmented } from '../ui/Segmented'
import { TextField } from '../ui/TextField'
import { words } from '../words'
import { Block, type BlockProps } from './Block'
import { Matches } from './Matches'

const { convert } = words

/** The account: a new one, one that exists, or none. */
export function AccountBlock({ plan, preview, onChange, errorOf }: BlockProps) {
  return (
    <Block
      icon={<Building2 />}
      title={words.kinds.account.One}
      choice={
        <Segmented
          label={convert.accountOf}
          value={plan.account}
          choices={[
            { value: 'new', label: convert.makeNew },
            { value: 'existing', label: convert.existing },
            { value: 'none', label: convert.noAccount },
          ]}
          onChoose={(account) => onChange({ account })}
        />
      }
    >
      {plan.account === 'new' && (
        <TextField label={convert.accountName} value={plan.accountName} error={errorOf('accountName')} onChange={(event) => onChange({ accountName: event.target.value })} />
      )}
      {plan.account === 'existing' && (
        <RecordPicker
          plural="accounts"
          label={convert.findAccount}
          showLabel={false}
          value={plan.accountId}
          valueName={plan.linkedAccountName}
          error={errorOf('accountId')}
          onChoose={(id, record) => onChange({ accountId: id, linkedAccountName: record === null ? '' : textOf(record, 'name') })}
        />
      )}
      <Matches
        matches={preview.accounts}
        chosenId={plan.account === 'existing' ? plan.accountId : null}
        onChoose={({ id, name }) => onChange({ account: 'existing', accountId: id, linkedAccountName: name })}
      />
    </Block>
  )
}
