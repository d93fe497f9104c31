/** What staff and admins may order in the chat. `none` arguments are told how it is meant. */
export type Command =
  | { readonly kind: 'reload' }
  | { readonly kind: 'list-tickets' }
  | { readonly kind: 'claim-ticket'; readonly number: number | null }
  | { readonly kind: 'close-ticket'; readonly number: number | null; readonly note: string }
