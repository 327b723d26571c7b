using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Infrastructure.Persistence.Migrations;

/// <summary>
/// Gives new permissions to the built-in roles of tenants that exist already; those of new tenants have them from <c>BuiltInRoles</c>.
/// </summary>
internal static class RoleGrantExtensions
{
    /// <summary>
    /// Adds permissions behind those that some built-in roles of every tenant have, each as a change of the role in the tenant's change
    /// log.
    /// A role that has them all already is left alone.
    /// </summary>
    public static void GrantToBuiltInRoles(this MigrationBuilder migration, IReadOnlyCollection<string> roles, IReadOnlyCollection<string> permissions) =>

        // The owner of the tables is under the policies too, so tenant by tenant; the setting ends with the migration's transaction.
        migration.Sql($"""
            DO $grant$
            DECLARE
                tenant uuid;
            BEGIN
                FOR tenant IN SELECT id FROM tenants ORDER BY id LOOP
                    PERFORM set_config('app.tenant_id', tenant::text, true);
                    WITH granted AS (
                        SELECT r.id, r.permissions AS held, r.permissions || missing.list AS extended
                        FROM roles r
                        CROSS JOIN LATERAL (SELECT array_agg(p) AS list FROM unnest({TextArray(permissions)}) p WHERE p <> ALL (r.permissions)) missing
                        WHERE r.tenant_id = tenant AND r.built_in AND r.name = ANY ({TextArray(roles)}) AND missing.list IS NOT NULL
                        FOR UPDATE OF r
                    ), changed AS (
                        UPDATE roles r SET permissions = g.extended, version = r.version + 1, updated_at = clock_timestamp()
                        FROM granted g
                        WHERE r.tenant_id = tenant AND r.id = g.id
                        RETURNING r.id, r.version, g.held, g.extended
                    )
                    INSERT INTO changes (tenant_id, id, record_type, record_id, version, action, actor_type, origin, fields)
                    SELECT tenant, gen_random_uuid(), 'role', c.id, c.version, 'updated', 'system', 'Migration',
                        jsonb_build_object('permissions', jsonb_build_object('from', to_jsonb(c.held), 'to', to_jsonb(c.extended)))
                    FROM changed c;
                END LOOP;
                PERFORM set_config('app.tenant_id', '', true);
            END
            $grant$;
            """);

    // Both come from the migration's own text, never from input.
    private static string TextArray(IEnumerable<string> texts) => $"ARRAY[{string.Join(", ", texts.Select(text => $"'{text}'"))}]::text[]";
}
