-- Run once by an administrator, in the database the CRM is to live in, before the first migration.
-- Passwords are not set here: the operator (or the embedded cluster) sets those of crm_owner and crm_app.
DO $$
BEGIN
    IF to_regrole('crm_owner') IS NULL THEN CREATE ROLE crm_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE; END IF;
    IF to_regrole('crm_app') IS NULL THEN CREATE ROLE crm_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE; END IF;
    IF to_regrole('crm_backup') IS NULL THEN CREATE ROLE crm_backup NOLOGIN NOSUPERUSER BYPASSRLS; END IF;
    -- Owns the functions that look across tenants; cannot log in.
    IF to_regrole('crm_directory') IS NULL THEN CREATE ROLE crm_directory NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF;
END
$$;
GRANT crm_directory TO crm_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT CREATE ON SCHEMA public TO crm_owner WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE crm_owner IN SCHEMA public GRANT SELECT ON TABLES TO crm_backup;
