import { createConnection } from 'mysql2/promise';
import type { InstallationFile } from '../../src/config/schema.ts';

/** The tables of EFS' own single sign-on, the same in every installation; `parents` are its people's tables. */
const iamTables = (admins: string, panelists: string) => `
CREATE TABLE iam_error_log (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  message TEXT NULL, status_code SMALLINT NOT NULL DEFAULT 0,
  trace LONGTEXT NULL, error_code VARCHAR(36) NOT NULL DEFAULT ''
) ENGINE=InnoDB CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
CREATE TABLE iam_portal_settings (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, portal_id INT NOT NULL,
  \`key\` VARCHAR(50) NULL, \`value\` VARCHAR(255) NULL,
  INDEX id (id), INDEX portal_id (portal_id)
) ENGINE=InnoDB CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
CREATE TABLE iam_portal_user_reference (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  portal_id INT NULL, user_id INT NULL, uuid BINARY(20) NULL,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  status TINYINT NULL, has_data_changes TINYINT(1) NULL DEFAULT 0,
  INDEX id (id), INDEX user_id (user_id), INDEX portal_id (portal_id), INDEX uuid (uuid),
  CONSTRAINT user_id_panelists_uid_idx FOREIGN KEY (user_id)
    REFERENCES ${panelists} ON UPDATE CASCADE ON DELETE CASCADE
) ENGINE=InnoDB CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
CREATE TABLE iam_portal_user_group_unassignment_queue (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id INT NULL, uuid BINARY(20) NULL, email VARCHAR(255) NULL,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  INDEX user_id (user_id), INDEX uuid (uuid)
) ENGINE=InnoDB CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;
CREATE TABLE iam_user_reference (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id INT NULL, uuid BINARY(20) NULL,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  INDEX id (id), INDEX user_id (user_id), INDEX uuid (uuid),
  CONSTRAINT user_id_users_uid_idx FOREIGN KEY (user_id)
    REFERENCES ${admins} ON UPDATE CASCADE ON DELETE CASCADE
) ENGINE=InnoDB CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci;`;

/** An installation of a few people, with table and column names that nobody else has. */
export interface Efs {
  tables: string;
  source: Pick<InstallationFile, 'admins' | 'panelists' | 'portals' | 'membership'>;
  /** Inserts with the columns in this order: id, mail, first and last name, then expiry or status. */
  admin: string;
  panelist: string;
  member: string;
}

export const germanEfs: Efs = {
  tables: `
CREATE TABLE verwalter (nr INT PRIMARY KEY, post VARCHAR(255), vorname VARCHAR(80), nachname VARCHAR(80), gueltig_bis DATE);
CREATE TABLE teilnehmer (nr INT PRIMARY KEY, post VARCHAR(255), vorname VARCHAR(80), nachname VARCHAR(80), zustand INT);
CREATE TABLE eingang (kennung INT PRIMARY KEY);
CREATE TABLE zugang (eingang INT, teilnehmer INT, PRIMARY KEY (eingang, teilnehmer), INDEX (teilnehmer));
${iamTables('verwalter (nr)', 'teilnehmer (nr)')}`,
  source: {
    admins: {
      table: 'verwalter',
      columns: {
        id: 'nr',
        email: 'post',
        firstName: 'vorname',
        lastName: 'nachname',
        loginExpiresOn: 'gueltig_bis',
      },
      skip: { expiredLogins: true, mailDomains: ['firma.example'] },
    },
    panelists: {
      table: 'teilnehmer',
      columns: { id: 'nr', email: 'post', firstName: 'vorname', lastName: 'nachname', status: 'zustand' },
      skip: { statuses: [9], mailDomains: ['firma.example'] },
    },
    portals: { table: 'eingang', columns: { id: 'kennung' } },
    membership: { table: 'zugang', columns: { portalId: 'eingang', panelistId: 'teilnehmer' } },
  },
  admin: 'INSERT INTO verwalter VALUES ?',
  panelist: 'INSERT INTO teilnehmer VALUES ?',
  member: 'INSERT INTO zugang VALUES ?',
};

export async function createTables(url: string, { tables }: Efs): Promise<void> {
  const connection = await createConnection({ uri: url, multipleStatements: true });
  await connection.query(tables);
  await connection.end();
}
