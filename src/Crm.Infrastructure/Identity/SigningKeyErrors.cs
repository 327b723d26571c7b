using Crm.Domain.Common;

namespace Crm.Infrastructure.Identity;

/// <summary>What can be wrong with the folder of signing keys.</summary>
internal static class SigningKeyErrors
{
    public static CannotRunException TooManyKeys(string folder, int most) => new(
        "too_many_signing_keys",
        $"The folder of signing keys, {folder}, holds {most} keys or more: check that it is the right one, and take out the oldest.");

    public static CannotRunException KeyWaiting(string folder) => new(
        "signing_key_waiting", $"A new signing key is waiting for its time already: try again once it signs, or take it out of {folder}.");
}
