-- How often failures were forgotten: an attempt that began before records none. The loop's own passes do not count.
ALTER TABLE migrations ADD COLUMN looks INT UNSIGNED NOT NULL DEFAULT 0 AFTER pass;
