import { Link, type LinkProps } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import styles from './Button.module.css'
import { Keys } from './Keys'

type Look = 'plain' | 'primary' | 'quiet' | 'danger'

interface Shape {
  look?: Look
  /** Keys that do the same, in the notation of tinykeys. */
  keys?: string
  /** True for a button that shows an icon alone; it needs an `aria-label`. */
  iconOnly?: boolean
  /** True for a button that shows that something is on. */
  pressed?: boolean
}

export function Button({ look = 'plain', keys, iconOnly, pressed, className, children, ...rest }: Shape & ComponentProps<'button'>) {
  return (
    <button type="button" {...rest} aria-pressed={pressed} className={buttonClass(look, iconOnly, className)}>
      {children}
      {keys !== undefined && <Keys keys={keys} />}
    </button>
  )
}

/** A link within the app that looks like a button. */
export function ButtonLink({ look = 'plain', iconOnly, className, children, ...rest }: Shape & LinkProps & { className?: string; children?: ReactNode; 'aria-label'?: string }) {
  return (
    <Link {...rest} className={buttonClass(look, iconOnly, className)}>
      {children}
    </Link>
  )
}

/** The class of what looks like a button. */
export function buttonClass(look: Look = 'plain', iconOnly = false, more = ''): string {
  return [styles.button, styles[look], iconOnly ? styles.icon : '', more].filter(Boolean).join(' ')
}
