import { Target } from 'lucide-react'
import { usePeople } from '../api/records'
import { kindsByPlural } from '../kinds'
import { Checkbox } from '../ui/Checkbox'
import { SelectField, TextField } from '../ui/TextField'
import { words } from '../words'
import { Block, type BlockProps } from './Block'
import styles from './Convert.module.css'
import { nameOpportunity, type Plan } from './plan'

const { convert, fields } = words

/** The opportunity, if one is to be made. */
export function OpportunityBlock({ plan, preview, personName, onChange, errorOf }: BlockProps & { personName: string }) {
  const toggle = <Checkbox label={convert.withOpportunity} checked={plan.makesOpportunity} onChange={(makesOpportunity) => onChange({ makesOpportunity })} />
  const bind = (field: keyof Plan & `opportunity${string}`, label: string) => ({
    label,
    value: plan[field],
    error: errorOf(field),
    onChange: (event: { target: { value: string } }) => onChange({ [field]: event.target.value }),
  })
  return (
    <Block icon={<Target />} title={toggle}>
      {plan.makesOpportunity && (
        <div className={styles.fields}>
          <div className={styles.field} data-wide>
            <TextField {...bind('opportunityName', fields.name)} placeholder={nameOpportunity(plan, personName)} />
          </div>
          <div className={styles.field}>
            <TextField {...bind('opportunityValue', fields.value)} inputMode="decimal" />
          </div>
          <div className={styles.field}>
            <SelectField {...bind('opportunityStage', fields.stage)}>
              <StageOptions />
            </SelectField>
          </div>
          <div className={styles.field}>
            <TextField {...bind('opportunityCloseDate', fields.closeDate)} type="date" />
          </div>
          <div className={styles.field}>
            <SelectField {...bind('opportunityAssignedTo', fields.assignedTo)}>
              <OwnerOptions leadHasOwner={preview.defaults.assignedTo !== null} />
            </SelectField>
          </div>
        </div>
      )}
    </Block>
  )
}

function StageOptions() {
  return kindsByPlural.opportunities.statuses.map((stage) => (
    <option key={stage.value} value={stage.value}>
      {stage.label}
    </option>
  ))
}

/** The people to choose from. Without a choice the opportunity has the lead's owner, so “Nobody” is there only if the lead has none. */
function OwnerOptions({ leadHasOwner }: { leadHasOwner: boolean }) {
  const people = [...usePeople().values()].filter((person) => person.active)
  return (
    <>
      {!leadHasOwner && <option value="">{words.common.nobody}</option>}
      {people.map((person) => (
        <option key={person.id} value={person.id}>
          {person.name ?? words.common.somebody}
        </option>
      ))}
    </>
  )
}
