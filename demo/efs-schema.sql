-- An EFS installation as far as Portage is concerned. The six iam_ tables are as EFS has them; of the others EFS
-- documents the fields, not the columns: those that only this demo knows are marked "invented".

CREATE TABLE users (
  uid               INT NOT NULL PRIMARY KEY,
  account           VARCHAR(64) NOT NULL UNIQUE COMMENT 'invented',
  firstname         VARCHAR(100) NULL COMMENT 'invented',
  name              VARCHAR(100) NULL COMMENT 'invented',
  email             VARCHAR(255) NULL COMMENT 'invented',
  primary_team_id   INT NOT NULL DEFAULT 1 COMMENT 'invented',
  language          CHAR(2) NOT NULL DEFAULT 'de' COMMENT 'invented',
  timezone          VARCHAR(64) NOT NULL DEFAULT 'Europe/Berlin' COMMENT 'invented',
  login_expires_at  DATE NULL COMMENT 'invented',
  login_disabled    TINYINT(1) NOT NULL DEFAULT 0 COMMENT 'invented',
  last_login_at     DATETIME NULL COMMENT 'invented'
) ENGINE = InnoDB CHARACTER SET utf8mb4;

CREATE TABLE panelists (
  uid               INT NOT NULL PRIMARY KEY,
  pseudonym         INT NOT NULL UNIQUE,
  pstatus           TINYINT NOT NULL,
  pstatus_date      DATETIME NULL,
  pinput            TINYINT NOT NULL DEFAULT 1,
  reg_code          INT NULL COMMENT 'type invented',
  pcredit_points    DECIMAL(10,2) NOT NULL DEFAULT 0,
  u_account         VARCHAR(255) NULL,
  u_passwd          VARCHAR(255) NULL,
  u_firstname       VARCHAR(255) NULL,
  u_name            VARCHAR(255) NULL,
  u_email           VARCHAR(255) NULL COMMENT 'not unique',
  u_gender          TINYINT NULL,
  u_street          VARCHAR(255) NULL,
  u_zip             VARCHAR(20) NULL,
  u_city            VARCHAR(255) NULL,
  u_phone           VARCHAR(100) NULL,
  u_www             VARCHAR(255) NULL,
  language_version  CHAR(2) NOT NULL DEFAULT 'de' COMMENT 'invented',
  m_0001            INT NULL COMMENT 'master data',
  m_0002            VARCHAR(255) NULL COMMENT 'master data'
) ENGINE = InnoDB CHARACTER SET utf8mb4;

CREATE TABLE portals (
  id                INT NOT NULL PRIMARY KEY COMMENT 'invented',
  name              VARCHAR(100) NOT NULL,
  url_name          VARCHAR(100) NOT NULL UNIQUE COMMENT 'invented',
  is_online         TINYINT(1) NOT NULL DEFAULT 1 COMMENT 'invented',
  created_at        DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP COMMENT 'invented'
) ENGINE = InnoDB CHARACTER SET utf8mb4;

CREATE TABLE portal_panelists (
  portal_id         INT NOT NULL,
  user_id           INT NOT NULL,
  registered_at     DATETIME NOT NULL,
  PRIMARY KEY (portal_id, user_id),
  INDEX user_id (user_id),
  CONSTRAINT portal_panelists_user FOREIGN KEY (user_id) REFERENCES panelists (uid) ON DELETE CASCADE
) ENGINE = InnoDB CHARACTER SET utf8mb4 COMMENT 'invented: which panelist is in which portal';

CREATE TABLE config (
  name              VARCHAR(100) NOT NULL PRIMARY KEY,
  value             TEXT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COMMENT 'name invented; holds the iam_ keys';

CREATE TABLE iam_error_log (
  id          INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  created_at  DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  message     TEXT NULL,
  status_code SMALLINT NOT NULL DEFAULT 0,
  trace       LONGTEXT NULL,
  error_code  VARCHAR(36) NOT NULL DEFAULT ''
) ENGINE = InnoDB CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;

CREATE TABLE iam_portal_settings (
  id        INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  portal_id INT NOT NULL,
  `key`     VARCHAR(50) NULL,
  `value`   VARCHAR(255) NULL,
  INDEX id (id),
  INDEX portal_id (portal_id)
) ENGINE = InnoDB CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;

CREATE TABLE iam_portal_user_reference (
  id               INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  portal_id        INT NULL,
  user_id          INT NULL,
  uuid             BINARY(20) NULL,
  created_at       DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at       DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  status           TINYINT NULL,
  has_data_changes TINYINT(1) NULL DEFAULT 0,
  INDEX id (id),
  INDEX user_id (user_id),
  INDEX portal_id (portal_id),
  INDEX uuid (uuid),
  INDEX status (status),
  INDEX has_data_changes (has_data_changes),
  CONSTRAINT user_id_panelists_uid_idx FOREIGN KEY (user_id)
    REFERENCES panelists (uid) ON UPDATE CASCADE ON DELETE CASCADE
) ENGINE = InnoDB CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;

CREATE TABLE iam_token_data (
  session_id   VARBINARY(50) NOT NULL,
  idp_response LONGTEXT NULL,
  INDEX session_id (session_id)
) ENGINE = InnoDB CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;

CREATE TABLE iam_user_reference (
  id         INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id    INT NULL,
  uuid       BINARY(20) NULL,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  INDEX id (id),
  INDEX user_id (user_id),
  INDEX uuid (uuid),
  CONSTRAINT user_id_users_uid_idx FOREIGN KEY (user_id)
    REFERENCES users (uid) ON UPDATE CASCADE ON DELETE CASCADE
) ENGINE = InnoDB CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;

CREATE TABLE iam_portal_user_group_unassignment_queue (
  id         INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id    INT NULL,
  uuid       BINARY(20) NULL,
  email      VARCHAR(255) NULL,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  INDEX user_id (user_id),
  INDEX uuid (uuid)
) ENGINE = InnoDB CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
