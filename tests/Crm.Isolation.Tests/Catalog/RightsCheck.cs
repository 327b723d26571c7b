using Npgsql;

namespace Crm.Isolation.Tests.Catalog;

/// <summary>Looks through roles, grants, functions and views for a way around the policies.</summary>
internal sealed class RightsCheck(NpgsqlConnection connection)
{
    // Each part answers with sentences; none when all is well.
    private static readonly string[] Parts =
    [
        """
        SELECT format('%s: %s', rolname, fault) FROM pg_roles, LATERAL (VALUES
            (rolsuper, 'is a superuser'), (rolbypassrls, 'bypasses row-level security'), (rolcreaterole, 'makes roles'), (rolcreatedb, 'makes databases'), (rolreplication, 'replicates'),
            (NOT rolcanlogin AND rolname = 'crm_app', 'cannot log in'), (rolcanlogin AND rolname = 'crm_directory', 'can log in')) AS f (holds, fault)
        WHERE rolname IN ('crm_app', 'crm_owner', 'crm_directory') AND holds
        """,
        "SELECT format('crm_app: is a member of %s', roleid::regrole) FROM pg_auth_members WHERE member = 'crm_app'::regrole",
        "SELECT format('%s: bypasses row-level security and is a member of what the application is', rolname) FROM pg_roles WHERE rolbypassrls AND NOT rolsuper AND rolname <> 'crm_backup' AND pg_has_role('crm_app', oid, 'MEMBER')",
        "SELECT format('crm_app: owns %s %s', classid::regclass, objid) FROM pg_shdepend WHERE deptype = 'o' AND refobjid = 'crm_app'::regrole AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))",
        "SELECT format('crm_app: makes objects in the schema %s', nspname) FROM pg_namespace WHERE nspname NOT LIKE 'pg_%' AND has_schema_privilege('crm_app', oid, 'CREATE')",
        """
        SELECT format('%s: crm_app has %s', c.relname, p) FROM pg_class c, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) p
        WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace = 'public'::regnamespace AND has_table_privilege('crm_app', c.oid, p)
        """,
        """
        SELECT format('%s: crm_app may %s what is only appended to', c.relname, p) FROM pg_class c, unnest(ARRAY['UPDATE', 'DELETE']) p
        WHERE c.relname IN ('changes', 'host_changes', 'change_seals', 'host_seals') AND (has_table_privilege('crm_app', c.oid, p) OR p = 'UPDATE' AND has_any_column_privilege('crm_app', c.oid, p))
        """,
        """
        SELECT format('%s: crm_app reaches the partition itself', c.relname) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE c.relkind IN ('r', 'p') AND has_any_column_privilege('crm_app', c.oid, 'SELECT, INSERT, UPDATE')
        """,
        "SELECT format('%s: %s has rights', c.relname, 'PUBLIC') FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 0",
        "SELECT format('%s: belongs to %s and not to crm_owner', relname, relowner::regrole) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S') AND relowner <> 'crm_owner'::regrole",
        "SELECT format('%s: the view does not run with the rights of whoever asks', relname) FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)",
        "SELECT format('%s: the trigger %s writes behind the application''s back', tgrelid::regclass, tgname) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT format('%s: the rule %s rewrites statements', ev_class::regclass, rulename) FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.relnamespace = 'public'::regnamespace AND rulename <> '_RETURN'",
    ];

    private const string Definers = """
        SELECT p.oid::regprocedure::text, p.proowner::regrole::text, p.prosecdef,
               coalesce((SELECT bool_or(s LIKE 'search_path=%') FROM unnest(p.proconfig) s), false),
               has_function_privilege('public', p.oid, 'EXECUTE')
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
        """;

    /// <summary>Looks at everything.</summary>
    public async Task<IReadOnlyList<string>> FindAsync()
    {
        var findings = new List<string>();
        foreach (var part in Parts)
            findings.AddRange(await connection.ListAsync(part, r => r.GetString(0)));

        var functions = await connection.ListAsync(Definers, r => (Name: $"{r.GetString(0)} {r.GetString(1)}", PathFixed: r.GetBoolean(3), Public: r.GetBoolean(4)));
        findings.AddRange(functions.Where(f => !Reviewed.DefinerFunctions.ContainsKey(f.Name)).Select(f => $"{f.Name}: a SECURITY DEFINER function that was not reviewed"));
        findings.AddRange(functions.Where(f => !f.PathFixed).Select(f => $"{f.Name}: a SECURITY DEFINER function without a fixed search_path"));
        findings.AddRange(functions.Where(f => f.Public).Select(f => $"{f.Name}: a SECURITY DEFINER function that anyone may call"));
        findings.AddRange(Reviewed.DefinerFunctions.Keys.Except(functions.Select(f => f.Name)).Select(name => $"{name} stands on the reviewed list and does not exist"));
        return findings;
    }
}
