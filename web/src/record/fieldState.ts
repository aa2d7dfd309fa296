import type { Draft } from './drafts'

/** What happens with one field. Reading is the state of a field that is not named. */
export type FieldState =
  | { readonly at: 'reading'; readonly focus: boolean }
  | ({ readonly at: 'editing' } & Typed)
  | ({ readonly at: 'saving'; readonly focus: boolean } & Typed)
  | ({ readonly at: 'refused'; readonly message: string } & Typed)

interface Typed {
  readonly draft: Draft
  /** What the field had when the person began to edit it. */
  readonly base: Draft
}

export type FieldEvent =
  | { readonly type: 'edit'; readonly draft: Draft }
  | { readonly type: 'change'; readonly draft: Draft }
  /** `focus` says whether the field keeps the focus afterwards: after a key, not after leaving. */
  | { readonly type: 'giveUp'; readonly focus: boolean }
  | { readonly type: 'save'; readonly focus: boolean }
  | { readonly type: 'saved' }
  | { readonly type: 'refuse'; readonly message: string }

export const READING: FieldState = { at: 'reading', focus: false }

/** The state of a field after an event. An event that the state does not know changes nothing. */
export function reduceField(state: FieldState, event: FieldEvent): FieldState {
  switch (event.type) {
    case 'edit':
      return isOpen(state) ? state : { at: 'editing', draft: event.draft, base: event.draft }
    case 'change':
      return isOpen(state) ? { ...state, draft: event.draft } : state
    case 'giveUp':
      return isOpen(state) ? { at: 'reading', focus: event.focus } : state
    case 'save':
      return isOpen(state) ? { at: 'saving', draft: state.draft, base: state.base, focus: event.focus } : state
    case 'saved':
      return state.at === 'saving' ? { at: 'reading', focus: state.focus } : state
    case 'refuse':
      return refuse(state, event.message)
  }
}

/** True while the field shows its editor. */
export function isOpen(state: FieldState): state is Extract<FieldState, { at: 'editing' | 'refused' }> {
  return state.at === 'editing' || state.at === 'refused'
}

/** Brings back what was typed. If the person edits the field again already, the newer text stays. */
function refuse(state: FieldState, message: string): FieldState {
  if (state.at === 'reading') return state
  return { at: 'refused', draft: state.draft, base: state.base, message }
}
