-- gallery.sqlite

CREATE TABLE access_requests (
    repo TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected')),
    fields TEXT NOT NULL,
    rejection_reason TEXT NOT NULL,
    is_by_hand INTEGER NOT NULL CHECK (is_by_hand IN (0, 1)),
    decided_by TEXT REFERENCES accounts (id),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, reminded_at INTEGER,
    PRIMARY KEY (repo, account)
) STRICT;

CREATE INDEX access_requests_by_account ON access_requests (account);

CREATE INDEX access_requests_by_decider ON access_requests (decided_by);

CREATE INDEX access_requests_by_state ON access_requests (repo, state, created_at);

CREATE INDEX access_requests_waiting ON access_requests (COALESCE(reminded_at, created_at))
WHERE state = 'pending';

CREATE TABLE access_tokens (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('personal', 'operator', 'device', 'iam')),
    hash BLOB NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('read', 'write', 'admin')),
    repo TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER
) STRICT;

CREATE INDEX access_tokens_account ON access_tokens (account, created_at);

CREATE INDEX access_tokens_expires_at ON access_tokens (expires_at);

CREATE TABLE account_downloads (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    repo TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (account, repo)
) STRICT;

CREATE INDEX account_downloads_by_repo ON account_downloads (repo);

CREATE INDEX account_downloads_by_time ON account_downloads (account, last_at, repo);

CREATE TABLE account_numbers (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL
) STRICT;

CREATE TABLE account_pictures (
    account TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    small BLOB NOT NULL,
    medium BLOB NOT NULL,
    large BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX account_pictures_name ON account_pictures (name);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'organization')),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    nickname TEXT NOT NULL,
    email TEXT NOT NULL,
    bio TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('user', 'reviewer', 'admin')),
    is_disabled INTEGER NOT NULL CHECK (is_disabled IN (0, 1)),
    is_private_by_default INTEGER NOT NULL CHECK (is_private_by_default IN (0, 1)),
    password_hash TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
, picture TEXT NOT NULL DEFAULT '', is_email_confirmed INTEGER NOT NULL DEFAULT 0
    CHECK (is_email_confirmed IN (0, 1)), is_real_name_verified INTEGER NOT NULL DEFAULT 0
    CHECK (is_real_name_verified IN (0, 1))) STRICT;

CREATE INDEX accounts_by_nickname ON accounts (lower(nickname));

CREATE INDEX accounts_email ON accounts (LOWER(email));

CREATE INDEX accounts_kind ON accounts (kind, name_key);

CREATE TABLE agreement_acceptances (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (account, kind, version),
    FOREIGN KEY (kind, version) REFERENCES agreements (kind, version)
) STRICT;

CREATE INDEX agreement_acceptances_in_order ON agreement_acceptances (kind, version, account);

CREATE TABLE agreement_ticks (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    occasion TEXT NOT NULL
        CHECK (occasion IN ('', 'onboarding', 'publishing', 'subscribing', 'applying')),
    repo TEXT REFERENCES repositories (id) ON DELETE SET NULL,
    at INTEGER NOT NULL,
    FOREIGN KEY (kind, version) REFERENCES agreements (kind, version)
) STRICT;

CREATE INDEX agreement_ticks_by_account ON agreement_ticks (account, at);

CREATE INDEX agreement_ticks_by_repo ON agreement_ticks (repo);

CREATE INDEX agreement_ticks_by_text ON agreement_ticks (kind, version);

CREATE TABLE agreements (
    kind TEXT NOT NULL CHECK (kind IN ('publishing', 'service', 'data')),
    version INTEGER NOT NULL,
    title_zh TEXT NOT NULL,
    body_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    body_en TEXT NOT NULL,
    created_by TEXT REFERENCES accounts (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (kind, version)
) STRICT;

CREATE INDEX agreements_by_account ON agreements (created_by);

CREATE TABLE app_covers (
    app TEXT NOT NULL PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    small BLOB NOT NULL,
    large BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE app_runs (
    run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    app TEXT NOT NULL,
    is_orphan INTEGER NOT NULL DEFAULT 0 CHECK (is_orphan IN (0, 1))
) STRICT;

CREATE INDEX app_runs_left ON app_runs (run) WHERE is_orphan = 1;

CREATE INDEX app_runs_of_app ON app_runs (app, run);

CREATE TABLE apps (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('chat', 'question-answering', 'own')),
    repo TEXT REFERENCES repositories (id) ON DELETE SET NULL,
    repo_owner TEXT NOT NULL,
    repo_name TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    name TEXT NOT NULL,
    licence TEXT NOT NULL,
    about TEXT NOT NULL,
    search_key TEXT NOT NULL,
    flavor TEXT NOT NULL,
    region TEXT NOT NULL,
    tariff TEXT NOT NULL CHECK (tariff IN ('paid', 'free')),
    hours INTEGER CHECK (hours > 0),
    state TEXT NOT NULL CHECK (state IN ('shown', 'paused', 'ended')),
    reason TEXT NOT NULL DEFAULT '',
    reason_detail TEXT NOT NULL DEFAULT '',
    run TEXT REFERENCES runs (id) ON DELETE SET NULL,
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    retry_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX apps_by_run ON apps (run);

CREATE INDEX apps_of_account ON apps (account, id);

CREATE INDEX apps_of_repo ON apps (repo);

CREATE INDEX apps_shown ON apps (id) WHERE state = 'shown';

CREATE INDEX apps_to_restart ON apps (retry_at) WHERE retry_at IS NOT NULL;

CREATE TABLE asset_covers (
    repo TEXT NOT NULL PRIMARY KEY REFERENCES repositories (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    small BLOB NOT NULL,
    large BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE asset_papers (
    repo TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    title TEXT NOT NULL,
    link TEXT NOT NULL,
    PRIMARY KEY (repo, ordinal)
) STRICT;

CREATE TABLE asset_plans (
    repo TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,
    quota TEXT NOT NULL CHECK (quota IN ('days', 'calls', 'hours', 'channels')),
    amount INTEGER NOT NULL,
    price INTEGER NOT NULL,
    currency TEXT NOT NULL,
    PRIMARY KEY (repo, ordinal)
) STRICT;

CREATE TABLE asset_relations (
    one TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    other TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    created_by TEXT REFERENCES accounts (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (one, other),
    CHECK (one < other)
) STRICT;

CREATE INDEX asset_relations_by_creator ON asset_relations (created_by);

CREATE INDEX asset_relations_by_other ON asset_relations (other);

CREATE TABLE asset_uploads (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    repo TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    branch TEXT NOT NULL,
    path TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    part_size INTEGER NOT NULL CHECK (part_size > 0),
    fingerprint TEXT NOT NULL,
    transfer TEXT,
    sha256 BLOB,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX asset_uploads_by_change ON asset_uploads (changed_at);

CREATE UNIQUE INDEX asset_uploads_by_path ON asset_uploads (account, repo, branch, path);

CREATE INDEX asset_uploads_by_repo ON asset_uploads (repo);

CREATE TABLE asset_versions (
    repo TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    number TEXT NOT NULL,
    major INTEGER NOT NULL,
    minor INTEGER NOT NULL,
    patch INTEGER NOT NULL,
    commit_id BLOB NOT NULL,
    notes TEXT NOT NULL,
    constraints TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('in_review', 'available', 'offline', 'rejected')),
    reason TEXT NOT NULL,
    created_by TEXT REFERENCES accounts (id),
    created_at INTEGER NOT NULL, sent_revision TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (repo, number)
) STRICT;

CREATE INDEX asset_versions_by_creator ON asset_versions (created_by);

CREATE INDEX asset_versions_by_order ON asset_versions (repo, major, minor, patch);

CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;

CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;

CREATE TABLE audit_log (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT REFERENCES accounts (id),
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
, address TEXT NOT NULL DEFAULT '', agent TEXT NOT NULL DEFAULT '', request TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX audit_log_action ON audit_log (action, at);

CREATE INDEX audit_log_actor ON audit_log (actor, at);

CREATE INDEX audit_log_at ON audit_log (at);

CREATE INDEX audit_log_subject ON audit_log (subject, at);

CREATE TABLE billing_standings (
    account TEXT PRIMARY KEY REFERENCES accounts (id),
    state TEXT NOT NULL CHECK (state IN ('clear', 'grace', 'retention', 'released')),
    since INTEGER NOT NULL,
    until INTEGER CHECK (until >= since)
) STRICT;

CREATE INDEX billing_standings_due ON billing_standings (until, account) WHERE until IS NOT NULL;

CREATE INDEX billing_standings_in_arrears ON billing_standings (state, since, account) WHERE state <> 'clear';

CREATE TABLE collection_items (
    id TEXT PRIMARY KEY,
    collection TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    repo TEXT REFERENCES repositories (id) ON DELETE CASCADE,
    other TEXT REFERENCES collections (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    note TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    UNIQUE (collection, repo),
    UNIQUE (collection, other),
    CHECK ((repo IS NULL) <> (other IS NULL))
) STRICT;

CREATE INDEX collection_items_by_other ON collection_items (other);

CREATE INDEX collection_items_by_repo ON collection_items (repo);

CREATE TABLE collections (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    is_private INTEGER NOT NULL CHECK (is_private IN (0, 1)),
    theme TEXT NOT NULL,
    position INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (owner, title)
) STRICT;

CREATE INDEX collections_by_update ON collections (updated_at, id);

CREATE TABLE comment_likes (
    comment TEXT NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (comment, account)
) STRICT;

CREATE INDEX comment_likes_by_account ON comment_likes (account, changed_at);

CREATE TABLE comment_reports (
    comment TEXT NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (comment, account)
) STRICT;

CREATE INDEX comment_reports_by_account ON comment_reports (account, created_at);

CREATE TABLE comments (
    id TEXT PRIMARY KEY,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('asset')),
    subject TEXT NOT NULL,
    repo TEXT REFERENCES repositories (id) ON DELETE CASCADE,
    thread TEXT REFERENCES comments (id) ON DELETE CASCADE,
    reply_to TEXT REFERENCES comments (id) ON DELETE SET NULL,
    author TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('visible', 'hidden', 'deleted')),
    likes INTEGER NOT NULL,
    replies INTEGER NOT NULL,
    open_reports INTEGER NOT NULL,
    edits INTEGER NOT NULL,
    edited_at INTEGER,
    moderation_reason TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    CHECK ((repo IS NULL) = (subject_kind <> 'asset'))
) STRICT;

CREATE INDEX comments_by_author ON comments (author, created_at);

CREATE INDEX comments_by_likes ON comments (subject_kind, subject, thread, likes, created_at, id);

CREATE INDEX comments_by_reply ON comments (reply_to);

CREATE INDEX comments_by_repo ON comments (repo);

CREATE INDEX comments_by_state ON comments (subject_kind, subject, state);

CREATE INDEX comments_by_time ON comments (subject_kind, subject, thread, created_at, id);

CREATE INDEX comments_in_thread ON comments (thread, created_at, id);

CREATE INDEX comments_reported ON comments (open_reports, created_at) WHERE open_reports > 0;

CREATE TABLE compute_regions (
    id TEXT PRIMARY KEY,
    name_en TEXT NOT NULL,
    name_zh TEXT NOT NULL
) STRICT;

CREATE TABLE content_references (
    repo TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    sha256 BLOB NOT NULL REFERENCES contents (sha256),
    PRIMARY KEY (repo, sha256)
) STRICT;

CREATE INDEX content_references_by_content ON content_references (sha256);

CREATE TABLE content_runs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('collection', 'verification')),
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    figures TEXT NOT NULL,
    error TEXT NOT NULL
) STRICT;

CREATE INDEX content_runs_by_kind ON content_runs (kind, started_at);

CREATE TABLE content_uploads (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    sha256 BLOB NOT NULL REFERENCES contents (sha256) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, sha256)
) STRICT;

CREATE INDEX content_uploads_by_content ON content_uploads (sha256);

CREATE TABLE contents (
    sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
    size INTEGER NOT NULL CHECK (size >= 0),
    state TEXT NOT NULL CHECK (state IN ('sound', 'damaged')),
    created_at INTEGER NOT NULL,
    promised_at INTEGER NOT NULL
) STRICT;

CREATE INDEX contents_by_promise ON contents (promised_at);

CREATE TABLE device_logins (
    id TEXT PRIMARY KEY,
    device_hash BLOB NOT NULL UNIQUE,
    user_code TEXT NOT NULL UNIQUE,
    client TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied')),
    account TEXT REFERENCES accounts (id),
    created_at INTEGER NOT NULL,
    polled_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX device_logins_account ON device_logins (account);

CREATE INDEX device_logins_expires_at ON device_logins (expires_at);

CREATE TABLE discussion_edits (
    event TEXT NOT NULL REFERENCES discussion_events (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    body TEXT NOT NULL,
    author TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    written_at INTEGER NOT NULL,
    PRIMARY KEY (event, ordinal)
) STRICT;

CREATE INDEX discussion_edits_by_author ON discussion_edits (author);

CREATE TABLE discussion_events (
    id TEXT PRIMARY KEY,
    discussion TEXT NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('comment', 'status-change', 'title-change', 'commit')),
    author TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    body TEXT NOT NULL,
    detail TEXT NOT NULL,
    is_hidden INTEGER NOT NULL CHECK (is_hidden IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    UNIQUE (discussion, ordinal)
) STRICT;

CREATE INDEX discussion_events_by_author ON discussion_events (author);

CREATE INDEX discussion_events_by_editor ON discussion_events (updated_by);

CREATE TABLE discussions (
    id TEXT PRIMARY KEY,
    repo TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    author TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    is_pull_request INTEGER NOT NULL CHECK (is_pull_request IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('draft', 'open', 'closed', 'merged')),
    base TEXT NOT NULL,
    merge_commit BLOB,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (repo, number)
) STRICT;

CREATE INDEX discussions_by_author ON discussions (author);

CREATE TABLE email_codes (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('address', 'password')),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    hash BLOB NOT NULL,
    tries_left INTEGER NOT NULL CHECK (tries_left >= 0),
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX email_codes_by_account ON email_codes (account, created_at);

CREATE INDEX email_codes_by_address ON email_codes (email_key, created_at);

CREATE INDEX email_codes_by_age ON email_codes (created_at);

CREATE TABLE extents (
    sha256 BLOB NOT NULL REFERENCES contents (sha256) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    pack TEXT NOT NULL REFERENCES packs (id),
    pack_offset INTEGER NOT NULL CHECK (pack_offset >= 0),
    length INTEGER NOT NULL CHECK (length > 0),
    PRIMARY KEY (sha256, ordinal)
) STRICT;

CREATE INDEX extents_by_pack ON extents (pack);

CREATE TABLE fine_tune_data (
    run TEXT NOT NULL REFERENCES fine_tunes (run) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    repo TEXT REFERENCES repositories (id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    pinned_at TEXT NOT NULL,
    files TEXT NOT NULL,
    PRIMARY KEY (run, position)
) STRICT;

CREATE INDEX fine_tune_data_of_repo ON fine_tune_data (repo) WHERE repo IS NOT NULL;

CREATE TABLE fine_tunes (
    run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES accounts (id),
    task TEXT NOT NULL CHECK (task IN ('text-generation', 'question-answering', 'custom')),
    method TEXT NOT NULL,
    base TEXT REFERENCES repositories (id) ON DELETE SET NULL,
    base_name TEXT NOT NULL,
    base_commit TEXT NOT NULL,
    product TEXT REFERENCES repositories (id) ON DELETE SET NULL,
    product_name TEXT NOT NULL,
    parameters TEXT NOT NULL,
    seed INTEGER NOT NULL CHECK (seed >= 0),
    keeps_merged INTEGER NOT NULL CHECK (keeps_merged IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX fine_tunes_of_account ON fine_tunes (account, run);

CREATE INDEX fine_tunes_of_base ON fine_tunes (base) WHERE base IS NOT NULL;

CREATE INDEX fine_tunes_of_product ON fine_tunes (product) WHERE product IS NOT NULL;

CREATE TABLE flavor_offers (
    flavor TEXT NOT NULL REFERENCES flavors (id),
    region TEXT NOT NULL REFERENCES compute_regions (id),
    tariff TEXT NOT NULL CHECK (tariff IN ('paid', 'free')),
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    PRIMARY KEY (flavor, region, tariff)
) STRICT;

CREATE INDEX flavor_offers_of_region ON flavor_offers (region);

CREATE TABLE flavor_prices (
    flavor TEXT NOT NULL,
    region TEXT NOT NULL,
    starts_at INTEGER NOT NULL CHECK (starts_at % 1000 = 0),
    per_hour INTEGER NOT NULL CHECK (per_hour >= 0),
    set_at INTEGER NOT NULL,
    PRIMARY KEY (flavor, region, starts_at)
) STRICT;

CREATE TABLE flavors (
    id TEXT PRIMARY KEY,
    name_en TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    accelerator TEXT NOT NULL,
    accelerator_count INTEGER NOT NULL CHECK (accelerator_count >= 0),
    accelerator_gib INTEGER NOT NULL CHECK (accelerator_gib >= 0),
    cores INTEGER NOT NULL CHECK (cores > 0),
    memory_gib INTEGER NOT NULL CHECK (memory_gib > 0),
    services TEXT NOT NULL,
    position INTEGER NOT NULL,
    is_retired INTEGER NOT NULL DEFAULT 0 CHECK (is_retired IN (0, 1))
) STRICT;

CREATE TABLE follows (
    followed TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    follower TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (followed, follower)
) STRICT;

CREATE INDEX follows_by_follower ON follows (follower, created_at);

CREATE TABLE former_account_names (
    name_key TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    renamed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX former_account_names_account ON former_account_names (account);

CREATE TABLE git_blobs (
    repo TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
    oid BLOB NOT NULL,
    size INTEGER NOT NULL,
    body BLOB,
    content BLOB,
    lfs_size INTEGER,
    is_counted INTEGER NOT NULL CHECK (is_counted IN (0, 1)),
    stored_at INTEGER NOT NULL,
    PRIMARY KEY (repo, oid),
    CHECK (body IS NOT NULL OR content IS NOT NULL)
) STRICT;

CREATE TABLE git_commits (
    repo TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
    oid BLOB NOT NULL,
    tree BLOB NOT NULL,
    parent BLOB,
    depth INTEGER NOT NULL,
    folders_at BLOB NOT NULL,
    author TEXT REFERENCES accounts(id),
    committed_at INTEGER NOT NULL,
    title TEXT NOT NULL,
    body BLOB NOT NULL,
    stored_at INTEGER NOT NULL,
    PRIMARY KEY (repo, oid)
) STRICT;

CREATE INDEX git_commits_by_author ON git_commits (author);

CREATE TABLE git_folders (
    repo TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
    revision BLOB NOT NULL,
    path TEXT NOT NULL,
    form TEXT NOT NULL CHECK (form IN ('names', 'whole', 'deep')),
    previous BLOB,
    steps INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (repo, revision, path)
) STRICT;

CREATE TABLE git_refs (
    repo TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    target BLOB NOT NULL,
    message TEXT NOT NULL,
    created_by TEXT REFERENCES accounts(id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (repo, name)
) STRICT;

CREATE INDEX git_refs_by_creator ON git_refs (created_by);

CREATE TABLE git_trees (
    repo TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
    oid BLOB NOT NULL,
    base BLOB,
    steps INTEGER NOT NULL,
    body BLOB NOT NULL,
    stored_at INTEGER NOT NULL,
    PRIMARY KEY (repo, oid)
) STRICT;

CREATE TRIGGER growth_entries_no_delete BEFORE DELETE ON growth_entries
BEGIN SELECT RAISE(ABORT, 'growth_entries is append-only'); END;

CREATE TRIGGER growth_entries_no_update BEFORE UPDATE ON growth_entries
BEGIN SELECT RAISE(ABORT, 'growth_entries is append-only'); END;

CREATE TABLE growth_entries (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    reason TEXT NOT NULL CHECK (reason IN ('check-in', 'publication')),
    subject TEXT NOT NULL,
    points INTEGER NOT NULL CHECK (points > 0),
    created_at INTEGER NOT NULL,
    UNIQUE (account, reason, subject)
) STRICT;

CREATE INDEX growth_entries_by_time ON growth_entries (account, created_at, id);

CREATE TABLE guesses (
    subject TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    since INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL
) STRICT;

CREATE INDEX guesses_since ON guesses (since);

CREATE TABLE introduction_drafts (
    repo TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    base BLOB,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (repo, account)
) STRICT;

CREATE INDEX introduction_drafts_by_account ON introduction_drafts (account);

CREATE TABLE job_schedules (
    kind TEXT PRIMARY KEY,
    next_at INTEGER NOT NULL
) STRICT;

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'parked')),
    run_at INTEGER NOT NULL,
    lease TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    single_key TEXT UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX jobs_due ON jobs (state, run_at, id);

CREATE TABLE key_pairs (
    access_key TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    sealed_secret BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;

CREATE INDEX key_pairs_account ON key_pairs (account, created_at);

CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger_entries is append-only'); END;

CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger_entries is append-only'); END;

CREATE TABLE ledger_entries (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'top-up', 'correction', 'voucher', 'lapse')),
    account TEXT NOT NULL REFERENCES accounts (id),
    key TEXT NOT NULL UNIQUE,
    hour INTEGER,
    note TEXT NOT NULL,
    actor TEXT,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX ledger_entries_by_hour ON ledger_entries (account, hour) WHERE hour IS NOT NULL;

CREATE INDEX ledger_entries_by_time ON ledger_entries (at, id);

CREATE INDEX ledger_entries_of_account ON ledger_entries (account, at, id);

CREATE TRIGGER ledger_postings_no_delete BEFORE DELETE ON ledger_postings
BEGIN SELECT RAISE(ABORT, 'ledger_postings is append-only'); END;

CREATE TRIGGER ledger_postings_no_update BEFORE UPDATE ON ledger_postings
BEGIN SELECT RAISE(ABORT, 'ledger_postings is append-only'); END;

CREATE TABLE ledger_postings (
    entry TEXT NOT NULL REFERENCES ledger_entries (id),
    place TEXT NOT NULL
        CHECK (place IN ('cash', 'promotion', 'revenue', 'wallet', 'owed', 'voucher')),
    voucher TEXT NOT NULL CHECK ((place = 'voucher') = (voucher <> '')),
    account TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (entry, place, voucher)
) STRICT;

CREATE INDEX ledger_postings_of_account ON ledger_postings (account, place, voucher, amount);

CREATE TABLE likes (
    repo TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (repo, account)
) STRICT;

CREATE INDEX likes_by_account ON likes (account, created_at);

CREATE TABLE mails (
    id TEXT PRIMARY KEY,
    template TEXT NOT NULL,
    account TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    html TEXT NOT NULL,
    unsubscribe_url TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'kept', 'failed')),
    attempts INTEGER NOT NULL,
    error TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX mails_by_account ON mails (account);

CREATE INDEX mails_by_age ON mails (created_at);

CREATE INDEX mails_by_recipient ON mails (recipient, created_at);

CREATE INDEX mails_by_state ON mails (state, id);

CREATE TABLE memberships (
    organization TEXT NOT NULL REFERENCES accounts (id),
    account TEXT NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL CHECK (role IN ('read', 'contributor', 'write', 'admin')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (organization, account)
) STRICT;

CREATE INDEX memberships_account ON memberships (account);

CREATE TABLE model_sizes (
    repo TEXT PRIMARY KEY REFERENCES repositories (id) ON DELETE CASCADE,
    commit_id TEXT NOT NULL,
    size TEXT NOT NULL,
    measured_at INTEGER NOT NULL
) STRICT;

CREATE TABLE model_weights (
    content BLOB PRIMARY KEY REFERENCES contents(sha256) ON DELETE CASCADE,
    totals TEXT NOT NULL
) STRICT;

CREATE TABLE notification_choices (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    on_page INTEGER NOT NULL CHECK (on_page IN (0, 1)),
    by_mail INTEGER NOT NULL CHECK (by_mail IN (0, 1)),
    PRIMARY KEY (account, kind)
) STRICT;

CREATE TABLE notification_settings (
    account TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    mails INTEGER NOT NULL CHECK (mails IN (0, 1)),
    mailed_at INTEGER NOT NULL
, language TEXT CHECK (language IN ('en', 'zh'))) STRICT;

CREATE TABLE notifications (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    repo TEXT REFERENCES repositories (id) ON DELETE CASCADE,
    page TEXT NOT NULL,
    topic TEXT NOT NULL,
    detail TEXT NOT NULL,
    actor TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    count INTEGER NOT NULL,
    mailed_count INTEGER NOT NULL,
    is_shown INTEGER NOT NULL CHECK (is_shown IN (0, 1)),
    is_read INTEGER NOT NULL CHECK (is_read IN (0, 1)),
    mail TEXT NOT NULL CHECK (mail IN ('none', 'waiting', 'done')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX notifications_by_account ON notifications (account, is_shown, updated_at, id);

CREATE INDEX notifications_by_actor ON notifications (actor);

CREATE INDEX notifications_by_age ON notifications (updated_at);

CREATE INDEX notifications_by_repo ON notifications (repo);

CREATE INDEX notifications_to_mail ON notifications (account, mail, updated_at);

CREATE INDEX notifications_unread ON notifications (account, is_shown, is_read, kind, topic);

CREATE TABLE owner_limits (
    account TEXT NOT NULL PRIMARY KEY REFERENCES accounts(id) ON DELETE CASCADE,
    file_bytes INTEGER,
    repository_bytes INTEGER
) STRICT;

CREATE TABLE pack_chunks (
    pack TEXT PRIMARY KEY REFERENCES packs (id) ON DELETE CASCADE,
    chunks BLOB NOT NULL
) STRICT;

CREATE TABLE packs (
    id TEXT PRIMARY KEY,
    size INTEGER NOT NULL CHECK (size > 0),
    sha256 BLOB,
    state TEXT NOT NULL CHECK (state IN ('sound', 'damaged', 'doomed')),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX packs_by_state ON packs (state, changed_at);

CREATE TABLE part_uploads (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    size INTEGER NOT NULL CHECK (size > 0),
    part_size INTEGER NOT NULL CHECK (part_size > 0),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX part_uploads_by_change ON part_uploads (changed_at);

CREATE INDEX part_uploads_by_content ON part_uploads (account, sha256);

CREATE TABLE parts (
    upload TEXT NOT NULL REFERENCES part_uploads (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    pack TEXT NOT NULL REFERENCES packs (id),
    length INTEGER NOT NULL CHECK (length > 0),
    PRIMARY KEY (upload, number)
) STRICT;

CREATE INDEX parts_by_pack ON parts (pack);

CREATE TABLE publication_events (
    id TEXT NOT NULL PRIMARY KEY,
    repo TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    action TEXT NOT NULL,
    version TEXT NOT NULL,
    actor TEXT REFERENCES accounts (id),
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX publication_events_by_actor ON publication_events (actor);

CREATE INDEX publication_events_by_repo ON publication_events (repo, at, id);

CREATE TABLE publications (
    repo TEXT NOT NULL PRIMARY KEY REFERENCES repositories (id) ON DELETE CASCADE,
    visibility TEXT NOT NULL CHECK (visibility IN ('everyone', 'named', 'owner')),
    second_title TEXT NOT NULL,
    task TEXT NOT NULL,
    licence TEXT NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('', 'CPU', 'GPU', 'ASCEND')),
    free_use_days INTEGER CHECK (free_use_days > 0),
    renews INTEGER NOT NULL CHECK (renews IN (0, 1)),
    is_code_open INTEGER NOT NULL CHECK (is_code_open IN (0, 1)),
    code_licence TEXT NOT NULL,
    reason TEXT NOT NULL,
    submitted_by TEXT REFERENCES accounts (id),
    submitted_at INTEGER,
    published_at INTEGER,
    delisted_at INTEGER
, sent_revision TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX publications_by_submitter ON publications (submitted_by);

CREATE TABLE refresh_tokens (
    hash BLOB PRIMARY KEY,
    token TEXT NOT NULL REFERENCES access_tokens (id) ON DELETE CASCADE,
    client TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX refresh_tokens_token ON refresh_tokens (token);

CREATE TABLE repositories (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN (
        'model', 'dataset', 'app', 'algorithm', 'notebook', 'image', 'workflow', 'case', 'skill')),
    owner TEXT NOT NULL REFERENCES accounts(id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    created_by TEXT REFERENCES accounts(id),
    visibility TEXT NOT NULL CHECK (visibility IN ('everyone', 'named', 'owner')),
    gating TEXT NOT NULL CHECK (gating IN ('off', 'automatic', 'manual')),
    is_disabled INTEGER NOT NULL DEFAULT 0 CHECK (is_disabled IN (0, 1)),
    discussions_disabled INTEGER NOT NULL DEFAULT 0 CHECK (discussions_disabled IN (0, 1)),
    title TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    search_key TEXT NOT NULL DEFAULT '',
    sdk TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    used_bytes INTEGER NOT NULL DEFAULT 0,
    byte_limit INTEGER,
    downloads INTEGER NOT NULL DEFAULT 0,
    downloads_all_time INTEGER NOT NULL DEFAULT 0,
    likes INTEGER NOT NULL DEFAULT 0,
    hotness REAL NOT NULL DEFAULT 0,
    pipeline_tag TEXT NOT NULL DEFAULT '',
    library_name TEXT NOT NULL DEFAULT '', listing TEXT NOT NULL DEFAULT 'draft'
    CHECK (listing IN ('draft', 'in_review', 'published', 'delisted', 'rejected')), is_under_review INTEGER NOT NULL DEFAULT 0
    CHECK (is_under_review IN (0, 1)), needs_subscription INTEGER NOT NULL DEFAULT 0
    CHECK (needs_subscription IN (0, 1)), awaits_publication INTEGER NOT NULL DEFAULT 0
    CHECK (awaits_publication IN (0, 1)), is_official INTEGER NOT NULL DEFAULT 0 CHECK (is_official IN (0, 1)), is_featured INTEGER NOT NULL DEFAULT 0 CHECK (is_featured IN (0, 1)), is_commercial INTEGER NOT NULL DEFAULT 0 CHECK (is_commercial IN (0, 1)), subscriptions INTEGER NOT NULL DEFAULT 0, is_code_closed INTEGER NOT NULL DEFAULT 0 CHECK (is_code_closed IN (0, 1)), views INTEGER NOT NULL DEFAULT 0,
    UNIQUE (owner, kind, name_key)
) STRICT;

CREATE INDEX repositories_by_creation ON repositories (kind, created_at, id);

CREATE INDEX repositories_by_creator ON repositories (created_by);

CREATE INDEX repositories_by_downloads ON repositories (kind, downloads, id);

CREATE INDEX repositories_by_hotness ON repositories (kind, hotness, id);

CREATE INDEX repositories_by_likes ON repositories (kind, likes, id);

CREATE INDEX repositories_by_name ON repositories (kind, name_key, owner, id);

CREATE INDEX repositories_by_subscriptions ON repositories (kind, subscriptions, id);

CREATE INDEX repositories_by_update ON repositories (kind, updated_at, id);

CREATE INDEX repositories_marked ON repositories (id)
    WHERE is_official = 1 OR is_featured = 1 OR is_commercial = 1;

CREATE INDEX repositories_under_review ON repositories (id) WHERE is_under_review = 1;

CREATE INDEX repositories_unlisted ON repositories (owner)
    WHERE visibility <> 'everyone' AND listing = 'published';

CREATE TABLE repository_cards (
    repo TEXT NOT NULL PRIMARY KEY REFERENCES repositories(id) ON DELETE CASCADE,
    source BLOB NOT NULL,
    card TEXT NOT NULL,
    config TEXT NOT NULL,
    safetensors TEXT NOT NULL
) STRICT;

CREATE TABLE repository_downloads (
    repo TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (repo, day)
) STRICT;

CREATE TABLE repository_former_names (
    owner TEXT NOT NULL REFERENCES accounts(id),
    kind TEXT NOT NULL,
    name_key TEXT NOT NULL,
    repo TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
    left_at INTEGER NOT NULL,
    PRIMARY KEY (owner, kind, name_key)
) STRICT;

CREATE INDEX repository_former_names_by_repo ON repository_former_names (repo);

CREATE TABLE "repository_readers" (
    repo TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
    reason TEXT NOT NULL CHECK (reason IN ('named', 'subscriber')),
    until INTEGER,
    PRIMARY KEY (repo, account, reason)
) STRICT;

CREATE INDEX repository_readers_by_end ON repository_readers (until) WHERE until IS NOT NULL;

CREATE INDEX repository_readers_of_account ON repository_readers (account);

CREATE TABLE repository_tags (
    repo TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (repo, tag)
) STRICT;

CREATE INDEX repository_tags_by_tag ON repository_tags (tag, repo);

CREATE TABLE repository_views (
    repo TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (repo, day)
) STRICT;

CREATE TABLE repository_visits (
    repo TEXT NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    event TEXT NOT NULL CHECK (event IN ('view', 'download')),
    client TEXT NOT NULL,
    PRIMARY KEY (repo, day, event, client)
) STRICT;

CREATE INDEX repository_visits_by_day ON repository_visits (day);

CREATE TABLE run_claims (
    region TEXT PRIMARY KEY,
    node TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT;

CREATE TABLE run_metrics (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    step INTEGER NOT NULL CHECK (step >= 0),
    value REAL NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (run, name, step)
) STRICT;

CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('fine-tune', 'service', 'app', 'environment', 'check')),
    title TEXT NOT NULL,
    flavor TEXT NOT NULL,
    region TEXT NOT NULL,
    tariff TEXT NOT NULL CHECK (tariff IN ('paid', 'free')),
    cores INTEGER NOT NULL CHECK (cores > 0),
    memory_gib INTEGER NOT NULL CHECK (memory_gib > 0),
    accelerator TEXT NOT NULL,
    accelerators INTEGER NOT NULL CHECK (accelerators >= 0),
    spec TEXT NOT NULL,
    limit_seconds INTEGER CHECK (limit_seconds > 0),
    state TEXT NOT NULL CHECK (state IN
        ('queued', 'starting', 'running', 'stopping', 'succeeded', 'failed', 'stopped')),
    attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    token BLOB,
    reason TEXT NOT NULL DEFAULT '',
    reason_detail TEXT NOT NULL DEFAULT '',
    stage TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    heartbeat_at INTEGER,
    lease_until INTEGER,
    stop_at INTEGER,
    checkpoint_step INTEGER,
    checkpoint_folder TEXT NOT NULL DEFAULT '',
    product TEXT NOT NULL DEFAULT '',
    is_settled INTEGER NOT NULL DEFAULT 0 CHECK (is_settled IN (0, 1)), writes TEXT, reads TEXT NOT NULL DEFAULT '',
    CHECK ((state IN ('starting', 'running', 'stopping')) = (lease_until IS NOT NULL)),
    CHECK ((state IN ('succeeded', 'failed', 'stopped')) = (ended_at IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX runs_by_token ON runs (token) WHERE token IS NOT NULL;

CREATE INDEX runs_of_account ON runs (account, id);

CREATE INDEX runs_to_care ON runs (region, id) WHERE is_settled = 0;

CREATE TABLE schema_migrations (
    id TEXT PRIMARY KEY,
    checksum TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);

CREATE TABLE search_assets (
    number INTEGER NOT NULL PRIMARY KEY,
    repo TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    facets TEXT NOT NULL,
    parameters INTEGER NOT NULL
) STRICT;

CREATE INDEX search_assets_by_version ON search_assets (version, number);

CREATE VIRTUAL TABLE search_texts USING fts5(names, tags, description, introduction,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'", prefix = '2 3');

CREATE TABLE service_keys (
    id TEXT PRIMARY KEY,
    service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    digest BLOB NOT NULL,
    hint TEXT NOT NULL,
    per_minute INTEGER NOT NULL CHECK (per_minute > 0),
    created_at INTEGER NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE INDEX keys_of_service ON service_keys (service, id);

CREATE UNIQUE INDEX service_keys_by_digest ON service_keys (digest);

CREATE TABLE service_replicas (
    run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    crashes INTEGER NOT NULL DEFAULT 0 CHECK (crashes >= 0),
    restart_at INTEGER,
    drain_until INTEGER,
    is_current INTEGER NOT NULL DEFAULT 1 CHECK (is_current IN (0, 1))
) STRICT;

CREATE INDEX replicas_current ON service_replicas (service) WHERE is_current = 1;

CREATE INDEX replicas_of_service ON service_replicas (service, run);

CREATE TABLE service_usage (
    service TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    caller TEXT NOT NULL,
    day TEXT NOT NULL,
    requests INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    PRIMARY KEY (service, caller, day)
) STRICT;

CREATE TABLE services (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    model TEXT NOT NULL,
    model_name TEXT NOT NULL,
    revision TEXT NOT NULL,
    task TEXT NOT NULL,
    base TEXT,
    flavor TEXT NOT NULL,
    region TEXT NOT NULL,
    tariff TEXT NOT NULL CHECK (tariff IN ('paid', 'free')),
    hours INTEGER CHECK (hours > 0),
    replicas INTEGER NOT NULL CHECK (replicas > 0),
    is_wanted INTEGER NOT NULL CHECK (is_wanted IN (0, 1)),
    halt TEXT NOT NULL DEFAULT '',
    halt_detail TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE INDEX services_of_account ON services (account, id);

CREATE INDEX services_to_care ON services (id) WHERE is_wanted = 1 OR deleted_at IS NOT NULL;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    hash BLOB NOT NULL UNIQUE,
    agent TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    idle_until INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_account ON sessions (account, created_at);

CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE shown_once (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    session BLOB NOT NULL,
    page TEXT NOT NULL,
    sealed BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, session, page)
) STRICT;

CREATE INDEX shown_once_by_end ON shown_once (expires_at);

CREATE TABLE site_settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    changed_by TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX site_settings_by_account ON site_settings (changed_by);

CREATE TABLE subscriptions (
    repo TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('active', 'cancelled', 'expired')),
    since INTEGER NOT NULL,
    until INTEGER,
    renewals INTEGER NOT NULL,
    reminded_for INTEGER,
    PRIMARY KEY (repo, account)
) STRICT;

CREATE INDEX subscriptions_by_account ON subscriptions (account, since, repo);

CREATE INDEX subscriptions_by_end ON subscriptions (until) WHERE state = 'active' AND until IS NOT NULL;

CREATE TABLE usage_intervals (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id),
    flavor TEXT NOT NULL,
    region TEXT NOT NULL,
    tariff TEXT NOT NULL CHECK (tariff IN ('paid', 'free')),
    started_at INTEGER NOT NULL CHECK (started_at % 1000 = 0),
    ended_at INTEGER CHECK (ended_at >= started_at AND ended_at % 1000 = 0),
    known_until INTEGER NOT NULL CHECK (known_until >= started_at),
    settled_until INTEGER NOT NULL CHECK (settled_until >= started_at AND settled_until <= known_until)
) STRICT;

CREATE INDEX usage_intervals_due ON usage_intervals (account, settled_until)
WHERE settled_until < known_until;

CREATE INDEX usage_intervals_of_account ON usage_intervals (account, started_at);

CREATE INDEX usage_intervals_of_run ON usage_intervals (run, started_at);

CREATE UNIQUE INDEX usage_intervals_open ON usage_intervals (run) WHERE ended_at IS NULL;

CREATE TRIGGER usage_lines_no_delete BEFORE DELETE ON usage_lines
BEGIN SELECT RAISE(ABORT, 'usage_lines is append-only'); END;

CREATE TRIGGER usage_lines_no_update BEFORE UPDATE ON usage_lines
BEGIN SELECT RAISE(ABORT, 'usage_lines is append-only'); END;

CREATE TABLE usage_lines (
    usage TEXT NOT NULL REFERENCES usage_intervals (id),
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL CHECK (ended_at > started_at),
    run TEXT NOT NULL,
    account TEXT NOT NULL,
    flavor TEXT NOT NULL,
    region TEXT NOT NULL,
    tariff TEXT NOT NULL CHECK (tariff IN ('paid', 'free')),
    hour INTEGER NOT NULL CHECK (hour % 3600000 = 0 AND started_at >= hour AND ended_at <= hour + 3600000),
    price INTEGER NOT NULL CHECK (price >= 0),
    amount INTEGER NOT NULL CHECK (amount >= 0),
    entry TEXT REFERENCES ledger_entries (id),
    PRIMARY KEY (usage, started_at),
    CHECK ((amount > 0) = (entry IS NOT NULL))
) STRICT;

CREATE INDEX usage_lines_of_account ON usage_lines (account, hour, started_at, usage);

CREATE INDEX usage_lines_of_entry ON usage_lines (entry);

CREATE INDEX usage_lines_of_run ON usage_lines (run, started_at);

CREATE TABLE vouchers (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    expires_at INTEGER NOT NULL CHECK (expires_at % 3600000 = 0),
    note TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    has_lapsed INTEGER NOT NULL DEFAULT 0 CHECK (has_lapsed IN (0, 1))
) STRICT;

CREATE INDEX vouchers_of_account ON vouchers (account, expires_at, id);

CREATE INDEX vouchers_to_lapse ON vouchers (expires_at, id) WHERE has_lapsed = 0;

CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY,
    webhook TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    action TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts INTEGER NOT NULL,
    status INTEGER,
    error TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);

CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook, created_at);

CREATE TABLE webhook_watches (
    webhook TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    repo TEXT REFERENCES repositories (id) ON DELETE CASCADE,
    account TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (webhook, ordinal),
    CHECK ((repo IS NULL) <> (account IS NULL))
) STRICT;

CREATE INDEX webhook_watches_by_account ON webhook_watches (account);

CREATE INDEX webhook_watches_by_repo ON webhook_watches (repo);

CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    sealed_secret BLOB,
    hears_repo INTEGER NOT NULL CHECK (hears_repo IN (0, 1)),
    hears_discussion INTEGER NOT NULL CHECK (hears_discussion IN (0, 1)),
    is_disabled INTEGER NOT NULL CHECK (is_disabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX webhooks_by_owner ON webhooks (owner, created_at);

CREATE TABLE word_editions (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    edition INTEGER NOT NULL
) STRICT;

CREATE TABLE words (
    key TEXT NOT NULL PRIMARY KEY,
    word TEXT NOT NULL,
    list TEXT NOT NULL CHECK (list IN ('politics', 'superstition', 'contraband', 'abuse', 'other')),
    added_by TEXT REFERENCES accounts (id),
    added_at INTEGER NOT NULL
) STRICT;

CREATE INDEX words_by_account ON words (added_by);

CREATE INDEX words_by_list ON words (list, key);

CREATE TABLE xet_contents (
    namespace TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    sha256 BLOB NOT NULL REFERENCES contents (sha256) ON DELETE CASCADE,
    PRIMARY KEY (namespace, hash)
) STRICT;

CREATE INDEX xet_contents_by_content ON xet_contents (sha256);

CREATE TABLE xorb_generations (
    namespace TEXT PRIMARY KEY,
    generation INTEGER NOT NULL
) STRICT;

CREATE TABLE xorbs (
    namespace TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    pack TEXT NOT NULL REFERENCES packs (id),
    uploaded_at INTEGER NOT NULL,
    condemned_at INTEGER,
    PRIMARY KEY (namespace, hash)
) STRICT;

CREATE INDEX xorbs_by_hash ON xorbs (hash);

CREATE INDEX xorbs_by_pack ON xorbs (pack);

-- volatile.sqlite

CREATE TABLE schema_migrations (
    id TEXT PRIMARY KEY,
    checksum TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);

CREATE TABLE waiting_visits (
    repo TEXT NOT NULL,
    day INTEGER NOT NULL,
    event TEXT NOT NULL,
    client TEXT NOT NULL,
    PRIMARY KEY (repo, day, event, client)
) STRICT;

