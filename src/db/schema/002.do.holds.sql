-- A held migration whose credentials were refused is probed until Okta takes them again.
ALTER TABLE migrations
  ADD COLUMN probe_at DATETIME(3) NULL COMMENT 'when a held one is probed next; NULL: it waits for an operator';
