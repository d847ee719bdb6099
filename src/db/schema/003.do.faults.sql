-- Why a migration is held, for what probes it and for who asks.
ALTER TABLE migrations
  ADD COLUMN held_cause VARCHAR(32) CHARACTER SET ascii NULL,
  ADD COLUMN accepts_refusals BOOLEAN NOT NULL DEFAULT FALSE
    COMMENT 'an operator has said that many refusals are right: they hold this migration no more';

CREATE TABLE IF NOT EXISTS creations (
  installation VARCHAR(32) CHARACTER SET ascii NOT NULL,
  kind         VARCHAR(16) CHARACTER SET ascii NOT NULL,
  subject_id   BIGINT NOT NULL,
  attempt      CHAR(36) CHARACTER SET ascii NOT NULL COMMENT 'who has noted it: of two at once neither deletes the note of the other',
  migration_id BIGINT UNSIGNED NOT NULL COMMENT 'which offers the person again until this row is gone',
  login        VARCHAR(1000) NOT NULL,
  noted_at     DATETIME(3) NOT NULL,
  PRIMARY KEY (installation, kind, subject_id),
  INDEX by_migration (migration_id),
  CONSTRAINT creation_of_migration FOREIGN KEY (migration_id) REFERENCES migrations (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4
  COMMENT 'Users that Okta may have and that no reference names: asked for, and the answer not yet carried out';
