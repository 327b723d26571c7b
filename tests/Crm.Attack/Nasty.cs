namespace Crm.Attack;

/// <summary>Values that have broken systems before.</summary>
internal static class Nasty
{
    /// <summary>Texts: injections of many languages, boundaries of numbers and times, and characters that are none.</summary>
    public static IReadOnlyList<string> Texts { get; } =
    [
        "", " ", "\0", "a\0b", "\u001b[31m", "\r\nSet-Cookie: x=1", "\ufeff", "\u202eevil", "\u200b", "é\u0301", "İ", "ß", "🏳️‍🌈", "\ud83d", "\udc00\ud800", "￿", new string('a', 256), new string('é', 5000),
        "' OR '1'='1", "'; DROP TABLE contacts; --", "\"; SELECT pg_sleep(5); --", "1); SELECT set_config('app.tenant_id', '', false); --", "$1", "{0}", "%s%n%p", "\\", "\\'", "%", "_", "%%_", "(", "[", "a{99999}", "(a+)+$",
        "1' AND (SELECT 1 FROM pg_sleep(3)) IS NOT NULL --", "||(SELECT current_user)", "${jndi:ldap://127.0.0.1/x}", "{{7*7}}", "<%= 7*7 %>", "#{7*7}", "<script>alert(1)</script>", "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>",
        "../../../../etc/passwd", "..\\..\\windows\\win.ini", "file:///etc/passwd", "http://127.0.0.1:22/", "http://[::1]/", "| id", "`id`", "$(id)", "; cat /etc/passwd", "=1+1", "@SUM(1)", "-2+3", "\tx",
        "true", "false", "null", "undefined", "NaN", "Infinity", "-0", "0", "1", "-1", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "1e400", "-1e-400", "0x10", "1_000", "1,5", "٣", "1.", ".5",
        "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "2026-12-31T23:59:60Z", "9999-12-31T23:59:59.9999999Z", "2026-01-01T00:00:00+23:59", "-infinity", "infinity", "epoch", "now", "24:00",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{00000000-0000-0000-0000-000000000000}", "0190163d-8694-739b-aea5-966c26f8ad91'", "a@b", "a@b.c\n", "\"a b\"@x.example", "x@" + new string('a', 300) + ".example",
        "EUR", "eur", "XXX", "AAAA", "constructor", "__proto__", "id,name", "name,name", "-name,name", "--name", "company.company.company.name", "deletedAt", "custom.x", "*", "null,null", ",", ",,,,",
    ];

    /// <summary>Pieces of JSON as they would be written, well-formed each, but of the wrong type or size somewhere.</summary>
    public static IReadOnlyList<string> Json { get; } =
    [
        "null", "true", "0", "-0", "-1", "1.5", "1e5", "1E400", "-1e-400", "99999999999999999999999999", "9223372036854775808", "2147483648", "0.1e1", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "[]", "{}", "[[]]", "[null]", "[{}]", "{\"\":null}",
        "{\"amount\":\"1\",\"currency\":\"EUR\"}", "{\"amount\":1e999,\"currency\":null}", "{\"amount\":\"99999999999999999999.99\",\"currency\":\"JPY\"}", "{\"and\":[]}", "{\"or\":[{\"not\":{}}]}", "{\"not\":{\"not\":{\"not\":{}}}}", "{\"eq\":null}", "{\"in\":[]}", "{\"between\":[1]}", "{\"__proto__\":{\"x\":1}}",
    ];

    /// <summary>Whole bodies that are no JSON, or too much of it.</summary>
    public static IReadOnlyList<Func<byte[]>> Bodies { get; } =
    [
        () => [],
        () => "{"u8.ToArray(),
        () => "{\"a\":1,}"u8.ToArray(),
        () => "{\"a\":1}{\"a\":1}"u8.ToArray(),
        () => "{\"name\":\"a\",\"name\":\"b\"}"u8.ToArray(),
        () => "// comment\n{}"u8.ToArray(),
        () => "{'name':'x'}"u8.ToArray(),
        () => "NaN"u8.ToArray(),
        () => [0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}'],
        () => [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00],
        () => [(byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}'],
        () => [(byte)'{', (byte)'"', (byte)'n', (byte)'"', (byte)':', (byte)'"', 0xED, 0xA0, 0x80, (byte)'"', (byte)'}'],
        () => [(byte)'"', 0xF5, 0x80, 0x80, 0x80, (byte)'"'],
        () => Deep('[', ']', 33),
        () => Deep('[', ']', 10_000),
        () => Nested(33),
        () => Nested(5_000),
        () => Array("0", 50_000),
        () => Array("{}", 20_000),
        () => Array("\"x\"", 20_000),
        () => "{\"filter\":{\"and\":["u8.ToArray().Concat(Array("{\"name\":{\"eq\":\"x\"}}", 5_000)[1..]).Concat("}}"u8.ToArray()).ToArray(),
        () => System.Text.Encoding.ASCII.GetBytes("{\"name\":\"" + new string('x', 1_100_000) + "\"}"),
        () => System.Text.Encoding.ASCII.GetBytes("{\"limit\":" + new string('9', 10_000) + "}"),
    ];

    private static byte[] Deep(char open, char close, int depth) => System.Text.Encoding.ASCII.GetBytes(new string(open, depth) + new string(close, depth));

    private static byte[] Nested(int depth) => System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"not\":", depth)) + "{}" + new string('}', depth));

    private static byte[] Array(string item, int count) => System.Text.Encoding.ASCII.GetBytes("[" + string.Join(',', Enumerable.Repeat(item, count)) + "]");
}
