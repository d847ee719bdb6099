-- Whose mail it was: who is created anew is another user in Okta, and two people may be one.
ALTER TABLE activations
  ADD COLUMN okta_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL
    COMMENT 'the user in Okta; NULL: noted before this was kept' AFTER subject_id,
  ADD INDEX by_user (okta_id, mailed_at);
