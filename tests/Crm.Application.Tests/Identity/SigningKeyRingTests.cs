using System.Security.Cryptography;
using Crm.Application.Identity;
using Crm.Infrastructure.Identity;
using Crm.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Identity;

public sealed class SigningKeyRingTests
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly Shelf _shelf = new();

    [Fact]
    public void A_source_that_cannot_be_read_for_the_moment_leaves_the_keys_at_hand_in_use()
    {
        _shelf.Keys = [new StoredKey(Pem(ECCurve.NamedCurves.nistP256), null)];
        var ring = Ring();
        var signer = ring.Signer;

        _shelf.IsBroken = true;
        _time.Advance(TimeSpan.FromMinutes(2));

        ring.Signer.ShouldBeSameAs(signer);
        _shelf.Asked.ShouldBe(2);
    }

    [Fact]
    public void A_source_that_cannot_be_read_at_first_is_a_fault()
    {
        _shelf.IsBroken = true;

        Should.Throw<IOException>(() => Ring().Signer);
    }

    [Fact]
    public void Without_a_key_nothing_is_signed() => Should.Throw<InvalidOperationException>(() => Ring().Signer);

    [Fact]
    public void A_key_on_another_curve_is_refused()
    {
        _shelf.Keys = [new StoredKey(Pem(ECCurve.NamedCurves.nistP384), null)];

        Should.Throw<InvalidOperationException>(() => Ring().Signer).Message.ShouldContain("P-256");
    }

    [Fact]
    public void A_key_whose_time_was_changed_signs_from_then_on()
    {
        var (first, second) = (new StoredKey(Pem(ECCurve.NamedCurves.nistP256), null), Pem(ECCurve.NamedCurves.nistP256));
        _shelf.Keys = [first, new StoredKey(second, _time.GetUtcNow().AddDays(1))];
        var ring = Ring();
        ring.Signer.Pem.ShouldBe(first.Pem);

        _shelf.Keys = [first, new StoredKey(second, _time.GetUtcNow())];
        _time.Advance(TimeSpan.FromMinutes(2));

        ring.Signer.Pem.ShouldBe(second);
    }

    [Fact]
    public void Whoever_finds_that_another_has_just_loaded_the_keys_does_not_load_them_again()
    {
        _shelf.Keys = [new StoredKey(Pem(ECCurve.NamedCurves.nistP256), null)];
        var time = new InterruptedTime(_time);
        var ring = new SigningKeyRing(_shelf, time, NullLogger<SigningKeyRing>.Instance);
        var signer = ring.Signer;
        _time.Advance(TimeSpan.FromMinutes(2));

        // Between the look at how old the keys are and the turn to load them.
        time.Next = () => ring.Signer.ShouldBeSameAs(signer);

        ring.Signer.ShouldBeSameAs(signer);
        time.Next.ShouldBeNull();
        _shelf.Asked.ShouldBe(2);
    }

    private SigningKeyRing Ring() => new(_shelf, _time, NullLogger<SigningKeyRing>.Instance);

    // Lets something happen when it is asked next how much time has passed.
    private sealed class InterruptedTime(ManualTime time) : TimeProvider
    {
        public Action? Next { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override long GetTimestamp()
        {
            var next = Next;
            Next = null;
            next?.Invoke();
            return time.GetTimestamp();
        }
    }

    private static string Pem(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private sealed class Shelf : ISigningKeySource
    {
        public IReadOnlyList<StoredKey> Keys { get; set; } = [];

        public bool IsBroken { get; set; }

        public int Asked { get; private set; }

        public IReadOnlyList<StoredKey> Load()
        {
            Asked++;
            return IsBroken ? throw new IOException("The shelf is out of reach.") : Keys;
        }
    }
}
