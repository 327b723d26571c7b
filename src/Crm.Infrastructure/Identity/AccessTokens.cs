using System.Buffers.Text;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crm.Application.Identity;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Identity;

/// <summary>
/// Access tokens as JWT (RFC 9068), signed with ES256. Nothing in a token chooses how it is checked: algorithm and type are fixed and
/// looked at first, and <c>kid</c> only picks one of our own keys. Members that carry or point to keys (<c>jwk</c>, <c>jku</c>, <c>x5c</c>,
/// <c>x5u</c>) are never read.
/// </summary>
[Singleton]
internal sealed class AccessTokens(SigningKeyRing keys, IOptions<AccessTokenOptions> options, TimeProvider time) : IAccessTokens
{
    private const string Algorithm = "ES256";
    private const string Type = "at+jwt";

    /// <summary>The longest any token is good for.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromHours(24);

    private readonly AccessTokenOptions _options = options.Value;
    private readonly CheckedTokens _checked = new(options.Value.CacheCapacity, keys, time);

    public IssuedToken Issue(Guid userId, Guid? tenantId, Guid sessionId)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var key = keys.Signer;
        var header = Json(json =>
        {
            json.WriteString("alg", Algorithm);
            json.WriteString("typ", Type);
            json.WriteString("kid", key.Public.Id);
        });
        var payload = Json(json =>
        {
            json.WriteString("iss", _options.Issuer);
            json.WriteString("aud", _options.Audience);
            json.WriteString(TokenClaims.Subject, userId);
            if (tenantId is { } tenant)
                json.WriteString(TokenClaims.Tenant, tenant);
            else
                json.WriteString(TokenClaims.Scope, TokenClaims.HostScope);
            json.WriteString(TokenClaims.Session, sessionId);
            json.WriteString(TokenClaims.TokenId, Guid.NewGuid());
            json.WriteNumber("iat", now);
            json.WriteNumber("exp", now + (long)_options.Lifetime.TotalSeconds);
        });
        var signed = $"{header}.{payload}";
        var signature = Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)));
        return new IssuedToken($"{signed}.{signature}", _options.Lifetime);
    }

    public TokenCheck Check(string token)
    {
        if (token.Length > JwtParser.MaxLength)
            return TokenCheck.Invalid;
        if (_checked.Find(token) is { } known)
            return new TokenCheck(known, IsExpired: false);

        if (JwtParser.Parse(token) is not { } jwt
            || ParsedJwt.Text(jwt.Header, "alg") != Algorithm
            || ParsedJwt.Text(jwt.Header, "typ") != Type
            || jwt.Header.TryGetProperty("crit", out _)
            || ParsedJwt.Text(jwt.Header, "kid") is not { } keyId
            || keys.Find(keyId) is not { } key
            || !key.Verifies(jwt.Signed, jwt.Signature))
        {
            return TokenCheck.Invalid;
        }

        var check = CheckClaims(jwt.Payload);
        if (check.Token is { } good)
            _checked.Keep(token, good, keyId);
        return check;
    }

    private TokenCheck CheckClaims(JsonElement claims)
    {
        if (ParsedJwt.Text(claims, "iss") != _options.Issuer
            || ParsedJwt.Text(claims, "aud") != _options.Audience
            || ParsedJwt.Text(claims, TokenClaims.TokenId) is not { Length: > 0 } tokenId
            || !Guid.TryParseExact(ParsedJwt.Text(claims, TokenClaims.Subject), "D", out var userId)
            || !TryGetTenant(claims, out var tenantId)
            || !Guid.TryParseExact(ParsedJwt.Text(claims, TokenClaims.Session), "D", out var sessionId)
            || ParsedJwt.Time(claims, "iat") is not { } issuedAt
            || ParsedJwt.Time(claims, "exp") is not { } expiresAt
            || expiresAt - issuedAt > LongestLifetime)
        {
            return TokenCheck.Invalid;
        }

        var now = time.GetUtcNow();
        if (issuedAt > now + _options.ClockSkew || !HasBegun(claims, now + _options.ClockSkew))
            return TokenCheck.Invalid;
        if (expiresAt + _options.ClockSkew <= now)
            return TokenCheck.Expired;

        var token = new AccessToken(userId, tenantId, sessionId, tokenId, expiresAt, Principal(userId, tenantId, tokenId));
        return new TokenCheck(token, IsExpired: false);
    }

    // Ours carry no other beginning than the time of issue, but one that is there counts.
    private static bool HasBegun(JsonElement claims, DateTimeOffset now) =>
        !claims.TryGetProperty("nbf", out _) || ParsedJwt.Time(claims, "nbf") <= now;

    // A token opens either one tenant or the host.
    private static bool TryGetTenant(JsonElement claims, out Guid? tenantId)
    {
        tenantId = null;
        if (!claims.TryGetProperty(TokenClaims.Tenant, out _))
            return ParsedJwt.Text(claims, TokenClaims.Scope) == TokenClaims.HostScope;
        if (claims.TryGetProperty(TokenClaims.Scope, out _)
            || !Guid.TryParseExact(ParsedJwt.Text(claims, TokenClaims.Tenant), "D", out var tenant))
            return false;
        tenantId = tenant;
        return true;
    }

    private static ClaimsPrincipal Principal(Guid userId, Guid? tenantId, string tokenId)
    {
        var scope = tenantId is { } tenant
            ? new Claim(TokenClaims.Tenant, tenant.ToString())
            : new Claim(TokenClaims.Scope, TokenClaims.HostScope);
        return new ClaimsPrincipal(new ClaimsIdentity(
            [new(TokenClaims.Subject, userId.ToString()), new(TokenClaims.TokenId, tokenId), scope],
            "Bearer", TokenClaims.Subject, roleType: null));
    }

    // "at+jwt" as it is, not as at\u002Bjwt: some libraries compare the text.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Plain))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(stream.ToArray());
    }
}
