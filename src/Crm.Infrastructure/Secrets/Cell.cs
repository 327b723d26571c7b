using System.Text;

namespace Crm.Infrastructure.Secrets;

/// <summary>Where an encrypted value stands; a value is good in its own place alone.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Table">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="RowId">The row.</param>
internal readonly record struct Cell(Guid TenantId, string Table, string Column, Guid RowId)
{
    /// <summary>The place as it is bound to the value.</summary>
    public byte[] Context => Encoding.UTF8.GetBytes($"v1|{TenantId:D}|{Table}|{Column}|{RowId:D}");

    /// <inheritdoc />
    public override string ToString() => $"{Table}.{Column} {TenantId:D}/{RowId:D}";
}
