/** What colleagues may order about tickets. `null` numbers and empty texts are told how it is meant. */
export type StaffCommand =
  | { readonly kind: 'list-tickets' }
  | { readonly kind: 'show-ticket'; readonly number: number }
  | { readonly kind: 'claim-ticket'; readonly number: number | null }
  | { readonly kind: 'pass-ticket'; readonly number: number | null; readonly to: string }
  | { readonly kind: 'reply-ticket'; readonly number: number | null; readonly text: string }
  | { readonly kind: 'note-ticket'; readonly number: number | null; readonly text: string }
  | { readonly kind: 'close-ticket'; readonly number: number | null; readonly note: string }
  | { readonly kind: 'return-ticket'; readonly number: number | null }
  | { readonly kind: 'show-duty' }
  | { readonly kind: 'start-duty' }
  | { readonly kind: 'end-duty' }

/** What staff and admins may order in the chat. */
export type Command = { readonly kind: 'reload' } | StaffCommand
