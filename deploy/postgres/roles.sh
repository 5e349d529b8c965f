#!/bin/sh
# Run once, when the PostgreSQL container makes its data: the three roles and the database (docs/operations.md).
# The application's role is neither superuser nor owner, so that row-level security binds it.
set -eu
: "${DATABASE_OWNER_PASSWORD:?}" "${DATABASE_APP_PASSWORD:?}" "${DATABASE_BACKUP_PASSWORD:?}"

# Passwords travel by the environment: nothing secret is on a command line.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner DATABASE_OWNER_PASSWORD
\getenv app DATABASE_APP_PASSWORD
\getenv backup DATABASE_BACKUP_PASSWORD
CREATE ROLE tech4value_owner LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE tech4value_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD :'app';
CREATE ROLE tech4value_backup LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB BYPASSRLS PASSWORD :'backup';
GRANT pg_read_all_data TO tech4value_backup;
CREATE DATABASE tech4value OWNER tech4value_owner;
REVOKE ALL ON DATABASE tech4value FROM PUBLIC;
GRANT CONNECT ON DATABASE tech4value TO tech4value_app, tech4value_backup;
\connect tech4value
ALTER SCHEMA public OWNER TO tech4value_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tech4value_app;
SQL
