using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Api.Tests.Identity;

/// <summary>People who sign in, in several ways.</summary>
internal static class People
{
    public const string SignInPath = "/api/v1/auth/sign-in";

    /// <summary>Signs in and expects success.</summary>
    public static async Task<HttpClient> SignInAsync(this ApiHost host, object credentials) => (await host.OpenSessionAsync(credentials)).Client;

    /// <summary>Signs in and expects success; keeps the refresh token.</summary>
    public static async Task<SignedIn> OpenSessionAsync(this ApiHost host, object credentials, params (string, string)[] headers)
    {
        var client = host.CreateClient();
        var answer = await client.SendAsync("POST", SignInPath, credentials, headers);
        if (answer.Status != HttpStatusCode.OK)
            throw new InvalidOperationException(answer.Text);
        var token = answer.Body!["accessToken"]!.GetValue<string>();
        return new SignedIn(client.With(token), token, answer.Body["refreshToken"]!.GetValue<string>());
    }

    /// <summary>Presents a refresh token.</summary>
    public static Task<Answer> RefreshAsync(this ApiHost host, string refreshToken) =>
        host.CreateClient().SendAsync("POST", "/api/v1/auth/refresh", new { refreshToken });

    /// <summary>Makes a person who is a member of a tenant and of no other.</summary>
    public static async Task<(string Email, string Password)> CreatePersonAsync(this ApiHost host, string? tenant)
    {
        var (email, password) = ($"{Guid.NewGuid():N}@people.example", ApiHost.NewPassword());
        await host.CreateAdminAsync(tenant, email, password);
        return (email, password);
    }

    public static HttpClient With(this HttpClient client, string token)
    {
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Makes an operator of the host and signs in.</summary>
    public static async Task<HttpClient> CreateOperatorAsync(this ApiHost host)
    {
        var (email, password) = ($"{Guid.NewGuid():N}@host.example", ApiHost.NewPassword());
        await host.CreateAdminAsync(null, email, password);
        return await host.SignInAsync(new { email, password });
    }

    /// <summary>Does what the command line does.</summary>
    public static async Task CreateAdminAsync(this ApiHost host, string? tenant, string email, string password)
    {
        await using var scope = host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("test"));
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new CreateAdmin(tenant, email, "Adam Admin", password, ResetPassword: true));
    }

    /// <summary>Adds a member to a tenant, and signs the member in.</summary>
    public static async Task<HttpClient> AddMemberAsync(this ApiHost host, TestTenant tenant, string role)
    {
        var (email, password) = ($"{Guid.NewGuid():N}@people.example", ApiHost.NewPassword());
        await host.AddUserAsync(tenant, email, "Mary Member", role, password);
        return await host.SignInAsync(new { email, password });
    }
}

/// <summary>A session just opened.</summary>
internal sealed record SignedIn(HttpClient Client, string AccessToken, string RefreshToken)
{
    /// <summary>The session's id, as the access token says it.</summary>
    public Guid SessionId =>
        (Guid)JsonNode.Parse(Base64Url.DecodeFromChars(AccessToken.Split('.')[1]))!["sid"]!;
}
