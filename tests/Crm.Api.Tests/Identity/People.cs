using System.Net;
using System.Net.Http.Headers;
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
    public static async Task<HttpClient> SignInAsync(this ApiHost host, object credentials)
    {
        var client = host.CreateClient();
        var answer = await client.SendAsync("POST", SignInPath, credentials);
        if (answer.Status != HttpStatusCode.OK)
            throw new InvalidOperationException(answer.Text);
        return client.With(answer.Body!["accessToken"]!.GetValue<string>());
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
