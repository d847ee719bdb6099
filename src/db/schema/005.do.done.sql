-- Not every operation ends in a reference.
ALTER TABLE migrations CHANGE COLUMN referenced done INT UNSIGNED NULL;
