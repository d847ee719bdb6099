-- What a migration has done where nothing in the installation shows it: each subject once.
CREATE TABLE IF NOT EXISTS completions (
  migration_id BIGINT UNSIGNED NOT NULL,
  subject_id   BIGINT NOT NULL,
  completed_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (migration_id, subject_id),
  CONSTRAINT completion_of_migration FOREIGN KEY (migration_id) REFERENCES migrations (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
