-- Who has changed which of an installation's settings, noted before it is written.
CREATE TABLE IF NOT EXISTS settings_changes (
  id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  installation VARCHAR(32) CHARACTER SET ascii NOT NULL,
  setting      VARCHAR(64) CHARACTER SET ascii NOT NULL COMMENT 'its key, or iam_token_data for that table',
  secret       BOOLEAN NOT NULL COMMENT 'then only whether it was and is set is kept',
  was_set      BOOLEAN NOT NULL,
  is_set       BOOLEAN NOT NULL,
  old_value    TEXT NULL,
  new_value    TEXT NULL,
  confirmed    VARCHAR(255) NOT NULL DEFAULT '[]' COMMENT 'JSON: what was overridden',
  changed_by   VARCHAR(32) CHARACTER SET ascii NOT NULL COMMENT 'name of the API key',
  changed_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  outcome      ENUM('begun', 'written', 'differs', 'failed') NOT NULL DEFAULT 'begun'
    COMMENT 'begun: its end was not seen; differs: another value was read back',
  INDEX by_setting (installation, setting, id),
  CONSTRAINT secrets_have_no_values CHECK (NOT secret OR (old_value IS NULL AND new_value IS NULL))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
