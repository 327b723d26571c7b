using System.Collections.Frozen;

namespace Crm.Domain.Common;

/// <summary>The currencies of ISO 4217 in use, and how many digits their minor unit has.</summary>
public static class Currencies
{
    private static readonly FrozenSet<string> NoDigits =
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".Split(' ').ToFrozenSet();

    private static readonly FrozenSet<string> ThreeDigits = "BHD IQD JOD KWD LYD OMR TND".Split(' ').ToFrozenSet();

    private static readonly FrozenSet<string> TwoDigits = (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP "
        + "DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
        + "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD "
        + "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG")
        .Split(' ').ToFrozenSet();

    /// <summary>Whether the text is the code of a currency in use, in capitals.</summary>
    public static bool IsKnown(string code) => TwoDigits.Contains(code) || NoDigits.Contains(code) || ThreeDigits.Contains(code);

    /// <summary>The digits of the currency's minor unit (ISO 4217, table A.1).</summary>
    public static int MinorDigits(string code) => NoDigits.Contains(code) ? 0 : ThreeDigits.Contains(code) ? 3 : 2;
}
