-- Portage's own tables; never joined with an installation's, which may be on another server.
CREATE TABLE IF NOT EXISTS migrations (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  installation  VARCHAR(32) CHARACTER SET ascii NOT NULL,
  operation     VARCHAR(32) CHARACTER SET ascii NOT NULL,
  selection     LONGTEXT NOT NULL COMMENT 'JSON in canonical form',
  selection_hash CHAR(64) CHARACTER SET ascii NOT NULL COMMENT 'SHA-256 of selection',
  state         ENUM('running', 'held', 'paused', 'finished') NOT NULL DEFAULT 'running',
  held_reason   VARCHAR(500) NULL,
  pass          INT UNSIGNED NOT NULL DEFAULT 1,
  after_id      BIGINT NOT NULL DEFAULT 0 COMMENT 'last id of the last page of this pass',
  found         INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rows of this pass with neither reference nor failure',
  through_id    BIGINT NULL COMMENT 'last id of a selection by first, once known',
  resting_since DATETIME(3) NULL COMMENT 'when this pass came to the end of the table',
  eligible      INT UNSIGNED NULL COMMENT 'people; the four counts were taken at counted_at',
  referenced    INT UNSIGNED NULL,
  failed        INT UNSIGNED NULL,
  skipped       INT UNSIGNED NULL,
  counted_at    DATETIME(3) NULL,
  count_ms      INT UNSIGNED NULL COMMENT 'how long the counting took',
  samples       TEXT NOT NULL DEFAULT ('[]') COMMENT 'JSON: people done over the last minute',
  created_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  finished_at   DATETIME(3) NULL,
  unfinished    TINYINT AS (IF(finished_at IS NULL, 1, NULL)) VIRTUAL COMMENT 'so that one_unfinished forgets the others',
  UNIQUE KEY one_unfinished (installation, operation, selection_hash, unfinished),
  INDEX by_state (state),
  CONSTRAINT held_says_why CHECK (state <> 'held' OR held_reason IS NOT NULL),
  CONSTRAINT finished_has_time CHECK ((state = 'finished') = (finished_at IS NOT NULL)),
  CONSTRAINT counts_have_time CHECK ((counted_at IS NULL) = (eligible IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS failures (
  migration_id    BIGINT UNSIGNED NOT NULL,
  subject_id      BIGINT NOT NULL,
  code            VARCHAR(32) CHARACTER SET ascii NOT NULL,
  message         VARCHAR(500) NOT NULL,
  okta_status     SMALLINT UNSIGNED NULL COMMENT '0: no answer at all',
  okta_code       VARCHAR(36) CHARACTER SET ascii NULL,
  okta_text       VARCHAR(500) NULL,
  okta_request_id VARCHAR(64) CHARACTER SET ascii NULL,
  created_at      DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (migration_id, subject_id),
  CONSTRAINT failure_of_migration FOREIGN KEY (migration_id) REFERENCES migrations (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS idempotency_keys (
  api_key      VARCHAR(32) CHARACTER SET ascii NOT NULL COMMENT 'name of the caller''s key',
  idempotency_key VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_hash CHAR(64) CHARACTER SET ascii NOT NULL COMMENT 'SHA-256 of the body',
  status       SMALLINT UNSIGNED NOT NULL,
  answer       LONGTEXT NOT NULL COMMENT 'JSON as it was sent',
  created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (api_key, idempotency_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
