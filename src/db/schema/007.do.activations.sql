-- How a migration is to be done, and who has asked for it.
ALTER TABLE migrations
  ADD COLUMN options LONGTEXT NOT NULL DEFAULT ('{}') COMMENT 'JSON in canonical form' AFTER selection_hash,
  ADD COLUMN created_by VARCHAR(32) CHARACTER SET ascii NULL COMMENT 'name of the API key';

CREATE TABLE IF NOT EXISTS activations (
  installation VARCHAR(32) CHARACTER SET ascii NOT NULL,
  kind         VARCHAR(16) CHARACTER SET ascii NOT NULL,
  subject_id   BIGINT NOT NULL,
  state        ENUM('asked', 'pending', 'active') NOT NULL
    COMMENT 'asked: Okta was asked for a mail and has perhaps sent it; pending: mailed, and not yet followed; active: has been active',
  migration_id BIGINT UNSIGNED NOT NULL COMMENT 'the last one that was about this person',
  mailed_at    DATETIME(3) NULL COMMENT 'when the last mail went out, or was asked for; NULL: not known',
  PRIMARY KEY (installation, kind, subject_id),
  INDEX by_pace (migration_id, mailed_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4
  COMMENT 'Who was activated: EFS has no place for it with admins, and its codes for panelists are not known';
