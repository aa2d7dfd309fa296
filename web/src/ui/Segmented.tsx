import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import type { ReactNode } from 'react'
import styles from './Segmented.module.css'

interface Props<T extends string> {
  label: string
  value: T
  choices: readonly { value: T; label: string; icon?: ReactNode }[]
  onChoose: (value: T) => void
}

/** A few choices side by side, one of which is on. */
export function Segmented<T extends string>({ label, value, choices, onChoose }: Props<T>) {
  return (
    <RadioGroup className={styles.group} aria-label={label} value={value} onValueChange={(chosen) => onChoose(chosen as T)}>
      {choices.map((choice) => (
        <Radio.Root key={choice.value} value={choice.value} className={styles.choice} aria-label={choice.label} nativeButton render={<button type="button" />}>
          {choice.icon}
          <span className={styles.label}>{choice.label}</span>
        </Radio.Root>
      ))}
    </RadioGroup>
  )
}
