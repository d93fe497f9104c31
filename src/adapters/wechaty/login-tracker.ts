import type { LoginState, LoginStatus } from '../../model/login.js'

export type LoginEvent =
  /** There is a QR code to scan; a new one replaces the old. */
  | { readonly kind: 'code'; readonly qrText: string }
  | { readonly kind: 'login' }
  /** Nothing is heard, but the session may still be good. */
  | { readonly kind: 'trouble' }
  /** Something is heard again. */
  | { readonly kind: 'recovered' }
  /** WeChat says that the session has ended. */
  | { readonly kind: 'refused' }

/** How a run of the bot begins, by what is known of earlier ones. */
export function firstLoginState({
  hasSession,
  refusedSinceMs,
  nowMs,
}: {
  readonly hasSession: boolean
  readonly refusedSinceMs: number | undefined
  readonly nowMs: number
}): LoginState {
  if (hasSession) return { status: 'reconnecting', sinceMs: nowMs }
  if (refusedSinceMs !== undefined) return { status: 'kicked', sinceMs: refusedSinceMs }
  return { status: 'starting', sinceMs: nowMs }
}

/**
 * What an event makes of a state.
 *
 * @returns the same object when nothing changes; `sinceMs` moves only with the status
 */
export function nextLoginState(state: LoginState, event: LoginEvent, nowMs: number): LoginState {
  switch (event.kind) {
    case 'login':
      return become(state, 'logged-in', nowMs)
    case 'recovered':
      return state.status === 'reconnecting' ? become(state, 'logged-in', nowMs) : state
    case 'trouble':
      return state.status === 'logged-in' ? become(state, 'reconnecting', nowMs) : state
    case 'refused':
      return become(state, 'kicked', nowMs)
    case 'code': {
      if (state.qrText === event.qrText) return state
      // After a kick the code is only the way back: people want to know of the kick until it is mended.
      const status = state.status === 'kicked' ? 'kicked' : 'waiting-scan'
      return { ...become(state, status, nowMs), qrText: event.qrText }
    }
  }
}

function become(state: LoginState, status: LoginStatus, nowMs: number): LoginState {
  if (state.status === status) return state
  return { status, sinceMs: nowMs }
}
