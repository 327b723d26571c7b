using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Infrastructure.Mail;

/// <summary>Registers mail.</summary>
public static class MailServices
{
    /// <summary>Registers mail and the worker that sends it.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section).ValidateDataAnnotations().ValidateOnStart()
            .PostConfigure<IConfiguration>((options, configuration) =>
                options.Folder ??= Path.Combine(CrmHome.Of(configuration), "mail"));
        services.AddSingleton<MailSender>();
        services.AddSingleton<LinkOutbox>();
        services.AddHostedService<LinkMailer>();
        return services;
    }
}
