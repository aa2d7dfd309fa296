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
  /** The button that opens it; a menu that keys alone open has an anchor instead. */
  trigger?: ReactElement
  anchor?: MenuAnchor
  value: string
  choices: readonly Choice[]
  onChoose: (value: string) => void
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** A menu to choose one value. The chosen one has a check. Typing a letter goes to the choice that begins with it. */
export function ChoiceMenu({ label, trigger, anchor, value, choices, onChoose, open, onOpenChange }: ChoiceMenuProps) {
  return (
    <MenuFrame label={label} trigger={trigger} anchor={anchor} open={open} onOpenChange={onOpenChange}>
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

/** Where a menu without a button opens, and what has the focus when it is closed. */
export interface MenuAnchor {
  element: () => Element | null
  focus: () => HTMLElement | null
}

interface MenuFrameProps {
  label: string
  trigger?: ReactElement
  anchor?: MenuAnchor
  children: ReactNode
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

function MenuFrame({ label, trigger, anchor, children, open, onOpenChange }: MenuFrameProps) {
  return (
    <BaseMenu.Root open={open} onOpenChange={onOpenChange}>
      {trigger !== undefined && <BaseMenu.Trigger render={trigger} />}
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={5} align="start" className={styles.place} anchor={anchor?.element}>
          <BaseMenu.Popup className={styles.popup} aria-label={label} finalFocus={anchor?.focus}>
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  )
}
