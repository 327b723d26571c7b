namespace Crm.Isolation.Tests.Catalog;

/// <summary>
/// What is not isolated like everything else, each with the reason why that is right. An entry here is a decision: whoever adds one has
/// looked at what a tenant could see or change through it.
/// </summary>
internal static class Reviewed
{
    /// <summary>The one policy, as the server writes it.</summary>
    public const string Policy = """(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))""";

    /// <summary>The name of the one policy.</summary>
    public const string PolicyName = "tenant_isolation";

    /// <summary>Tables above tenants.</summary>
    public static IReadOnlyDictionary<string, string> HostTables { get; } = new Dictionary<string, string>
    {
        ["tenants"] = "Is read to find a tenant before there is one; holds no data of a tenant's but its name and its settings, which no other tenant can ask for.",
        ["users"] = "A person signs in before a tenant is known and may be a member of several; tenants see users through the view members only.",
        ["host_changes"] = "The host's own log: tenants, and security events that belong to none; no tenant reads it.",
        ["host_seals"] = "The seals of the host's own log: numbers and hashes.",
        ["one_time_links"] = "A link is looked up by its hash before a tenant is known; what it names of a tenant is reached as that tenant.",
        ["password_history"] = "Hashes of a person's past passwords, beside the present one in users.",
        ["sessions"] = "Looked up by the id in an access token and by a refresh token, before there is a tenant; a person's own, read and ended by that person alone.",
        ["refresh_tokens"] = "Looked up by hash before anybody is known; holds no text of anyone's.",
        ["lockouts"] = "Wrong passwords are counted before it is known who somebody is; a row holds an id and a number, asked for by those who manage a member of their tenant.",
        ["api_key_secrets"] = "A secret is looked up by its hash before a tenant is known; leads to a key, which is read as its tenant.",
        ["job_queue"] = "Workers claim across tenants; a row names a job and its tenant, and what to do stands in the tenant's own table.",
        ["key_encryption_keys"] = "Which keys wrap the tenants' data keys, by ids made of hashes; never a key.",
        ["encrypted_columns"] = "Names of columns in which plaintext is refused.",
        ["schema_migrations"] = "Which migrations were applied; written by the owner.",
    };

    /// <summary>Foreign keys from a tenant's table to a table above tenants, beside those of <c>tenant_id</c> itself.</summary>
    public static IReadOnlyDictionary<string, string> HostReferences { get; } = new Dictionary<string, string>
    {
        ["fk_memberships__user_id"] = "A membership is of a person, and persons are above tenants.",
    };

    /// <summary>Policies beside the one, as table, name, command, roles and condition.</summary>
    public static IReadOnlyDictionary<string, string> Policies { get; } = new Dictionary<string, string>
    {
        ["memberships directory_read SELECT crm_directory: true"] = "user_memberships() tells at the sign-in which tenants a person may choose from.",
        ["roles directory_read SELECT crm_directory: true"] = "user_memberships() names the role held in each.",
    };

    /// <summary>Functions that run with their owner's rights, as signature and owner.</summary>
    public static IReadOnlyDictionary<string, string> DefinerFunctions { get; } = new Dictionary<string, string>
    {
        ["user_memberships(uuid) crm_directory"] = "Answers for one user only, the one whose password was just checked or whose token was; at most 1,000 rows.",
        ["user_password_rules(uuid) crm_directory"] = "Answers for one user, with the strictest of the password rules of the tenants the user is in, and not with whose they are.",
        ["purge_tenant(uuid,integer) crm_owner"] = "Refuses unless the tenant was deleted and its grace is over. Sets the tenant it was given, so the policies keep it to that tenant's rows; of host tables it removes what names that tenant.",
        ["prepare_change_partitions(integer) crm_owner"] = "Makes empty months of the change log, two years ahead at most, and moves entries into them unread; answers with a number.",
    };

    /// <summary>Views, all of which run with the rights of whoever asks.</summary>
    public static IReadOnlyDictionary<string, string> Views { get; } = new Dictionary<string, string>
    {
        ["members"] = "A tenant's memberships with the names of their users; the memberships' policy keeps other users out.",
        ["live_sessions"] = "Sessions, which are above tenants, without those that have ended; it says in one place what a live session is.",
    };
}
