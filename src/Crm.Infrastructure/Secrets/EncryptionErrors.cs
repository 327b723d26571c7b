using Crm.Domain.Common;

namespace Crm.Infrastructure.Secrets;

/// <summary>Why the system cannot run with the keys that it has, or cannot go over to another.</summary>
internal static class EncryptionErrors
{
    public static CannotRunException NoKey() => new(
        "encryption_key_missing",
        "There is no key to encrypt secrets with: make one with 'crm secrets rotate-kek', or set Encryption__Keys to 32 random bytes in Base64; the same for every node.");

    public static CannotRunException MissingKey(string id) => new(
        "encryption_key_missing",
        $"The key {id}, with which the data keys of this database are wrapped, is missing: put it back into Encryption__KeyFolder or Encryption__Keys.");

    public static CannotRunException DevelopmentKey(string id) => new(
        "encryption_key_for_development",
        $"Secrets are encrypted with {id}, a key the system made for itself for development, which will not do for production: "
        + "change to another with 'crm secrets rotate-kek'.");

    public static CannotRunException BrokenKeys() => new(
        "encryption_keys_broken", "Encryption__Keys does not hold keys: each is 32 random bytes in Base64, separated by spaces or commas.");

    public static CannotRunException BrokenKey(string file) =>
        new("encryption_keys_broken", $"{file} does not hold a key, which is 32 random bytes in Base64.");

    public static CannotRunException TooManyKeys(string folder, int most) => new(
        "too_many_encryption_keys",
        $"The folder of key-encryption keys, {folder}, holds {most} keys or more: check that it is the right one, and take out those no backup needs.");

    public static CannotRunException KeysAreGiven() => new(
        "encryption_keys_given",
        "The keys are given by Encryption__Keys, and none of them is new: add one behind the others on every node, restart these, and try again.");
}
