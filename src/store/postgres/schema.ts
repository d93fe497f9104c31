import type { ClientBase } from 'pg'
import { SharedDeskError } from '../../errors.js'

/**
 * The schema as numbered steps, oldest first. A step that was ever released is never changed: what comes later is a
 * step of its own.
 *
 * Every change of a shared row is told on the channel `guoshen` as `table key version`, by triggers, so that a row that
 * somebody mends by hand is told as well.
 */
const MIGRATIONS: readonly string[] = [
  `
  create table guoshen.accounts (
    id serial primary key,
    name text not null unique,
    channel text not null,
    -- Staff can be told by this account: it has a staff group, or somebody to write to.
    has_staff boolean not null default false,
    release integer,
    seen_at timestamptz not null default now()
  );

  create sequence guoshen.ticket_numbers as integer maxvalue 999999;
  create table guoshen.tickets (
    number integer primary key,
    version integer not null,
    account text not null,
    place_key text not null,
    asker_key text not null,
    status text not null,
    opened_at_ms bigint not null,
    archived boolean not null default false,
    body jsonb not null
  );
  create index tickets_live on guoshen.tickets (number) where not archived;
  create index tickets_archive on guoshen.tickets (account, opened_at_ms) where archived;

  create table guoshen.notices (
    number bigserial primary key,
    -- Which account says it.
    account text not null,
    text text not null,
    ticket integer,
    -- Given by whoever adds it, so that the same notice is never added twice.
    once text not null unique,
    at timestamptz not null default now(),
    said_at timestamptz
  );
  create index notices_waiting on guoshen.notices (account, number) where said_at is null;
  create table guoshen.notice_pictures (
    notice bigint not null references guoshen.notices on delete cascade,
    place integer not null,
    file_name text not null,
    bytes bytea not null,
    primary key (notice, place)
  );

  create table guoshen.relays (
    id bigserial primary key,
    -- Which account says it, and which one has handed it over.
    account text not null,
    from_account text not null,
    ticket integer not null,
    text text not null,
    -- Given by whoever hands it over, so that it is never handed over twice.
    once text not null unique,
    is_reply boolean not null,
    deadline_ms bigint not null,
    state text not null default 'waiting' check (state in ('waiting', 'sending', 'said', 'not-said', 'perhaps')),
    -- Which run of the account's process has begun to say it.
    run text,
    changed_at timestamptz not null default now()
  );
  create index relays_open on guoshen.relays (account, id) where state in ('waiting', 'sending');

  create table guoshen.documents (
    name text primary key,
    version integer not null,
    body jsonb not null
  );
  create table guoshen.figures (
    account text not null,
    day integer not null,
    body jsonb not null,
    primary key (account, day)
  );
  create table guoshen.audit (
    id bigserial primary key,
    account text not null,
    at_ms bigint not null,
    body jsonb not null
  );
  create index audit_newest on guoshen.audit (at_ms desc, id desc);

  create table guoshen.releases (
    number integer primary key,
    record jsonb not null,
    files jsonb not null,
    report text not null
  );
  create table guoshen.release_in_use (
    only_one boolean primary key default true check (only_one),
    number integer not null,
    pinned boolean not null,
    version integer not null
  );

  create function guoshen.tell_change() returns trigger language plpgsql as $$
  declare
    row_now record := coalesce(new, old);
    key text;
    version text := '0';
  begin
    case tg_table_name
      when 'tickets' then key := row_now.number; version := row_now.version;
      -- Of no interest to those whose own it is not, unless its account can't tell staff.
      when 'notices' then
        key := row_now.account;
        select case when has_staff then '0' else '1' end into version
          from guoshen.accounts where name = row_now.account;
      when 'relays' then key := case tg_op when 'INSERT' then row_now.account else '#' || row_now.id end;
      when 'documents' then key := row_now.name; version := row_now.version;
      when 'figures' then key := row_now.account;
      when 'accounts' then key := row_now.name;
      else key := row_now.number; version := row_now.version;
    end case;
    perform pg_notify('guoshen', tg_table_name || ' ' || key || ' ' || coalesce(version, '0'));
    return null;
  end $$;
  create trigger tell_change after insert or update or delete on guoshen.tickets
    for each row execute function guoshen.tell_change();
  create trigger tell_change after insert or update of account, said_at on guoshen.notices
    for each row execute function guoshen.tell_change();
  create trigger tell_change after insert or update on guoshen.relays
    for each row execute function guoshen.tell_change();
  create trigger tell_change after insert or update on guoshen.documents
    for each row execute function guoshen.tell_change();
  create trigger tell_change after insert or update on guoshen.figures
    for each row execute function guoshen.tell_change();
  create trigger tell_change after insert or update of release, has_staff on guoshen.accounts
    for each row execute function guoshen.tell_change();
  create trigger tell_change after insert or update on guoshen.release_in_use
    for each row execute function guoshen.tell_change();
  `,
  `
  create table guoshen.relay_pictures (
    relay bigint not null references guoshen.relays on delete cascade,
    place integer not null,
    file_name text not null,
    bytes bytea not null,
    primary key (relay, place)
  );
  `,
]

const SCHEMA_VERSION = MIGRATIONS.length

/** Any number that other programs in the same database are not likely to lock. */
const MIGRATION_LOCK = 740_603_119

/**
 * Brings the schema up to what this program knows. Of several processes that start at once, one does it and the others
 * wait.
 *
 * @returns how many steps were taken
 * @throws StoreError when a later program has written the schema, which this one would not understand
 */
export async function migrate(client: ClientBase): Promise<number> {
  const before = await versionOf(client)
  refuseNewer(before)
  if (before === SCHEMA_VERSION) return 0
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
  try {
    await client.query('create schema if not exists guoshen')
    await client.query(
      'create table if not exists guoshen.migrations (number integer primary key, at timestamptz not null default now())',
    )
    const from = await versionOf(client)
    refuseNewer(from)
    for (const [index, step] of MIGRATIONS.entries()) {
      if (index < from) continue
      await inTransaction(client, async () => {
        await client.query(step)
        await client.query('insert into guoshen.migrations (number) values ($1)', [index + 1])
      })
    }
    return SCHEMA_VERSION - from
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK])
  }
}

/** 0 where there is nothing of ours yet. */
async function versionOf(client: ClientBase): Promise<number> {
  const there = await client.query<{ found: string | null }>(`select to_regclass('guoshen.migrations') as found`)
  if (there.rows[0]?.found == null) return 0
  const { rows } = await client.query<{ number: number | null }>(
    'select max(number)::integer as number from guoshen.migrations',
  )
  return rows[0]?.number ?? 0
}

function refuseNewer(version: number): void {
  if (version <= SCHEMA_VERSION) return
  throw new SharedDeskError(
    `工单库是更新版本的程序建的（结构 ${version}，这个版本只认得 ${SCHEMA_VERSION}），已停止启动，库没有动过。请换回更新的程序再启动。`,
  )
}

/** All of it or nothing. */
export async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined) // the connection may be what has failed
    throw error
  }
}
