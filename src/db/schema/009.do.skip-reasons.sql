-- How many people each rule has left out, beside the counts.
ALTER TABLE migrations
  ADD COLUMN skipped_by VARCHAR(500) CHARACTER SET ascii NULL COMMENT 'JSON: people by reason' AFTER skipped;
