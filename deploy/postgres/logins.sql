-- The logins of the containers' programs, one a program, with the passwords that init made for them: each is a member of
-- its role alone (roles.sql, which comes first). For psql, as a superuser; can be repeated, and changes the passwords then.
\set migrator_password `cat /run/syncline/migrator-password`
\set scheduler_password `cat /run/syncline/scheduler-password`
\set executor_password `cat /run/syncline/executor-password`

-- The statements hold passwords: no log gets them, nor does pg_stat_statements, where it is there.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET pg_stat_statements.track_utility = off;

SELECT format('CREATE ROLE %I LOGIN NOINHERIT', login)
FROM (VALUES ('sync_migrator_login'), ('sync_scheduler_login'), ('sync_executor_login')) AS wanted (login)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = login) \gexec

ALTER ROLE sync_migrator_login PASSWORD :'migrator_password';
ALTER ROLE sync_scheduler_login PASSWORD :'scheduler_password';
ALTER ROLE sync_executor_login PASSWORD :'executor_password';
GRANT syncline_migrator TO sync_migrator_login;
GRANT syncline_scheduler TO sync_scheduler_login;
GRANT syncline_executor TO sync_executor_login;
