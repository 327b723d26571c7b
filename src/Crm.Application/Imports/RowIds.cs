namespace Crm.Application.Imports;

/// <summary>
/// The ids of the records that rows become. They follow from the job and the row, so that the second pass finds the record of a row, and a
/// row that was written twice would be refused. They sort in the order of the file.
/// </summary>
internal static class RowIds
{
    /// <summary>The id of the record a row becomes: the job's UUIDv7 with the row's number in place of random bits.</summary>
    public static Guid Of(Guid jobId, int row)
    {
        Span<byte> bytes = stackalloc byte[16];
        jobId.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = 0x80;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes[9..], row);
        return new Guid(bytes, bigEndian: true);
    }
}
