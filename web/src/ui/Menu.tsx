import { Menu as BaseMenu } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { Keys } from './Keys'
import styles from './Popup.module.css'

export interface MenuAction {
  label: string
  icon?: ReactNode
  keys?: string
  disabled?: boolean
  run: () => void
}

/** A menu of actions. 'separator' draws a line. */
export function ActionMenu({ label, trigger, actions }: { label: string; trigger: ReactElement; actions: readonly (MenuAction | 'separator')[] }) {
  return (
    <MenuFrame label={label} trigger={trigger}>
      {actions.map((action, at) =>
        action === 'separator' ? (
          <BaseMenu.Separator key={at} className={styles.separator} />
        ) : (
          <BaseMenu.Item key={at} className={styles.item} disabled={action.disabled} onClick={action.run}>
            {action.icon}
            {action.label}
            {action.keys !== undefined && (
              <span className={styles.end}>
                <Keys keys={action.keys} />
              </span>
            )}
          </BaseMenu.Item>
        ),
      )}
    </MenuFrame>
  )
}

export interface Choice {
  value: string
  label: string
  icon?: ReactNode
}

interface ChoiceMenuProps {
  label: string
  trigger: ReactElement
  value: string
  choices: readonly Choice[]
  onChoose: (value: string) => void
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** A menu to choose one value. The chosen one has a check. Typing a letter goes to the choice that begins with it. */
export function ChoiceMenu({ label, trigger, value, choices, onChoose, open, onOpenChange }: ChoiceMenuProps) {
  return (
    <MenuFrame label={label} trigger={trigger} open={open} onOpenChange={onOpenChange}>
      <BaseMenu.RadioGroup value={value} onValueChange={onChoose}>
        {choices.map((choice) => (
          <BaseMenu.RadioItem key={choice.value} value={choice.value} className={styles.item} closeOnClick>
            {choice.icon}
            <span className="ellipsis">{choice.label}</span>
            <span className={styles.end}>{choice.value === value && <Check aria-hidden />}</span>
          </BaseMenu.RadioItem>
        ))}
      </BaseMenu.RadioGroup>
    </MenuFrame>
  )
}

interface MenuFrameProps {
  label: string
  trigger: ReactElement
  children: ReactNode
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

function MenuFrame({ label, trigger, children, open, onOpenChange }: MenuFrameProps) {
  return (
    <BaseMenu.Root open={open} onOpenChange={onOpenChange}>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={5} align="start" className={styles.place}>
          <BaseMenu.Popup className={styles.popup} aria-label={label}>
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  )
}
