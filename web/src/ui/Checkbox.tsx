import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox'
import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import styles from './Checkbox.module.css'

interface Props {
  checked: boolean
  /** True if some of what it stands for is checked. */
  mixed?: boolean
  onChange: (checked: boolean) => void
  label: ReactNode
}

export function Checkbox({ checked, mixed = false, onChange, label }: Props) {
  return (
    <label className={styles.label}>
      <BaseCheckbox.Root checked={checked} indeterminate={mixed} onCheckedChange={onChange} className={styles.box}>
        <BaseCheckbox.Indicator className={styles.mark}>{mixed ? <Minus aria-hidden /> : <Check aria-hidden />}</BaseCheckbox.Indicator>
      </BaseCheckbox.Root>
      {label}
    </label>
  )
}
