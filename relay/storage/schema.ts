/**
 * The relay's tables, one entry a version; a database is brought up to date by running the entries it lacks. An entry that was
 * released is never edited. Times in `_ms` are milliseconds since 1970, others Unix seconds; multihashes and CIDs are their bytes.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- Signing in
  CREATE TABLE tokens (
    hash BLOB PRIMARY KEY, account TEXT NOT NULL, created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tokens_by_account ON tokens (account, created_ms);
  CREATE INDEX tokens_by_expiry ON tokens (expires_ms);

  -- Blocks. A row is written before its file and removed after it, so that no file is without a row.
  CREATE TABLE blocks (
    multihash BLOB PRIMARY KEY, bytes INTEGER NOT NULL, stored INTEGER NOT NULL, touched_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX blocks_by_touch ON blocks (touched_ms);

  -- Which account has itself delivered which block: what its quota counts, and what it may pin.
  -- fresh_until_ms: how long the block is kept for a pin to come; 0 once a pin keeps it.
  CREATE TABLE claims (
    account TEXT NOT NULL, multihash BLOB NOT NULL, bytes INTEGER NOT NULL, fresh_until_ms INTEGER NOT NULL,
    PRIMARY KEY (account, multihash)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX claims_by_block ON claims (multihash);
  CREATE INDEX claims_by_freshness ON claims (fresh_until_ms) WHERE fresh_until_ms > 0;
  CREATE TABLE usage (account TEXT PRIMARY KEY, bytes INTEGER NOT NULL CHECK (bytes >= 0)) STRICT, WITHOUT ROWID;
  CREATE TABLE vouchers (
    account TEXT NOT NULL, organization TEXT NOT NULL, patient_mark BLOB NOT NULL, deadline INTEGER NOT NULL,
    PRIMARY KEY (account, organization, patient_mark)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX vouchers_by_patient ON vouchers (organization, patient_mark);

  -- Pins. A replaced pin stays, hidden, and keeps its blocks until its successor has settled.
  CREATE TABLE pins (
    requestid TEXT PRIMARY KEY, account TEXT NOT NULL, cid TEXT NOT NULL, root BLOB NOT NULL, name TEXT,
    origins TEXT NOT NULL, meta TEXT NOT NULL, status TEXT NOT NULL, detail TEXT, created_ms INTEGER NOT NULL,
    settle_by_ms INTEGER NOT NULL, missing BLOB, replaces TEXT, hidden INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX pins_by_account ON pins (account, created_ms);
  CREATE INDEX pins_by_root ON pins (account, root);
  CREATE INDEX pins_waiting ON pins (status, settle_by_ms) WHERE status IN ('queued', 'pinning');
  CREATE TABLE pin_blocks (
    requestid TEXT NOT NULL, ordinal INTEGER NOT NULL, cid BLOB NOT NULL, multihash BLOB NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (requestid, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX pin_blocks_by_block ON pin_blocks (multihash, requestid);

  -- Staging
  CREATE TABLE staging (
    id TEXT PRIMARY KEY, cid TEXT NOT NULL, taker TEXT NOT NULL, uploader TEXT NOT NULL, organization TEXT NOT NULL,
    bytes INTEGER NOT NULL, ready INTEGER NOT NULL, expires_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX staging_by_taker ON staging (taker, cid);
  CREATE INDEX staging_by_uploader ON staging (uploader, cid);
  CREATE INDEX staging_by_organization ON staging (organization);
  CREATE INDEX staging_by_expiry ON staging (expires_ms);
  CREATE TABLE staging_blocks (
    staging_id TEXT NOT NULL, ordinal INTEGER NOT NULL, cid BLOB NOT NULL, multihash BLOB NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (staging_id, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX staging_blocks_by_block ON staging_blocks (multihash);

  -- Gateway. A closed mapping opens nothing but still lets a refusal name its reason.
  CREATE TABLE mappings (
    grant_id TEXT NOT NULL, owner TEXT NOT NULL, patient TEXT NOT NULL, grantee TEXT NOT NULL,
    not_before INTEGER NOT NULL, not_after INTEGER NOT NULL, created_ms INTEGER NOT NULL, closed INTEGER NOT NULL,
    PRIMARY KEY (grant_id, owner)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mappings_by_owner ON mappings (owner);
  CREATE TABLE mapping_roots (
    grant_id TEXT NOT NULL, owner TEXT NOT NULL, root BLOB NOT NULL, PRIMARY KEY (grant_id, owner, root)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE receipts (
    seq INTEGER PRIMARY KEY, owner TEXT NOT NULL, grant_id TEXT NOT NULL, cid TEXT NOT NULL, organization TEXT NOT NULL,
    bytes INTEGER NOT NULL, at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX receipts_by_owner ON receipts (owner, seq);

  CREATE TABLE inbox (
    id TEXT PRIMARY KEY, recipient TEXT NOT NULL, sender TEXT NOT NULL, received_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL, sealed BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX inbox_by_recipient ON inbox (recipient, received_ms);
  CREATE INDEX inbox_by_expiry ON inbox (expires_ms);

  -- sequence: decimal, padded to 20 digits, since an IPNS sequence is a uint64.
  CREATE TABLE names (
    name BLOB PRIMARY KEY, sequence TEXT NOT NULL, valid_until_ms INTEGER NOT NULL, record BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX names_by_validity ON names (valid_until_ms);

  CREATE TABLE peers (
    account TEXT NOT NULL, peer_id TEXT NOT NULL, expires_ms INTEGER NOT NULL, PRIMARY KEY (account, peer_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX peers_by_peer ON peers (peer_id);
  CREATE INDEX peers_by_expiry ON peers (expires_ms);

  -- Sponsor. An act has one transaction, one nonce and one raw form for ever; the raw form is kept before it is sent.
  CREATE TABLE acts (
    digest TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL, organization TEXT NOT NULL, target TEXT NOT NULL,
    data TEXT NOT NULL, status TEXT NOT NULL, nonce INTEGER, raw TEXT, transaction_hash TEXT, block_number INTEGER,
    reason TEXT, created_ms INTEGER NOT NULL, sent_ms INTEGER,
    PRIMARY KEY (digest, subject)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX acts_open ON acts (status, created_ms) WHERE status IN ('queued', 'submitted');
  CREATE TABLE spending (
    day INTEGER NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL, acts INTEGER NOT NULL, PRIMARY KEY (day, who, kind)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE INDEX acts_failed ON acts (created_ms) WHERE status = 'failed';
  -- The ledger says when a grant is live; nobody asked these.
  ALTER TABLE mappings DROP COLUMN not_before;
  ALTER TABLE mappings DROP COLUMN not_after;
  `,
  `
  -- Together with its number: whether the block that had an act is still the ledger's.
  ALTER TABLE acts ADD COLUMN block_hash TEXT;
  CREATE INDEX acts_mined ON acts (nonce) WHERE status = 'mined';
  `,
  `
  -- Where an emergency summary lies and who holds its key, under the hash that the patient's policy on the ledger names.
  CREATE TABLE emergencies (
    patient TEXT NOT NULL, holders TEXT NOT NULL, owner TEXT NOT NULL, directory TEXT NOT NULL, created_ms INTEGER NOT NULL,
    PRIMARY KEY (patient, holders, owner)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX emergencies_by_owner ON emergencies (owner, created_ms);
  `,
  `
  -- Batches of grants or anchors. A batch's own act has the root as its digest; its members' status follows from it. A row without a root
  -- waits for its batch; one with a root is kept for good, since the ledger alone does not show what lies under it.
  -- batch_only: the act cannot come to the ledger by itself.
  CREATE TABLE batch_items (
    digest TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL, leaf TEXT NOT NULL, deadline INTEGER NOT NULL,
    ripe_ms INTEGER NOT NULL, batch_only INTEGER NOT NULL, root TEXT, proof TEXT,
    PRIMARY KEY (digest, subject)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX batch_items_waiting ON batch_items (ripe_ms) WHERE root IS NULL;
  CREATE INDEX batch_items_by_root ON batch_items (root);
  -- A transaction that stuck is replaced by one with the same nonce that pays more. Any of them may be mined.
  -- former: the hashes of those before, as a JSON list. bid_ms: when this one was signed.
  ALTER TABLE acts ADD COLUMN former TEXT;
  ALTER TABLE acts ADD COLUMN bid_ms INTEGER;
  -- Of a grant that came in a batch: all of it with its signature and proof, as JSON.
  ALTER TABLE mappings ADD COLUMN proven TEXT;
  `,
  `
  -- Several relays over one database
  CREATE TABLE used_nonces (nonce TEXT PRIMARY KEY, expires_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX used_nonces_by_expiry ON used_nonces (expires_ms);
  CREATE TABLE relays (
    peer_id TEXT PRIMARY KEY, multiaddrs TEXT NOT NULL, seen_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- At which of them a peer has reserved; null: at none.
  ALTER TABLE peers ADD COLUMN relay TEXT;
  `,
  `
  -- What a token may be used for, and by what it is listed and ended. Those from before were good for an hour.
  DELETE FROM tokens;
  ALTER TABLE tokens ADD COLUMN id TEXT NOT NULL DEFAULT '';
  ALTER TABLE tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE tokens ADD COLUMN label TEXT NOT NULL DEFAULT '';
  `,
  `
  -- Who asked inside the organization, by whose accreditation the grant stands and falls.
  ALTER TABLE mappings ADD COLUMN practitioner TEXT;
  `,
  `
  -- Pins at another service, once for each root that is pinned here. status: waiting, asked, pinned, leaving.
  CREATE TABLE replicas (
    root BLOB PRIMARY KEY, cid TEXT NOT NULL, requestid TEXT, status TEXT NOT NULL, tries INTEGER NOT NULL,
    next_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX replicas_due ON replicas (next_ms);
  `,
]
