-- What operators keep free of a bucket for others, in place of the configuration; no row: as configured.
CREATE TABLE IF NOT EXISTS allowance_overrides (
  org        VARCHAR(32) CHARACTER SET ascii NOT NULL,
  bucket     VARCHAR(32) CHARACTER SET ascii NOT NULL,
  keep_free  VARCHAR(16) CHARACTER SET ascii NOT NULL COMMENT 'calls a minute, or a share of the bucket as configured: 30%',
  expires_at DATETIME(3) NULL COMMENT 'NULL: holds until it is taken away',
  set_by     VARCHAR(32) CHARACTER SET ascii NOT NULL COMMENT 'name of the API key',
  set_at     DATETIME(3) NOT NULL,
  PRIMARY KEY (org, bucket),
  CONSTRAINT keep_free_is_known CHECK (keep_free REGEXP '^([0-9]{1,7}|[0-9]{1,2}%)$')
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
