using System.Text;

namespace Crm.Application.Imports;

/// <summary>Finds out how a text file is encoded: by its byte order mark, else UTF-8 where it is valid, else Windows-1252.</summary>
internal static class CsvEncoding
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Finds the encoding; reads the file once where it has no byte order mark.</summary>
    public static async Task<Encoding> DetectAsync(Stream file, CancellationToken cancellationToken)
    {
        file.Position = 0;
        var mark = new byte[2];
        var read = await file.ReadAtLeastAsync(mark, mark.Length, throwOnEndOfStream: false, cancellationToken);
        file.Position = 0;
        if (read == mark.Length && mark is [0xFF, 0xFE])
            return Encoding.Unicode;
        if (read == mark.Length && mark is [0xFE, 0xFF])
            return Encoding.BigEndianUnicode;

        var valid = await IsUtf8Async(file, cancellationToken);
        file.Position = 0;
        return valid ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    }

    private static async Task<bool> IsUtf8Async(Stream file, CancellationToken cancellationToken)
    {
        var decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        var bytes = new byte[BufferSize];

        // One more for the character that the buffer before may have begun.
        var scratch = new char[BufferSize + 1];
        try
        {
            int read;
            while ((read = await file.ReadAsync(bytes, cancellationToken)) > 0)
                decoder.GetChars(bytes, 0, read, scratch, 0, flush: false);
            decoder.GetChars([], 0, 0, scratch, 0, flush: true);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
