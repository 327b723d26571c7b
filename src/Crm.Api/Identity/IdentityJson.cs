using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Application.Identity;

namespace Crm.Api.Identity;

/// <summary>How the bodies and answers of identity look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(SignInResult))]
[JsonSerializable(typeof(RefreshSession))]
[JsonSerializable(typeof(CsrfToken))]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(Me))]
[JsonSerializable(typeof(InviteUser))]
[JsonSerializable(typeof(AcceptInvitation))]
[JsonSerializable(typeof(AcceptedInvitation))]
[JsonSerializable(typeof(ChangePassword))]
[JsonSerializable(typeof(RequestPasswordReset))]
[JsonSerializable(typeof(ResetPassword))]
[JsonSerializable(typeof(EstimatePassword))]
[JsonSerializable(typeof(EstimateOwnPassword))]
[JsonSerializable(typeof(PasswordEstimate))]
[JsonSerializable(typeof(RequestEmailChange))]
[JsonSerializable(typeof(ConfirmEmailChange))]
internal sealed partial class IdentityJson : JsonSerializerContext;
